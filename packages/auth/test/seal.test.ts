import { type Codec, string } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuthLimits, CryptoKey, KeyUsage, seal, sealedBytes, SealError, unseal } from '../src/index.ts'
import { decodeFromBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'

const usage = KeyUsage.authorize

/** What opening gives: the value, or the text of the error. */
function outcome(key: CryptoKey, sealed: Uint8Array, how = usage as number): string {
  try {
    return `value ${unseal({ key, usage: how }, string, sealed)}`
  } catch (error) {
    return error instanceof SealError ? `${error.code} ${error.message} ${String(error.cause)}` : 'another error'
  }
}

const REFUSAL = 'ERR_MSGR_SEAL sealed value: expected one that was sealed with this key, got another undefined'

describe('seal', () => {
  test('is undone by unseal with the same key', () => {
    fc.assert(
      fc.property(arbitrary.key, fc.string(), (key, text) => {
        expect(outcome(key, seal({ key, usage }, string, text))).toBe(`value ${text}`)
      }),
    )
  })

  test('ignores what follows the value', () => {
    const key = CryptoKey.generate()
    const textAndMore: Codec<string> = {
      ...string,
      encode: (encoder, text) => void encoder.writeString(text).writeString('more'),
    }
    const sealed = seal({ key, usage }, textAndMore, 'first')
    expect(outcome(key, sealed)).toBe('value first')
  })

  test('under AES256KRB5 opens with no byte changed, and for nothing else', () => {
    fc.assert(
      fc.property(arbitrary.krb5Key, fc.string(), fc.nat(), fc.integer({ min: 1, max: 255 }), (key, text, at, by) => {
        const sealed = seal({ key, usage }, string, text)
        expect(outcome(key, sealed, KeyUsage.authorizerReply)).toBe(REFUSAL)
        sealed[at % sealed.length]! ^= by
        expect(outcome(key, sealed)).toBe(REFUSAL)
      }),
    )
  })

  // CBC: a change garbles its own block and one byte of the next. Only the first block has something to check, and of
  // the last one some or all is padding, which a garbled block may have as well.
  test('under AES opens with no byte of the first block changed, and never to the same value', () => {
    fc.assert(
      fc.property(
        arbitrary.aesKey,
        fc.string({ minLength: 3, maxLength: 100, size: 'max' }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (key, text, at, by) => {
          const sealed = seal({ key, usage }, string, text)
          const index = at % (sealed.length - 16)
          sealed[index]! ^= by
          const got = outcome(key, sealed)
          if (index < 16) expect(got).toBe(REFUSAL)
          else expect(got).not.toBe(`value ${text}`)
        },
      ),
    )
  })

  test('gives the same refusal for another key, cut bytes, no bytes and a value of another kind', () => {
    fc.assert(
      fc.property(arbitrary.key, arbitrary.key, fc.string({ minLength: 1 }), fc.nat(), (key, other, text, at) => {
        fc.pre(!key.equals(other))
        const sealed = seal({ key, usage }, string, text)
        expect(outcome(other, sealed)).toBe(REFUSAL)
        expect(outcome(key, sealed.subarray(0, Math.min(at % sealed.length, 15)))).toBe(REFUSAL)
        const noString = {
          ...string,
          encode: (encoder: Parameters<typeof string.encode>[0]) => void encoder.writeUInt8(9),
        }
        expect(outcome(key, seal({ key, usage }, noString, ''))).toBe(REFUSAL)
      }),
    )
  })

  test('needs version and magic to be right', () => {
    const key = CryptoKey.generate()
    const good = Buffer.from('0155aa2688ad9c00ff00000000', 'hex')
    expect(outcome(key, key.encrypt(usage, good))).toBe('value ')
    for (let at = 0; at < 9; at++) {
      const bad = Uint8Array.from(good)
      bad[at]! ^= 1
      expect(outcome(key, key.encrypt(usage, bad))).toBe(REFUSAL)
    }
    expect(outcome(key, key.encrypt(usage, good.subarray(0, 8)))).toBe(REFUSAL)
  })
})

describe('sealedBytes', () => {
  test('takes no length beyond its limit', () => {
    const length = new Uint8Array(new Uint32Array([AuthLimits.maxSealedBytes + 1]).buffer)
    expect(() => decodeFromBytes(sealedBytes, length)).toThrow('sealed value: expected at most 32768, got 32769')
  })
})
