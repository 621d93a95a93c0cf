import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COUNTED_BYTES, NonceSequence } from '../src/nonce-sequence.ts'

const first = fc.uint8Array({ minLength: 12, maxLength: 12 })

describe('NonceSequence', () => {
  test('counts the u32 of it up in 2.0 and the u64 in 2.1, each from where it begins and around', () => {
    fc.assert(
      fc.property(
        first,
        fc.constantFrom('2.0' as const, '2.1' as const),
        fc.boolean(),
        (bytes, revision, isNearWrap) => {
          // Numbers that carry are rare by themselves.
          if (isNearWrap) bytes.fill(0xff, revision === '2.0' ? 1 : 5, revision === '2.0' ? 4 : 12)
          const start = Buffer.from(bytes)
          const nonces = new NonceSequence(bytes, COUNTED_BYTES[revision])
          for (let i = 0; i < 600; i++) {
            const expected = Buffer.from(start)
            if (revision === '2.0') expected.writeUInt32LE((start.readUInt32LE(0) + i) % 2 ** 32, 0)
            else expected.writeBigUInt64LE(BigInt.asUintN(64, start.readBigUInt64LE(4) + BigInt(i)), 4)
            expect(Buffer.from(nonces.next())).toEqual(expected)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  // All four thousand million of 2.0 would take too long: here one byte counts.
  test('gives no nonce a second time', () => {
    fc.assert(
      fc.property(first, (bytes) => {
        const nonces = new NonceSequence(bytes, { start: 3, end: 4 })
        const given = new Set(Array.from({ length: 256 }, () => Buffer.from(nonces.next()).toString('hex')))
        expect(given.size).toBe(256)
        for (let i = 0; i < 3; i++) {
          expect(() => nonces.next()).toThrow('nonces: expected one that was not used, got the first again')
        }
      }),
      { numRuns: 5 },
    )
  })

  test('goes on in another where it was, from every place, and to its end', () => {
    const counted = fc.constantFrom({ start: 3, end: 4 }, COUNTED_BYTES['2.0'], COUNTED_BYTES['2.1'])
    fc.assert(
      fc.property(first, counted, fc.nat(256), (bytes, place, count) => {
        const nonces = new NonceSequence(bytes, place)
        for (let i = 0; i < count; i++) nonces.next()
        expect(nonces.usedCount).toBe(BigInt(count))
        const others = new NonceSequence(bytes, place)
        others.skip(nonces.usedCount)
        expect(others.usedCount).toBe(BigInt(count))
        for (let i = 0; i < 3; i++) expect(nextOf(others)).toBe(nextOf(nonces))
      }),
    )
  })

  test('can leave out numbers that nobody counts to in a test', () => {
    const nonces = new NonceSequence(new Uint8Array(12).fill(0xff), COUNTED_BYTES['2.1'])
    nonces.skip((1n << 63n) + 2n)
    expect(nonces.usedCount).toBe((1n << 63n) + 2n)
    expect(nextOf(nonces)).toBe('ffffffff0100000000000080')
    const all = new NonceSequence(new Uint8Array(12), COUNTED_BYTES['2.1'])
    all.skip(1n << 64n)
    expect(nextOf(all)).toBe('none')
    expect(all.usedCount).toBe(1n << 64n)
  })

  test('leaves out none if some are used, nor more than there are', () => {
    const nonces = new NonceSequence(new Uint8Array(12), { start: 3, end: 4 })
    expect(() => nonces.skip(257n)).toThrow('nonces to leave out: expected up to 256, before any is used, got 257')
    expect(() => nonces.skip(-1n)).toThrow('got -1')
    nonces.next()
    expect(() => nonces.skip(1n)).toThrow('before any is used')
  })

  test('does not depend on what becomes of the bytes that it began with', () => {
    const bytes = new Uint8Array(12)
    const nonces = new NonceSequence(bytes, COUNTED_BYTES['2.1'])
    bytes.fill(9)
    expect(nonces.next()).toEqual(new Uint8Array(12))
  })
})

/** Its next nonce in hexadecimal, or that there is none. */
function nextOf(nonces: NonceSequence): string {
  try {
    return Buffer.from(nonces.next()).toString('hex')
  } catch {
    return 'none'
  }
}
