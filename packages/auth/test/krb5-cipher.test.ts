import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Krb5Cipher } from '../src/krb5-cipher.ts'
import * as arbitrary from './arbitraries.ts'
import { readVectors } from './read-golden.ts'
import { seededRandom } from './seeded-random.ts'

const { 'base-key': baseKey, ...samples } = Object.fromEntries(readVectors('rfc8009'))
const cipher = new Krb5Cipher(Buffer.from(baseKey!, 'hex'))
const random = seededRandom('confounders')

describe('Krb5Cipher', () => {
  test.each(Object.entries(samples))('encrypts and decrypts the sample with confounder %s', (confounder, rest) => {
    const [length = '', expected = ''] = rest.split(' ')
    const plain = Uint8Array.from({ length: Number(length) }, (_, i) => i)
    const encrypted = cipher.encrypt(2, plain, () => Buffer.from(confounder, 'hex'))
    expect(Buffer.from(encrypted).toString('hex')).toBe(expected)
    expect(Buffer.from(cipher.decrypt(2, encrypted)!)).toEqual(Buffer.from(plain))
  })

  test('decrypts what it encrypts, which is 40 bytes longer and never the same', () => {
    fc.assert(
      fc.property(arbitrary.bytes, fc.nat({ max: 0x40 }), (bytes, usage) => {
        const encrypted = cipher.encrypt(usage, bytes, random)
        expect(encrypted.length).toBe(bytes.length + 40)
        expect(Buffer.from(cipher.decrypt(usage, encrypted)!)).toEqual(Buffer.from(bytes))
        expect(cipher.encrypt(usage, bytes, random)).not.toEqual(encrypted)
      }),
    )
  })

  test('decrypts nothing that was changed, cut, or encrypted for something else', () => {
    fc.assert(
      fc.property(arbitrary.bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
        const encrypted = cipher.encrypt(3, bytes, random)
        expect(cipher.decrypt(4, encrypted)).toBeUndefined()
        expect(cipher.decrypt(3, encrypted.subarray(0, at % encrypted.length))).toBeUndefined()
        const changed = Uint8Array.from(encrypted)
        changed[at % changed.length]! ^= change
        expect(cipher.decrypt(3, changed)).toBeUndefined()
      }),
    )
  })
})
