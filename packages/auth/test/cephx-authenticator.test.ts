import { EntityType, Feature, FEATURES_ALL, MessageFooter, MessageHeader } from '@msgr/message'
import { type Authenticator } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthMethod,
  AuthService,
  CephxAuthenticator,
  CryptoKey,
  type HandshakeContext,
  Keyring,
  makeOwnTicket,
  MessageSigner,
  PrincipalName,
  SealError,
  SharedSecrets,
} from '../src/index.ts'

const NOW = 1_700_000_000_000
const { osd: OSD, mon: MON } = EntityType
const alice = PrincipalName.parse('client.alice')
const keyring = new Keyring()
const { key } = keyring.generate(alice, { osd: 'allow rw' })
const now = (): number => NOW

function dialling(withKey: CryptoKey = key): CephxAuthenticator {
  const client = new AuthClient(alice, { key: withKey })
  const request = { name: alice, key: withKey, serviceId: OSD, globalId: 0n, nowMs: NOW, lifetimeSeconds: 60 }
  client.tickets.put(makeOwnTicket(request))
  return new CephxAuthenticator({ client, now })
}

function accepting(): CephxAuthenticator {
  const service = new AuthService(OSD, { secrets: new SharedSecrets(keyring, OSD) })
  return new CephxAuthenticator({ service, now })
}

/** The connect handshake of version 1, as a messenger runs it; the reply that it ends with, if it ends well. */
async function shakeHands(
  client: CephxAuthenticator,
  server: CephxAuthenticator,
  contexts: { client?: HandshakeContext; server?: HandshakeContext } = {},
): Promise<{ reply: Uint8Array | undefined; rounds: number }> {
  // Through the interface of messenger-core where there is no context, so that it is held against that.
  const dial: Authenticator = client
  const accept: Authenticator = server
  let challenge: Uint8Array | undefined
  for (let rounds = 1; ; rounds++) {
    const shown = contexts.client
      ? client.getAuthorizer(OSD, challenge, contexts.client)
      : await dial.getAuthorizer(OSD, challenge)
    const verdict = contexts.server
      ? server.verifyAuthorizer(EntityType.client, shown, contexts.server)
      : await accept.verifyAuthorizer(EntityType.client, shown)
    if (verdict.kind === 'accepted') return { reply: verdict.reply, rounds }
    if (verdict.kind === 'refused') return { reply: undefined, rounds }
    challenge = verdict.bytes
  }
}

function contexts(features: bigint = FEATURES_ALL): { client: HandshakeContext; server: HandshakeContext } {
  return { client: { transport: {}, features }, server: { transport: {}, features } }
}

describe('CephxAuthenticator', () => {
  test('proves both ends to each other, and gives them what signs messages', async () => {
    const [client, server] = [dialling(), accepting()]
    const both = contexts()
    const { reply, rounds } = await shakeHands(client, server, both)
    expect(rounds).toBe(2)
    expect(server.outcomeOf(both.client.transport)).toBeUndefined()
    const ofClient = client.checkReply(reply!, both.client)!
    const ofServer = server.outcomeOf(both.server.transport)!
    expect(ofServer.peer).toMatchObject({ name: alice, caps: { caps: 'allow rw' } })
    expect(client.outcomeOf(both.client.transport)).toBe(ofClient)

    const [header, footer] = [new MessageHeader(), new MessageFooter()]
    new MessageSigner(ofClient.sessionKey!, { hasCephxV2: true }).sign(header, footer)
    expect(new MessageSigner(ofServer.sessionKey!, { hasCephxV2: true }).check(header, footer)).toBe(true)
  })

  test('shows the same again, and takes it, when a peer asks to connect again on one transport', async () => {
    const [client, server] = [dialling(), accepting()]
    const both = contexts()
    await shakeHands(client, server, both)
    const shown = client.getAuthorizer(OSD, undefined, both.client)
    expect(shown.protocol).toBe(AuthMethod.cephx)
    // Without the answer it is a second start, which one transport does not get.
    expect(server.verifyAuthorizer(EntityType.client, shown, both.server).kind).toBe('refused')
  })

  test('finds a service out that cannot read the ticket', async () => {
    const client = dialling()
    const both = contexts()
    await shakeHands(client, accepting(), both)
    expect(() => client.checkReply(Buffer.alloc(36, 32).fill(0, 1, 4), both.client)).toThrow(SealError)
    expect(() => client.checkReply(new Uint8Array(0), both.client)).toThrow('cannot be read from 0 bytes')
    expect(() => client.checkReply(Uint8Array.of(1), { transport: {} })).toThrow('as we showed nothing, got one')
    expect(client.checkReply(new Uint8Array(0), { transport: {} })).toBeUndefined()
  })

  test('works with a messenger that passes no context', async () => {
    const [client, server] = [dialling(), accepting()]
    for (let connection = 0; connection < 3; connection++) {
      expect(await shakeHands(client, server)).toMatchObject({ rounds: 2, reply: expect.any(Uint8Array) as Uint8Array })
    }
  })

  test('without a context takes each answer once', () => {
    const [client, server] = [dialling(), accepting()]
    const first = server.verifyAuthorizer(EntityType.client, client.getAuthorizer(OSD, undefined))
    if (first.kind !== 'challenge') throw new Error('expected a challenge')
    const answer = client.getAuthorizer(OSD, first.bytes)
    expect(server.verifyAuthorizer(EntityType.client, answer).kind).toBe('accepted')
    expect(server.verifyAuthorizer(EntityType.client, answer).kind).toBe('challenge')
  })

  test('refuses a wrong key, a peer that cannot be challenged, and everybody if it serves nobody', async () => {
    const stranger = dialling(CryptoKey.generate())
    expect((await shakeHands(stranger, accepting(), contexts())).reply).toBeUndefined()
    const old = contexts(FEATURES_ALL & ~Feature.cephxV2)
    expect((await shakeHands(dialling(), accepting(), old)).reply).toBeUndefined()
    expect((await shakeHands(dialling(), dialling(), contexts())).reply).toBeUndefined()
  })

  test('shows monitors nothing, unless it is one, and needs a ticket for everybody else', () => {
    const nothing = { protocol: AuthMethod.unknown, bytes: new Uint8Array(0) }
    expect(dialling().getAuthorizer(MON, undefined)).toEqual(nothing)
    expect(accepting().getAuthorizer(OSD, undefined)).toEqual(nothing)
    expect(() => dialling().getAuthorizer(EntityType.mds, undefined)).toThrow(
      'client.alice: expected a ticket for mds, got none',
    )
    const mon = new AuthClient(PrincipalName.parse('mon.'), { methods: [AuthMethod.none] })
    expect(new CephxAuthenticator({ client: mon }).getAuthorizer(MON, undefined).protocol).toBe(AuthMethod.none)
  })
})
