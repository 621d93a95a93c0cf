import fc from 'fast-check'
import { Feature, FEATURES_ALL, MessageFooter, MessageHeader } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { CONNECTION_SECRET_LENGTH, CryptoKey, SessionSecurity, SIGNATURE_LENGTH } from '../src/index.ts'
import * as arbitrary from './arbitraries.ts'
import { readVectors } from './read-golden.ts'

const NONE = new Uint8Array(0)

function securityOf(sessionKey: CryptoKey, connectionSecret: Uint8Array = NONE): SessionSecurity {
  const security = SessionSecurity.of({ sessionKey, connectionSecret })
  if (security === undefined) throw new Error('expected a session with a key to have security, got none')
  return security
}

test('a session without a key has none', () => {
  expect(SessionSecurity.of({ sessionKey: undefined, connectionSecret: NONE })).toBeUndefined()
})

describe('a transcript', () => {
  test('is signed with HMAC-SHA256, however it was cut', () => {
    const vectors = readVectors('cephx-vectors')
    const security = securityOf(CryptoKey.fromBase64(vectors.get('key')!))
    const signature = security.signTranscript([Buffer.from('a'), NONE, Buffer.from('bc')])
    expect(Buffer.from(signature).toString('hex')).toBe(vectors.get('hmac'))
    fc.assert(
      fc.property(arbitrary.key, fc.array(arbitrary.bytes), (key, parts) => {
        const signed = securityOf(key).signTranscript(parts)
        expect(signed).toHaveLength(SIGNATURE_LENGTH)
        expect(securityOf(key).checkTranscript([Buffer.concat(parts)], signed)).toBe(true)
      }),
    )
  })

  test('does not match the signature of others, of another key, or of another length', () => {
    const security = securityOf(CryptoKey.generate())
    const parts = [Uint8Array.of(1)]
    const signature = security.signTranscript(parts)
    expect(securityOf(CryptoKey.generate()).checkTranscript(parts, signature)).toBe(false)
    expect(security.checkTranscript(parts, signature.subarray(1))).toBe(false)
    expect(security.checkTranscript([...parts, Uint8Array.of(2)], signature)).toBe(false)
    expect(security.checkTranscript(parts, new Uint8Array(SIGNATURE_LENGTH))).toBe(false)
  })
})

describe('messages of version 1', () => {
  const key = CryptoKey.generate()

  test('are signed by one end and checked by the other', () => {
    const [header, footer] = [new MessageHeader(), new MessageFooter()]
    securityOf(key).messageSigner(FEATURES_ALL)!.sign(header, footer)
    expect(securityOf(key).messageSigner(FEATURES_ALL)!.check(header, footer)).toBe(true)
    // Without CEPHX_V2 other things are signed.
    const old = securityOf(key).messageSigner(FEATURES_ALL & ~Feature.cephxV2)!
    expect(old.check(header, footer)).toBe(false)
  })

  test('are not signed if an end cannot, or if we do not want to', () => {
    expect(securityOf(key).messageSigner(FEATURES_ALL & ~Feature.msgAuth)).toBeUndefined()
    const unsigned = SessionSecurity.of({ sessionKey: key, connectionSecret: NONE }, { signMessages: false })
    expect(unsigned!.messageSigner(FEATURES_ALL)).toBeUndefined()
  })
})

describe('frames of version 2', () => {
  test('are sealed by one end and opened by the other', () => {
    const secret = Uint8Array.from({ length: CONNECTION_SECRET_LENGTH }, (_, i) => i)
    const security = securityOf(CryptoKey.generate(), secret)
    const sealed = security.frameCipher('2.1', 'dial')!.seal([Uint8Array.of(1, 2), Uint8Array.of(3)])
    const opened = security.frameCipher('2.1', 'accept')!.open(Buffer.concat(sealed))
    expect([...opened]).toEqual([1, 2, 3])
  })

  test('are sealed and opened with what is handed in', () => {
    const secret = Uint8Array.from({ length: CONNECTION_SECRET_LENGTH }, (_, i) => i)
    const keys: Uint8Array[] = []
    const cipher = securityOf(CryptoKey.generate(), secret).frameCipher('2.1', 'dial', (key) => {
      keys.push(Uint8Array.from(key))
      return {
        seal: (_nonce, parts, target, at) => {
          target.set(parts[0] ?? [], at)
          return 17
        },
        open: () => false,
      }
    })
    expect(Buffer.concat(cipher!.seal([Uint8Array.of(9)]))[0]).toBe(9)
    expect(() => cipher!.open(new Uint8Array(17))).toThrow('frame: expected one that the peer sealed')
    expect(keys).toEqual([secret.subarray(0, 16)])
  })

  test('are not sealed without a connection secret', () => {
    expect(securityOf(CryptoKey.generate()).frameCipher('2.1', 'dial')).toBeUndefined()
  })
})
