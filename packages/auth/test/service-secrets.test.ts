import { utimeToSeconds } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CryptoKey, KeyType, RotatingKeys } from '../src/index.ts'
import { OWN_SECRET_ID } from '../src/service-secrets.ts'
import { seededRandom } from './seeded-random.ts'

const START_MS = 1_700_000_000_000

/** Ids and seconds from the start to the expiration. */
function expirations(keys: RotatingKeys): [number, number][] {
  const { secrets } = keys.snapshot()
  return [...secrets].map(([id, { expiration }]) => [Number(id), utimeToSeconds(expiration) - START_MS / 1000])
}

describe('RotatingKeys', () => {
  test('are three at first, which expire one after the other', () => {
    const keys = new RotatingKeys()
    expect(keys.current).toBeUndefined()
    keys.rotate(START_MS, 3600)
    expect(expirations(keys)).toEqual([
      [1, 3600],
      [2, 7200],
      [3, 10_800],
    ])
    expect(keys.current?.id).toBe(2n)
    expect(keys.current?.key.type).toBe(KeyType.aes256Krb5)
  })

  test('make room for a new one when the present one expires', () => {
    const keys = new RotatingKeys()
    keys.rotate(START_MS, 3600)
    keys.rotate(START_MS + 7_199_999, 3600)
    expect(keys.current?.id).toBe(2n)
    keys.rotate(START_MS + 7_200_000, 3600)
    expect(expirations(keys)).toEqual([
      [2, 7200],
      [3, 10_800],
      [4, 14_400],
    ])
    expect(keys.current?.id).toBe(3n)
    expect(keys.find(1n)).toBeUndefined()
  })

  test('are always three, of which the present one outlives its tickets, however time passes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 20 }), (steps) => {
        const keys = new RotatingKeys()
        let seconds = 0
        for (const step of steps) {
          seconds += step
          const before = keys.current
          keys.rotate(START_MS + seconds * 1000, 3600, { type: KeyType.aes })
          const rows = expirations(keys)
          expect(rows).toHaveLength(3)
          expect(rows[1]![1]).toBeGreaterThan(seconds)
          expect(rows.map(([id]) => id)).toEqual(rows.map(([id]) => id).toSorted((a, b) => a - b))
          // What was the present one a moment ago still opens tickets, unless it has expired twice over.
          if (before !== undefined && step < 3600) expect(keys.find(before.id)?.key).toBe(before.key)
        }
      }),
    )
  })

  test('are taken over from another', () => {
    const source = new RotatingKeys()
    source.rotate(START_MS, 3600, { random: seededRandom('x'), type: KeyType.aes })
    const keys = new RotatingKeys()
    keys.update(source.snapshot())
    expect(keys.find(2n)?.key.equals(source.find(2n)!.key)).toBe(true)
    source.rotate(START_MS + 8_000_000, 3600)
    expect(keys.find(4n)).toBeUndefined()
    keys.update(source.snapshot())
    expect(keys.find(1n)).toBeUndefined()
    expect(keys.find(4n)).toBeDefined()
    expect(keys.snapshot().maxVersion).toBe(4n)
  })

  test('come to an end also where time does, and need time to live', () => {
    const keys = new RotatingKeys()
    keys.rotate(0xffff_ffff * 1000, 3600)
    keys.rotate(0xffff_ffff * 1000, 3600)
    expect(keys.snapshot().secrets.size).toBe(3)
    expect(() => keys.rotate(START_MS, 0)).toThrow('lifetime of tickets: expected more than 0, got 0')
  })

  test('may stand beside a secret that does not rotate', () => {
    const ownKey = CryptoKey.generate()
    expect(new RotatingKeys({ ownKey }).find(OWN_SECRET_ID)?.key).toBe(ownKey)
    expect(new RotatingKeys().find(OWN_SECRET_ID)).toBeUndefined()
  })
})
