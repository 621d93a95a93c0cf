import { expect, test } from 'vitest'
import { AesCbcCipher } from '../src/aes-cbc-cipher.ts'
import { createKeyCipher } from '../src/key-cipher.ts'
import { KeyType, KeyUsage } from '../src/index.ts'
import { Krb5Cipher } from '../src/krb5-cipher.ts'

test('each kind of key has its cipher, if the secret is as long as it must be', () => {
  expect(KeyType).toEqual({ none: 0, aes: 1, aes256Krb5: 2 })
  expect(createKeyCipher(KeyType.aes, new Uint8Array(16))).toBeInstanceOf(AesCbcCipher)
  expect(createKeyCipher(KeyType.aes256Krb5, new Uint8Array(32))).toBeInstanceOf(Krb5Cipher)
  expect(createKeyCipher(KeyType.aes, new Uint8Array(32))).toBeUndefined()
  expect(createKeyCipher(3, new Uint8Array(16))).toBeUndefined()
})

test('every use has a number of its own', () => {
  expect(KeyUsage).toEqual({
    other: 0,
    connectionSecret: 3,
    serviceTicket: 4,
    ticketBlob: 5,
    authorize: 0x10,
    authorizerChallenge: 0x11,
    authorizerReply: 0x12,
    rotatingSecrets: 0x20,
    ticketInfo: 0x30,
  })
})
