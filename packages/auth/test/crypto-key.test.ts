import { inspect } from 'node:util'
import { BufferEncoder, MalformedInputError } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CryptoKey, cryptoKeyCodec, KeyError, KeyType, KeyUsage } from '../src/index.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'
import { readVectors } from './read-golden.ts'
import { seededRandom } from './seeded-random.ts'

const vectors = readVectors('cephx-vectors')
const secret = Uint8Array.from({ length: 16 }, (_, i) => i)
const created = { seconds: 1_700_000_000, nanoseconds: 123_456_789 }

/** How a secret might show in a text. */
function formsOf(hidden: Uint8Array): string[] {
  const buffer = Buffer.from(hidden)
  return [buffer.toString('hex'), buffer.toString('base64').slice(0, 20), [...hidden].join(','), [...hidden].join(', ')]
}

describe('CryptoKey', () => {
  test('has the text form that keyrings have', () => {
    const text = vectors.get('key')!
    expect(new CryptoKey({ type: KeyType.aes, created, secret }).toBase64()).toBe(text)
    const key = CryptoKey.fromBase64(` ${text}\n`)
    expect(key).toMatchObject({ type: 1, created })
    expect(key.exportSecret()).toEqual(secret)
  })

  test('computes the HMAC of several parts as of one', () => {
    const key = CryptoKey.fromBase64(vectors.get('key')!)
    const hmac = Buffer.from(vectors.get('hmac')!, 'hex')
    expect(Buffer.from(key.hmacSha256(Buffer.from('abc')))).toEqual(hmac)
    expect(Buffer.from(key.hmacSha256(Buffer.from('a'), Buffer.from('bc')))).toEqual(hmac)
  })

  test('comes back from its text and its bytes', () => {
    fc.assert(
      fc.property(arbitrary.key, (key) => {
        for (const again of [
          CryptoKey.fromBase64(key.toBase64()),
          decodeFromBytes(cryptoKeyCodec, encodeToBytes(cryptoKeyCodec, key)),
        ]) {
          expect(again.equals(key)).toBe(true)
          expect(again.created).toEqual(key.created)
        }
      }),
    )
  })

  test('decrypts what it has encrypted, and nothing that another key has', () => {
    fc.assert(
      fc.property(arbitrary.key, arbitrary.key, arbitrary.bytes, (key, other, bytes) => {
        fc.pre(!key.equals(other))
        const encrypted = key.encrypt(KeyUsage.other, bytes)
        expect(Buffer.from(key.decrypt(KeyUsage.other, encrypted)!)).toEqual(Buffer.from(bytes))
        const wrong = other.decrypt(KeyUsage.other, encrypted)
        if (wrong !== undefined) expect(Buffer.from(wrong)).not.toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('shows its secret in no text', () => {
    fc.assert(
      fc.property(arbitrary.key, (key) => {
        const holder = { nested: [key] }
        const texts = [
          key.toString(),
          JSON.stringify(holder),
          inspect(key, { showHidden: true, depth: 9 }),
          inspect(holder, { showHidden: true, depth: 9, getters: true }),
          JSON.stringify(Object.entries(key)),
          inspect(new Error('with a key', { cause: key })),
        ]
        for (const form of [...formsOf(key.exportSecret()), key.toBase64().slice(16, 36)]) {
          expect(texts.join('\n')).not.toContain(form)
        }
      }),
    )
    expect(inspect(new CryptoKey({ type: 1, secret }))).toBe('CryptoKey(type 1, secret not shown)')
  })

  test('hands out copies and keeps a copy', () => {
    const given = Uint8Array.from(secret)
    const key = new CryptoKey({ type: KeyType.aes, secret: given })
    given.fill(0)
    key.exportSecret().fill(0)
    expect(key.exportSecret()).toEqual(secret)
  })

  test.each([
    ['no base64 at all', 'AQAA8VNl!!!'],
    ['base64 of something short', Buffer.from('hunter2').toString('base64')],
    ['base64 of a bare secret', Buffer.from('0123456789abcdef').toString('base64')],
    ['base64 of a long secret', Buffer.from('Zm9vYmFyIGJheiBxdXgK Zm9vYmFyIGJheiBxdXgK').toString('base64')],
    ['a password', 'Tr0ub4dor&3Xkcd'],
    ['nothing', ''],
  ])('refuses %s without repeating any of it', (_, text) => {
    const error = refused(() => CryptoKey.fromBase64(text))
    expect(error).toMatchObject({ code: 'ERR_MSGR_KEY' })
    expect(error.cause).toBeUndefined()
    const shown = `${error.message} ${inspect(error).split('\n')[0]}`
    for (let i = 0; i + 4 <= text.length; i++) expect(shown).not.toContain(text.slice(i, i + 4))
    expect(shown).not.toContain('!')
  })

  test.each([
    [KeyType.aes, 15, 'secret of a key of type 1: expected 16 bytes, got 15'],
    [KeyType.aes, 32, 'secret of a key of type 1: expected 16 bytes, got 32'],
    [KeyType.aes256Krb5, 16, 'secret of a key of type 2: expected 32 bytes, got 16'],
    [3, 16, 'key: expected type 1 (AES) or 2 (AES256KRB5), got 3'],
  ])('of type %d cannot have a secret of %d bytes', (type, length, message) => {
    const bad = new Uint8Array(length)
    expect(refused(() => new CryptoKey({ type, secret: bad })).message).toBe(message)
    const encoder = new BufferEncoder().writeUInt16LE(type).writeZeros(8).writeUInt16LE(length).writeBytes(bad)
    const bytes = encoder.toBufferList().toContiguous()
    expect(() => decodeFromBytes(cryptoKeyCodec, bytes)).toThrow(MalformedInputError)
  })

  test('of type 0 is refused unless it is asked for', () => {
    const bytes = new Uint8Array(12)
    const text = Buffer.from(bytes).toString('base64')
    expect(() => new CryptoKey({ type: KeyType.none, secret: new Uint8Array(0) })).toThrow(KeyError)
    expect(() => CryptoKey.fromBase64(text)).toThrow(KeyError)
    expect(() => decodeFromBytes(cryptoKeyCodec, bytes)).toThrow(MalformedInputError)
    const key = CryptoKey.fromBase64(text, { allowNone: true })
    const plain = Buffer.from('in the open')
    expect(Buffer.from(key.encrypt(0, plain))).toEqual(plain)
    expect(Buffer.from(key.decrypt(0, plain)!)).toEqual(plain)
  })

  test('does not take a length that no key has for more than an error', () => {
    const bytes = new BufferEncoder().writeUInt16LE(1).writeZeros(8).writeUInt16LE(0xffff).toBufferList()
    expect(() => cryptoKeyCodec.decode(bytes.cursor())).toThrow('length of a secret: expected at most 32, got 65535')
  })

  test('is generated of either kind, from the randomness given', () => {
    const a = CryptoKey.generate({ random: seededRandom('a'), created })
    expect(a).toMatchObject({ type: KeyType.aes, created })
    expect(a.equals(CryptoKey.generate({ random: seededRandom('a') }))).toBe(true)
    expect(a.equals(CryptoKey.generate({ random: seededRandom('b') }))).toBe(false)
    expect(CryptoKey.generate({ type: KeyType.aes256Krb5 }).exportSecret()).toHaveLength(32)
    expect(CryptoKey.generate().equals(CryptoKey.generate())).toBe(false)
    expect(() => CryptoKey.generate({ type: 0 })).toThrow('type of a key to generate: expected 1 or 2, got 0')
  })

  test('equals only a key of the same kind and secret', () => {
    const key = new CryptoKey({ type: 1, secret })
    expect(key.equals(new CryptoKey({ type: 1, secret, created }))).toBe(true)
    expect(key.equals(new CryptoKey({ type: 1, secret: secret.toReversed() }))).toBe(false)
    expect(key.equals(CryptoKey.generate({ type: 2 }))).toBe(false)
  })
})

function refused(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('expected an error')
}
