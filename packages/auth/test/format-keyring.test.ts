import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Keyring, KeyringError, PrincipalName } from '../src/index.ts'
import * as arbitrary from './arbitraries.ts'
import { readGoldenText } from './read-golden.ts'

const service = fc.constantFrom('mon', 'osd', 'mds', 'mgr', 'rgw')
const value = fc.string({ maxLength: 40 })
const entry = fc.record({
  name: fc
    .record({ type: fc.constantFrom(1, 4, 8), id: fc.stringMatching(/^[a-zA-Z0-9.\-@ ]{0,12}[a-z0-9]$/) })
    .map(({ type, id }) => new PrincipalName(type, id)),
  key: arbitrary.key,
  caps: fc.array(fc.tuple(service, value), { maxLength: 4 }).map((pairs) => new Map(pairs)),
})

describe('a keyring', () => {
  test('is read as it is written', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const keyring = new Keyring(entries)
        const again = Keyring.parse(keyring.format())
        expect(again.size).toBe(keyring.size)
        for (const { name, key, caps } of keyring) {
          const found = again.find(name)!
          expect(found.key.equals(key)).toBe(true)
          expect(found.caps).toEqual(caps)
        }
      }),
    )
  })

  test("is written as Ceph's tool writes it", () => {
    const sections = readGoldenText('authtool.keyring')
      .replace(/^#.*\n/gm, '')
      .match(/\[[^[]*/g)!
    const sorted = sections.toSorted((a, b) => (a < b ? -1 : 1))
    expect(Keyring.parse(sections.join('')).format()).toBe(sorted.join(''))
  })

  test.each([
    ['client.a', 'mon', 'two\nlines', 'expected caps for mon in one line'],
    ['client.a', 'mon x', 'allow', 'expected caps for a service that is one word'],
    ['client.a]', 'mon', 'allow', 'expected a name without brackets'],
    ['client.a ', 'mon', 'allow', 'expected a name without brackets'],
  ])('with %j and caps %j %j is not written', (name, service, caps, message) => {
    const keyring = new Keyring()
    keyring.generate(PrincipalName.parse(name), { [service]: caps })
    expect(() => keyring.format()).toThrow(message)
    expect(() => keyring.format()).toThrow(KeyringError)
  })
})
