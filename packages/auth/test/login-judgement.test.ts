import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  type AuthAnswer,
  AuthClient,
  AuthMethod,
  challengeProof,
  Keyring,
  KeyServer,
  type KeyServerOptions,
  loginStartCodec,
  PrincipalName,
  type SessionKeyRequest,
  sessionKeyRequestCodec,
  type TicketBlob,
} from '../src/index.ts'
import { challengeCodec } from '../src/authorizer-structs.ts'
import { CephxRequest, requestOf } from '../src/login-structs.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import { logIn, refusalOf } from './conversation.ts'

const NOW = 1_700_000_000_000
const HOUR_MS = 3_600_000
const alice = PrincipalName.parse('client.alice')
const bob = PrincipalName.parse('client.bob')
const keyring = new Keyring()
keyring.generate(alice)
keyring.generate(bob)
const noTicket: TicketBlob = { secretId: 0n, sealed: new Uint8Array(0) }

/** A login with fields of one's choice. */
function ask(server: KeyServer, globalId: bigint, fields: Partial<SessionKeyRequest>, nowMs = NOW): AuthAnswer {
  const session = server.accept()
  const start = encodeToBytes(loginStartCodec, { authMode: 10, name: alice, globalId })
  const answer = session.request(AuthMethod.cephx, start)
  if (answer.kind !== 'more') return answer
  const challenges = { server: decodeFromBytes(challengeCodec, answer.payload), client: 77n }
  const request = {
    version: 3,
    clientChallenge: challenges.client,
    proof: challengeProof(keyring.keyOf(alice), challenges),
    oldTicket: noTicket,
    otherKeys: EntityType.auth,
    ...fields,
  }
  const codec = requestOf(CephxRequest.authSessionKey, sessionKeyRequestCodec)
  return session.requestMore(encodeToBytes(codec, request), { nowMs, connectionSecretLength: 64 })
}

/** A login as it should be, and its ticket. */
function ticketOf(server: KeyServer, name: PrincipalName): { globalId: bigint; ticket: TicketBlob } {
  const client = new AuthClient(name, { key: keyring.keyOf(name) })
  const { globalId } = logIn(client, server, NOW).client
  return { globalId, ticket: client.tickets.get(EntityType.auth, NOW)!.blob }
}

const refused = { kind: 'refused', result: -13 }

describe('a global id', () => {
  test('is not had again without its ticket', () => {
    const server = new KeyServer(keyring)
    const { globalId } = ticketOf(server, alice)
    expect(ask(server, globalId, {})).toEqual(refused)
    expect(ask(server, globalId, { version: 2 })).toEqual(refused)
    expect(ask(server, globalId, { version: 1 })).toEqual(refused)
  })

  test('is not had again with the ticket of another id, of another name, a changed one or one that has ended', () => {
    const server = new KeyServer(keyring)
    const own = ticketOf(server, alice)
    const others = ticketOf(server, bob)
    expect(ask(server, own.globalId + 50n, { oldTicket: own.ticket })).toEqual(refused)
    expect(ask(server, others.globalId, { oldTicket: others.ticket })).toEqual(refused)
    const changed = Uint8Array.from(own.ticket.sealed)
    changed[70]! ^= 1
    expect(ask(server, own.globalId, { oldTicket: { ...own.ticket, sealed: changed } })).toEqual(refused)
    expect(ask(server, own.globalId, { oldTicket: own.ticket }, NOW + 72 * HOUR_MS)).toEqual(refused)
    expect(ask(server, own.globalId, { oldTicket: own.ticket }).kind).toBe('accepted')
  })

  test('is not asked for by a new client that shows a ticket', () => {
    const server = new KeyServer(keyring)
    const { ticket } = ticketOf(server, alice)
    expect(ask(server, 0n, { oldTicket: ticket })).toEqual({ kind: 'refused', result: -22 })
  })

  test('is given to old clients where that is allowed, and to new ones even then not', () => {
    const options: KeyServerOptions = { allowInsecureGlobalIdReclaim: true }
    const server = new KeyServer(keyring, options)
    expect(ask(server, 5000n, { version: 2 })).toMatchObject({ kind: 'accepted', peer: { globalId: 5000n } })
    expect(ask(server, 5000n, { version: 3 })).toEqual(refused)
  })

  test('is new after a client was refused the old one', () => {
    const key = keyring.keyOf(alice)
    const client = new AuthClient(alice, { key })
    const { globalId } = logIn(client, new KeyServer(keyring), NOW).client
    const restarted = new KeyServer(keyring, { firstGlobalId: 9000n })
    expect(refusalOf(() => logIn(client, restarted, NOW)).result).toBe(-13)
    expect(client.globalId).toBe(0n)
    expect(logIn(client, restarted, NOW).client.globalId).not.toBe(globalId)
  })
})

describe('a login', () => {
  test('that asks for no other tickets gets no secret either', () => {
    const server = new KeyServer(keyring)
    const answer = ask(server, 0n, { version: 1 })
    if (answer.kind !== 'accepted') throw new Error('expected to be let in')
    expect(answer.connectionSecret).toHaveLength(0)
    const full = ask(server, 0n, {})
    if (full.kind !== 'accepted') throw new Error('expected to be let in')
    expect(full.connectionSecret).toHaveLength(64)
    expect(full.payload.length).toBeGreaterThan(answer.payload.length + 64)
  })

  test('is refused if a bit of the proof is wrong, or the request is cut', () => {
    const server = new KeyServer(keyring)
    expect(ask(server, 0n, { proof: 1n })).toEqual(refused)
    const session = server.accept()
    session.request(AuthMethod.cephx, encodeToBytes(loginStartCodec, { authMode: 10, name: alice, globalId: 0n }))
    expect(session.requestMore(Uint8Array.of(0, 1, 3), { nowMs: NOW })).toEqual(refused)
  })
})
