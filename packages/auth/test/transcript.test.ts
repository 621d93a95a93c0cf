import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuthLimits, CryptoKey, SIGNATURE_LENGTH, Transcript } from '../src/index.ts'
import * as arbitrary from './arbitraries.ts'
import { readVectors } from './read-golden.ts'

describe('Transcript', () => {
  test('signs what was added, however it was cut', () => {
    fc.assert(
      fc.property(arbitrary.key, fc.array(arbitrary.bytes), (key, parts) => {
        const transcript = new Transcript()
        for (const part of parts) transcript.add(part)
        const signature = transcript.sign(key)
        expect(transcript.length).toBe(Buffer.concat(parts).length)
        expect(Buffer.from(signature)).toEqual(Buffer.from(key.hmacSha256(Buffer.concat(parts))))
        expect(transcript.matches(key, signature)).toBe(true)
      }),
    )
  })

  test('is HMAC-SHA256', () => {
    const vectors = readVectors('cephx-vectors')
    const transcript = new Transcript()
    for (const letter of 'abc') transcript.add(Buffer.from(letter))
    const signature = transcript.sign(CryptoKey.fromBase64(vectors.get('key')!))
    expect(Buffer.from(signature).toString('hex')).toBe(vectors.get('hmac'))
  })

  test('does not match the signature of others, of another key, or of another length', () => {
    const key = CryptoKey.generate()
    const transcript = new Transcript()
    transcript.add(Uint8Array.of(1))
    const signature = transcript.sign(key)
    expect(transcript.matches(CryptoKey.generate(), signature)).toBe(false)
    expect(transcript.matches(key, signature.subarray(1))).toBe(false)
    transcript.add(Uint8Array.of(2))
    expect(transcript.matches(key, signature)).toBe(false)
  })

  test('without a key is 32 zeros', () => {
    const transcript = new Transcript()
    transcript.add(Uint8Array.of(1))
    expect(transcript.sign(undefined)).toEqual(new Uint8Array(SIGNATURE_LENGTH))
    expect(transcript.matches(undefined, new Uint8Array(32))).toBe(true)
    expect(transcript.matches(undefined, new Uint8Array(32).fill(1))).toBe(false)
  })

  test('keeps a copy, and no more than a handshake takes', () => {
    const key = CryptoKey.generate()
    const transcript = new Transcript()
    const bytes = Uint8Array.of(7)
    transcript.add(bytes)
    bytes.fill(0)
    expect(transcript.matches(key, key.hmacSha256(Uint8Array.of(7)))).toBe(true)
    const rest = new Uint8Array(AuthLimits.maxTranscriptBytes - 1)
    transcript.add(rest)
    expect(() => transcript.add(Uint8Array.of(1))).toThrow('handshake: expected at most 262144 bytes, got 262145')
    transcript.clear()
    expect(transcript.length).toBe(0)
    expect(transcript.matches(key, key.hmacSha256())).toBe(true)
  })
})
