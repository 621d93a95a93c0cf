import { MalformedInputError } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuthLimits, PrincipalName, principalNameCodec } from '../src/index.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'
import { expectInverse } from './structs.ts'

describe('PrincipalName', () => {
  test.each([
    ['client.admin', 8, 'admin'],
    ['osd.3', 4, '3'],
    ['mon.', 1, ''],
    ['client.rgw.eu.1', 8, 'rgw.eu.1'],
    ['auth.x', 32, 'x'],
  ])('%s is read and written', (text, type, id) => {
    const name = PrincipalName.parse(text)
    expect(name).toMatchObject({ type, id })
    expect(name.toString()).toBe(text)
  })

  test('is read as it is written', () => {
    fc.assert(
      fc.property(arbitrary.name, (name) => {
        expect(PrincipalName.parse(name.toString()).equals(name)).toBe(true)
      }),
    )
    expectInverse(principalNameCodec, arbitrary.name)
  })

  test('lies on the wire as type and id', () => {
    const bytes = encodeToBytes(principalNameCodec, PrincipalName.parse('client.admin'))
    expect(Buffer.from(bytes).toString('hex')).toBe('080000000500000061646d696e')
  })

  // A key that somebody puts in the place of a name must not get into a log.
  test.each(['admin', 'any.x', 'foo.x', '', 'AQAA8VNlFc1bBxAAAAECAwQFBgcICQoLDA0ODw=='])(
    '%j is none, and is not repeated',
    (text) => {
      expect(PrincipalName.tryParse(text)).toBeUndefined()
      expect(() => PrincipalName.parse(text)).toThrow(
        `name: expected TYPE.ID such as client.admin, got ${text.length} characters`,
      )
    },
  )

  test('is refused with a type that has no principals, and with an endless id', () => {
    expect(() => decodeFromBytes(principalNameCodec, Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0))).toThrow(
      MalformedInputError,
    )
    const long = encodeToBytes(principalNameCodec, new PrincipalName(8, 'x'.repeat(AuthLimits.maxIdBytes + 1)))
    expect(() => decodeFromBytes(principalNameCodec, long)).toThrow('expected at most 1024, got 1025')
  })

  test('equals by type and id', () => {
    const name = PrincipalName.parse('client.a')
    expect(name.equals(PrincipalName.parse('osd.a'))).toBe(false)
    expect(name.equals(PrincipalName.parse('client.b'))).toBe(false)
  })
})
