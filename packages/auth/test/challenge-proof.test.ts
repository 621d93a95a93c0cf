import { describe, expect, test } from 'vitest'
import { challengeProof, CryptoKey, KeyType, KeyUsage } from '../src/index.ts'
import { readVectors } from './read-golden.ts'

const vectors = readVectors('cephx-vectors')
const challenges = { server: 0x1122334455667788n, client: 0x99aabbccddeeff00n }

describe('challengeProof', () => {
  test('is what daemons expect of an AES key', () => {
    const key = CryptoKey.fromBase64(vectors.get('key')!)
    expect(challengeProof(key, challenges).toString(16)).toBe(vectors.get('proof'))
    const opened = key.decrypt(KeyUsage.other, Buffer.from(vectors.get('sealed-challenges')!, 'hex'))
    expect(Buffer.from(opened!).subarray(9).toString('hex')).toBe('8877665544332211' + '00ffeeddccbbaa99')
  })

  test('is a MAC for an AES256KRB5 key', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, i) => i)
    const key = new CryptoKey({ type: KeyType.aes256Krb5, secret })
    expect(challengeProof(key, challenges).toString(16)).toBe(vectors.get('proof-aes256krb5'))
  })

  test('depends on both challenges and on the key', () => {
    const key = CryptoKey.generate()
    const proof = challengeProof(key, challenges)
    expect(challengeProof(key, challenges)).toBe(proof)
    expect(challengeProof(key, { ...challenges, server: 1n })).not.toBe(proof)
    expect(challengeProof(key, { ...challenges, client: 1n })).not.toBe(proof)
    expect(challengeProof(CryptoKey.generate(), challenges)).not.toBe(proof)
  })
})
