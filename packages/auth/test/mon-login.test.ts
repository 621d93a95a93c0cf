import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthMethod,
  AuthProtocolError,
  Keyring,
  KeyServer,
  type LoginResult,
  PrincipalName,
  SealError,
} from '../src/index.ts'
import { logIn, refusalOf } from './conversation.ts'

const NOW = 1_700_000_000_000
const alice = PrincipalName.parse('client.alice')
const keyring = new Keyring()
const { key } = keyring.generate(alice, { mon: 'allow r' })

/** A login in version 1 of the protocol: MAuth and MAuthReply. */
function logInV1(client: AuthClient, server: KeyServer): { result: LoginResult; messageCount: number } {
  const login = client.login(NOW)
  const session = server.accept()
  const offer = session.offer(login.offer())
  let { answer } = offer
  for (let messageCount = 1; ; messageCount++) {
    const step = login.reply(
      {
        protocol: offer.method,
        result: answer.kind === 'refused' ? answer.result : 0,
        globalId: session.globalId,
        payload: answer.kind === 'refused' ? new Uint8Array(0) : answer.payload,
      },
      NOW,
    )
    if (step.kind === 'done') return { result: step.result, messageCount }
    answer = session.requestMore(step.payload, { nowMs: NOW })
  }
}

describe('a login in version 1 of the protocol', () => {
  test('takes two messages with cephx, and sets up no encryption', () => {
    const client = new AuthClient(alice, { key })
    const { result, messageCount } = logInV1(client, new KeyServer(keyring))
    expect(messageCount).toBe(2)
    expect(result).toMatchObject({ method: AuthMethod.cephx, globalId: 4100n })
    expect(result.connectionSecret).toHaveLength(0)
    expect(client.tickets.get(EntityType.osd, NOW)).toBeDefined()
    const server = new KeyServer(keyring, { methods: [AuthMethod.none, AuthMethod.cephx] })
    expect(logInV1(new AuthClient(alice, { key }), server).result.method).toBe(AuthMethod.cephx)
  })

  test('takes one with method none', () => {
    const client = new AuthClient(alice)
    const { result, messageCount } = logInV1(client, new KeyServer(keyring, { methods: [AuthMethod.none] }))
    expect(messageCount).toBe(1)
    expect(result).toMatchObject({ method: AuthMethod.none, globalId: 4100n, sessionKey: undefined })
    expect(client.authorizer(EntityType.osd, NOW)?.method).toBe(AuthMethod.none)
  })

  test('is refused without a method in common', () => {
    const error = refusalOf(() => logInV1(new AuthClient(alice), new KeyServer(keyring)))
    expect(error).toMatchObject({ code: 'ERR_MSGR_AUTH_REFUSED', result: -95 })
  })

  test('does not go by a method that was not offered', () => {
    const reply = { protocol: AuthMethod.none, result: 0, globalId: 1n, payload: new Uint8Array(0) }
    expect(() => new AuthClient(alice, { key }).login(NOW).reply(reply, NOW)).toThrow(
      new AuthProtocolError('method: expected one of 2, got 1'),
    )
  })
})

describe('a login in version 2 of the protocol', () => {
  test('goes on to the next method that is allowed', () => {
    const client = new AuthClient(alice, { key, methods: [AuthMethod.cephx, AuthMethod.none] })
    const login = client.login(NOW)
    expect(login.request().method).toBe(AuthMethod.cephx)
    const refusal = { method: AuthMethod.cephx, result: -95, allowedMethods: [AuthMethod.none] }
    expect(login.badMethod(refusal).method).toBe(AuthMethod.none)
    expect(login.done({ globalId: 5n, payload: new Uint8Array(0) }, NOW)).toMatchObject({ method: 1, globalId: 5n })
  })

  test('never goes on to a method that the client did not name', () => {
    const login = new AuthClient(alice, { key }).login(NOW)
    const refusal = { method: AuthMethod.cephx, result: -95, allowedMethods: [AuthMethod.none] }
    expect(refusalOf(() => login.badMethod(refusal)).result).toBe(-95)
    const other = { method: AuthMethod.none, result: -95, allowedMethods: [AuthMethod.none] }
    expect(refusalOf(() => login.badMethod(other)).result).toBe(-95)
  })

  test('finds a monitor out that does not know the secret', () => {
    const impostor = new Keyring()
    impostor.generate(alice)
    const login = new AuthClient(alice, { key }).login(NOW)
    const session = new KeyServer(impostor).accept()
    const challenge = session.request(AuthMethod.cephx, login.request().payload)
    if (challenge.kind !== 'more') throw new Error('expected a challenge')
    login.replyMore(challenge.payload)
    // It lets everybody in, but can seal nothing for us.
    const other = new AuthClient(alice, { key: impostor.keyOf(alice) }).login(NOW)
    const lenient = new KeyServer(impostor).accept()
    const second = lenient.request(AuthMethod.cephx, other.request().payload)
    if (second.kind !== 'more') throw new Error('expected a challenge')
    const answer = lenient.requestMore(other.replyMore(second.payload), { nowMs: NOW, connectionSecretLength: 64 })
    if (answer.kind !== 'accepted') throw new Error('expected to be let in')
    expect(() => login.done({ globalId: 1n, payload: answer.payload }, NOW)).toThrow(SealError)
  })

  test('expects each step in its turn', () => {
    const nothing = new Uint8Array(0)
    const login = new AuthClient(alice, { key }).login(NOW)
    expect(() => login.done({ globalId: 1n, payload: nothing }, NOW)).toThrow('expected a challenge, got the end of it')
    expect(() => login.replyMore(nothing)).toThrow('challenge: cannot be read from 0 bytes')
    login.replyMore(Uint8Array.of(1, 9, 0, 0, 0, 0, 0, 0, 0))
    expect(() => login.replyMore(Uint8Array.of(1, 9, 0, 0, 0, 0, 0, 0, 0))).toThrow('expected the end of it')
    expect(() => login.done({ globalId: 1n, payload: Uint8Array.of(1) }, NOW)).toThrow(
      'reply to a login: cannot be read',
    )
    const none = new AuthClient(alice).login(NOW)
    expect(() => none.replyMore(Uint8Array.of(1, 9, 0, 0, 0, 0, 0, 0, 0))).toThrow('got a challenge')
    none.done({ globalId: 1n, payload: nothing }, NOW)
    expect(() => none.done({ globalId: 1n, payload: nothing }, NOW)).toThrow('expected nothing after its end')
  })

  test('passes on the result in a reply', () => {
    const login = new AuthClient(alice, { key }).login(NOW)
    login.replyMore(Uint8Array.of(1, 9, 0, 0, 0, 0, 0, 0, 0))
    const payload = Uint8Array.of(0, 1, 0xf3, 0xff, 0xff, 0xff)
    expect(refusalOf(() => login.done({ globalId: 1n, payload }, NOW)).result).toBe(-13)
  })

  test('asks for a global id only with its ticket', () => {
    const client = new AuthClient(alice, { key })
    logIn(client, new KeyServer(keyring), NOW)
    const idIn = (payload: Uint8Array): bigint => Buffer.from(payload).readBigUInt64LE(payload.length - 8)
    expect(idIn(client.login(NOW).request().payload)).toBe(4100n)
    // The ticket is good for 72 hours.
    expect(idIn(client.login(NOW + 72 * 3_600_000).request().payload)).toBe(0n)
    client.become(0n)
    expect(idIn(client.login(NOW).request().payload)).toBe(0n)
    expect(client.tickets.has(EntityType.osd)).toBe(false)
  })
})
