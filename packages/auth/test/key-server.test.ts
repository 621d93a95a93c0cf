import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthMethod,
  type AuthPeer,
  AuthService,
  CryptoKey,
  Keyring,
  KeyServer,
  KeyType,
  PrincipalName,
} from '../src/index.ts'
import { connect, logIn, refusalOf } from './conversation.ts'
import { seededRandom } from './seeded-random.ts'

const NOW = 1_700_000_000_000
const HOUR_MS = 3_600_000
const alice = PrincipalName.parse('client.alice')
const osd = PrincipalName.parse('osd.3')

/** A key server with alice, whose key is of the kind given. */
function cluster(type: number = KeyType.aes): { keyring: Keyring; server: KeyServer; key: CryptoKey } {
  const keyring = new Keyring()
  const caps = { mon: 'allow r', osd: 'allow rw' }
  const { key } = keyring.generate(alice, caps, CryptoKey.generate({ type, random: seededRandom('alice') }))
  keyring.generate(osd, { mon: 'allow profile osd' }, CryptoKey.generate({ type }))
  return { keyring, server: new KeyServer(keyring), key }
}

describe.each([
  ['AES', KeyType.aes],
  ['AES256KRB5', KeyType.aes256Krb5],
])('a cluster of %s keys', (_, type) => {
  test('a first login gives an id, a session key, a connection secret and tickets', () => {
    const { server, key } = cluster(type)
    const client = new AuthClient(alice, { key })
    const login = logIn(client, server, NOW)
    expect(login.client).toMatchObject({ method: AuthMethod.cephx, globalId: 4100n })
    expect(client.globalId).toBe(4100n)
    expect(login.client.sessionKey?.type).toBe(type)
    expect(login.client.sessionKey!.equals(login.server.sessionKey!)).toBe(true)
    expect(login.client.connectionSecret).toHaveLength(64)
    expect(Buffer.from(login.client.connectionSecret)).toEqual(Buffer.from(login.server.connectionSecret))
    expect(login.server.peer).toMatchObject({ name: alice, globalId: 4100n, caps: { caps: 'allow r' } })
    for (const service of [1, 2, 4, 16, 32]) expect(client.tickets.get(service, NOW)?.serviceId).toBe(service)
    expect(client.tickets.get(EntityType.osd, NOW + HOUR_MS)).toBeUndefined()
    expect(client.tickets.get(EntityType.auth, NOW + 71 * HOUR_MS)).toBeDefined()
  })

  test('a ticket opens the service it is for, and tells it who comes and what he may do', () => {
    const { server, key } = cluster(type)
    const client = new AuthClient(alice, { key })
    logIn(client, server, NOW)
    const service = new AuthService(EntityType.osd, { secrets: server.rotatingKeys(EntityType.osd) })
    const connection = connect(client, service, EntityType.osd, { nowMs: NOW, connectionSecretLength: 64 })!
    expect(connection.rounds).toBe(2)
    expect(connection.server.peer).toEqual({
      method: AuthMethod.cephx,
      name: alice,
      globalId: 4100n,
      caps: { allowAll: false, caps: 'allow rw' },
    })
    expect(connection.client.sessionKey!.equals(connection.server.sessionKey!)).toBe(true)
    expect(Buffer.from(connection.client.connectionSecret)).toEqual(Buffer.from(connection.server.connectionSecret))
    expect(connection.client.connectionSecret).toHaveLength(64)
  })

  test('a client that comes back keeps its id by the old ticket', () => {
    const { server, key } = cluster(type)
    const client = new AuthClient(alice, { key })
    const first = logIn(client, server, NOW)
    const second = logIn(client, server, NOW + HOUR_MS)
    expect(second.client.globalId).toBe(first.client.globalId)
    expect(second.client.sessionKey!.equals(first.client.sessionKey!)).toBe(false)
    const third = logIn(client, server, NOW + 2 * HOUR_MS)
    expect(third.client.globalId).toBe(first.client.globalId)
    expect(logIn(new AuthClient(alice, { key }), server, NOW).client.globalId).not.toBe(first.client.globalId)
  })
})

