import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AesCbcCipher } from '../src/aes-cbc-cipher.ts'
import * as arbitrary from './arbitraries.ts'

const secret = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const cipher = new AesCbcCipher(secret)

/** Encrypts blocks as they are, with whatever padding they end in. */
function encryptBlocks(blocks: Uint8Array): Uint8Array {
  const raw = createCipheriv('aes-128-cbc', secret, 'cephsageyudagreg').setAutoPadding(false)
  return Buffer.concat([raw.update(blocks), raw.final()])
}

describe('AesCbcCipher', () => {
  test('decrypts what it encrypts, which is 1 to 16 bytes longer', () => {
    fc.assert(
      fc.property(arbitrary.bytes, (bytes) => {
        const encrypted = cipher.encrypt(0, bytes)
        expect(encrypted.length).toBe((Math.floor(bytes.length / 16) + 1) * 16)
        expect(Buffer.from(cipher.decrypt(0, encrypted)!)).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('does not heed what it encrypts for', () => {
    expect(cipher.encrypt(1, secret)).toEqual(cipher.encrypt(2, secret))
  })

  test('takes every padding that is right, and no other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat({ max: 20 }), (block, padding) => {
        block.fill(padding, Math.max(0, 16 - padding))
        block[15] = padding
        const isRight = padding >= 1 && padding <= 16
        const decrypted = cipher.decrypt(0, encryptBlocks(block))
        if (isRight) expect(Buffer.from(decrypted!)).toEqual(Buffer.from(block.subarray(0, 16 - padding)))
        else expect(decrypted).toBeUndefined()
      }),
    )
  })

  test('refuses padding with any byte of it wrong', () => {
    for (let padding = 2; padding <= 16; padding++) {
      for (let at = 16 - padding; at < 15; at++) {
        const block = new Uint8Array(16).fill(padding, 16 - padding)
        block[at] = padding ^ 0x80
        expect(cipher.decrypt(0, encryptBlocks(block))).toBeUndefined()
      }
    }
  })

  test('refuses what is no whole number of blocks', () => {
    for (const length of [0, 1, 15, 17, 31]) expect(cipher.decrypt(0, new Uint8Array(length))).toBeUndefined()
  })
})
