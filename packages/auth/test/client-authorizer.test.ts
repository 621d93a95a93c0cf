import { describe, expect, test } from 'vitest'
import { AuthClient, CryptoKey, PrincipalName, SealError } from '../src/index.ts'
import { authorizeCodec, authorizeReplyCodec, cephxAuthorizerCodec, challengeCodec } from '../src/authorizer-structs.ts'
import { KeyUsage } from '../src/key-usage.ts'
import { encodeToBytes, readPayload } from '../src/payload-codec.ts'
import { seal, sealedBytes, unseal } from '../src/seal.ts'

const OSD = 4
const sessionKey = CryptoKey.generate()
const blob = { secretId: 1n, sealed: Uint8Array.of(1) }

function authorizer(): NonNullable<ReturnType<AuthClient['authorizer']>> {
  const client = new AuthClient(PrincipalName.parse('client.a'), { key: CryptoKey.generate() })
  client.tickets.put({ serviceId: OSD, sessionKey, blob, renewAfterMs: 10, validUntilMs: 10 })
  return client.authorizer(OSD, 0)!
}

/** What a service reads in an authorizer. */
function provenBy(shown: Uint8Array): { nonce: bigint; challenge: bigint | undefined } {
  const { sealedAuthorize } = readPayload('authorizer', cephxAuthorizerCodec, shown)
  return unseal({ key: sessionKey, usage: KeyUsage.authorize }, authorizeCodec, sealedAuthorize)
}

describe('the authorizer of a client', () => {
  test('answers each challenge of a service that has the session key', () => {
    const shown = authorizer()
    const how = { usage: KeyUsage.authorizerChallenge }
    const foreign = seal({ ...how, key: CryptoKey.generate() }, challengeCodec, 5n)
    expect(() => authorizer().challenged(foreign)).toThrow(SealError)
    const challenge = seal({ ...how, key: sessionKey }, challengeCodec, 5n)
    const answer = shown.challenged(challenge)
    // The base stays as it was; what is sealed is new.
    expect(answer.subarray(0, 27)).toEqual(shown.payload.subarray(0, 27))
    expect(answer).not.toEqual(shown.payload)
    const next = shown.challenged(seal({ ...how, key: sessionKey }, challengeCodec, 6n))
    const [first, second] = [answer, next].map((bytes) => provenBy(bytes))
    expect([first?.challenge, second?.challenge]).toEqual([5n, 6n])
    expect(second?.nonce).toBe(first?.nonce)
  })

  test('takes no reply but one to its own nonce, sealed with the session key', () => {
    const reply = { noncePlusOne: 1n, connectionSecret: new Uint8Array(0) }
    const bytesOf = (key: CryptoKey): Uint8Array =>
      encodeToBytes(sealedBytes, seal({ key, usage: KeyUsage.authorizerReply }, authorizeReplyCodec, reply))
    expect(() => authorizer().finish(bytesOf(sessionKey))).toThrow('expected our nonce plus one, got another number')
    expect(() => authorizer().finish(bytesOf(CryptoKey.generate()))).toThrow(SealError)
    expect(() => authorizer().finish(new Uint8Array(0))).toThrow('reply to an authorizer: cannot be read from 0 bytes')
  })

  test('of method none expects no challenge', () => {
    const none = new AuthClient(PrincipalName.parse('osd.9')).authorizer(OSD, 0)!
    expect(Buffer.from(none.payload).toString('hex')).toBe('010400000001000000390000000000000000')
    expect(() => none.challenged(new Uint8Array(0))).toThrow('method none: expected no challenge, got one')
    expect(none.finish(new Uint8Array(0)).sessionKey).toBeUndefined()
  })
})
