import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBinaryKeyring } from '../src/binary-keyring.ts'
import { Keyring, PrincipalName } from '../src/index.ts'
import { readGolden } from './read-golden.ts'

const bytes = readGolden('binary-keyring')

describe('an old binary keyring', () => {
  test('is read', () => {
    const entry = Keyring.parse(bytes).find(PrincipalName.parse('client.admin'))!
    expect(entry.key.toBase64()).toBe('AQAA8VNlFc1bBxAAAAECAwQFBgcICQoLDA0ODw==')
    expect([...entry.caps]).toEqual([['mon', 'allow *']])
  })

  test('may have a key that is pending, and no user id', () => {
    const pending = Buffer.concat([bytes, new Uint8Array(12)])
    pending[18] = 3
    expect(readBinaryKeyring(pending)).toHaveLength(1)
    const noUid = Buffer.concat([bytes.subarray(0, 19), bytes.subarray(27)])
    noUid[18] = 1
    expect(readBinaryKeyring(noUid)).toHaveLength(1)
  })

  test('is none if anything is missing or too much', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
        expect(readBinaryKeyring(bytes.subarray(0, length))).toBeUndefined()
      }),
    )
    expect(readBinaryKeyring(Buffer.concat([bytes, Uint8Array.of(0)]))).toBeUndefined()
  })

  test('is not seen in a text', () => {
    const text = Buffer.from('[client.a]\nkey = AQAA8VNlFc1bBxAAAAECAwQFBgcICQoLDA0ODw==\n')
    expect(readBinaryKeyring(text)).toBeUndefined()
    expect(Keyring.parse(text).size).toBe(1)
  })
})