describe('KeyServer', () => {
  test('gives the same secret length as was asked for, also none', () => {
    const { server, key } = cluster()
    const login = logIn(new AuthClient(alice, { key }), server, NOW, 0)
    expect(login.client.connectionSecret).toHaveLength(0)
  })

  test('refuses a wrong key and an unknown name alike, after the challenge', () => {
    const { server, key } = cluster()
    const wrongKey = new AuthClient(alice, { key: CryptoKey.generate() })
    const unknown = new AuthClient(PrincipalName.parse('client.mallory'), { key })
    const answers = [wrongKey, unknown].map((client) => {
      const login = client.login(NOW)
      const session = server.accept()
      const { method, payload } = login.request()
      const challenge = session.request(method, payload)
      if (challenge.kind !== 'more') throw new Error('expected a challenge')
      expect(challenge.payload).toHaveLength(9)
      return session.requestMore(login.replyMore(challenge.payload), { nowMs: NOW, connectionSecretLength: 64 })
    })
    expect(answers[0]).toEqual({ kind: 'refused', result: -13 })
    expect(answers[1]).toEqual(answers[0])
    expect(refusalOf(() => logIn(wrongKey, server, NOW))).toMatchObject({ code: 'ERR_MSGR_AUTH_REFUSED', result: -13 })
  })

  test('takes no second guess at one challenge', () => {
    const { server, key } = cluster()
    const session = server.accept()
    const wrong = new AuthClient(alice, { key: CryptoKey.generate() }).login(NOW)
    const right = new AuthClient(alice, { key }).login(NOW)
    const answer = session.request(wrong.request().method, wrong.request().payload)
    if (answer.kind !== 'more') throw new Error('expected a challenge')
    const circumstances = { nowMs: NOW, connectionSecretLength: 64 }
    expect(session.requestMore(wrong.replyMore(answer.payload), circumstances).kind).toBe('refused')
    expect(session.requestMore(right.replyMore(answer.payload), circumstances).kind).toBe('refused')
  })

  test('asks the application who may log in', () => {
    const { keyring, key } = cluster()
    const seen: AuthPeer[] = []
    const authorize = (peer: AuthPeer): boolean => {
      seen.push(peer)
      return peer.caps.caps === 'allow *'
    }
    const server = new KeyServer(keyring, { authorize })
    expect(refusalOf(() => logIn(new AuthClient(alice, { key }), server, NOW)).result).toBe(-13)
    keyring.generate(alice, { mon: 'allow *' }, key)
    expect(logIn(new AuthClient(alice, { key }), server, NOW).server.peer.name.equals(alice)).toBe(true)
    expect(seen.map(({ caps }) => caps.caps)).toEqual(['allow r', 'allow *'])
  })

  test('refuses a method that it has not got, and what is no login', () => {
    const { server } = cluster()
    const { payload } = new AuthClient(alice).login(NOW).request()
    expect(server.accept().request(AuthMethod.none, payload)).toEqual({ kind: 'refused', result: -95 })
    expect(server.accept().request(AuthMethod.cephx, new Uint8Array(0))).toEqual({ kind: 'refused', result: -13 })
    const asAuthorizer = Uint8Array.from(payload).fill(1, 0, 1)
    expect(server.accept().request(AuthMethod.cephx, asAuthorizer)).toEqual({ kind: 'refused', result: -13 })
    const early = server.accept()
    expect(early.requestMore(payload, { nowMs: NOW })).toEqual({ kind: 'refused', result: -13 })
    expect(early.message(payload, NOW).result).toBe(-13)
  })

  test('has secrets only for the services it gives tickets for', () => {
    const { keyring, key } = cluster()
    const server = new KeyServer(keyring, { services: EntityType.osd })
    expect(() => server.rotatingKeys(EntityType.mds)).toThrow('expected one that tickets are given for, got 2')
    const client = new AuthClient(alice, { key })
    logIn(client, server, NOW)
    expect(client.tickets.has(EntityType.osd)).toBe(true)
    expect(client.tickets.has(EntityType.mds)).toBe(false)
  })
})
