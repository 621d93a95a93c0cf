import { EntityType, Feature, FEATURES_ALL } from '@msgr/message'
import { type AcceptContext, type Authenticator, type HandshakeContext } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthMethod,
  AuthRefusedError,
  AuthService,
  CephxAuthenticator,
  type CephxAuthenticatorOptions,
  CryptoKey,
  Keyring,
  KeyServer,
  makeOwnTicket,
  PrincipalName,
  SealError,
  SharedSecrets,
} from '../src/index.ts'

const NOW = 1_700_000_000_000
const { osd: OSD, mon: MON, client: CLIENT } = EntityType
const [CRC, SECURE] = [1, 2]
const alice = PrincipalName.parse('client.alice')
const keyring = new Keyring()
const { key } = keyring.generate(alice, { osd: 'allow rw', mon: 'allow r' })
const now = (): number => NOW

function aliceWith(withKey: CryptoKey = key): AuthClient {
  return new AuthClient(alice, { key: withKey })
}

function putTicket(client: AuthClient, withKey: CryptoKey = key): void {
  const request = { name: alice, key: withKey, serviceId: OSD, globalId: 0n, nowMs: NOW, lifetimeSeconds: 60 }
  client.tickets.put(makeOwnTicket(request))
}

function dialling(options: Omit<CephxAuthenticatorOptions, 'client'> = {}): CephxAuthenticator {
  const client = aliceWith()
  putTicket(client)
  return new CephxAuthenticator({ client, now, ...options })
}

function accepting(): CephxAuthenticator {
  const service = new AuthService(OSD, { secrets: new SharedSecrets(keyring, OSD) })
  return new CephxAuthenticator({ service, now })
}

interface Contexts {
  readonly dial: HandshakeContext
  readonly accept: Omit<AcceptContext, 'isMore'>
}

function contexts(wire: 'v1' | 'v2', { mode = CRC, features = FEATURES_ALL } = {}): Contexts {
  return {
    dial: { transport: {}, wire },
    accept: { transport: {}, wire, mode, features: wire === 'v1' ? features : undefined },
  }
}

/** A handshake up to its end, as a messenger runs it: what each end has of it, or the refusal. */
async function shakeHands(dial: Authenticator, accept: Authenticator, with_: Contexts, peerType: number = OSD) {
  let challenge: Uint8Array | undefined
  for (let rounds = 1; ; rounds++) {
    const shown = await dial.getAuthorizer(peerType, challenge, with_.dial)
    const isMore = with_.accept.wire === 'v2' && rounds > 1
    const verdict = await accept.verifyAuthorizer(CLIENT, shown, { ...with_.accept, isMore })
    if (verdict.kind === 'refused') return { rounds, refused: verdict }
    if (verdict.kind === 'accepted') {
      const { reply, globalId = 0n } = verdict
      const checked = await dial.checkAnswer?.(peerType, { reply, globalId, mode: with_.accept.mode }, with_.dial)
      return { rounds, ofDialler: checked, ofAccepter: verdict.security, accepted: verdict }
    }
    challenge = verdict.bytes
  }
}

describe.each(['v1', 'v2'] as const)('a service on wire %s', (wire) => {
  test('and its client prove themselves to each other, and have the same keys then', async () => {
    const { rounds, ofDialler, ofAccepter, accepted } = await shakeHands(dialling(), accepting(), contexts(wire))
    expect(rounds).toBe(2)
    expect(accepted?.peer).toMatchObject({ name: alice, caps: { caps: 'allow rw' } })
    const parts = [Uint8Array.of(1, 2, 3)]
    expect(ofAccepter!.checkTranscript!(parts, ofDialler!.signTranscript!(parts))).toBe(true)
    expect(ofDialler!.frameCipher!('2.1', 'dial')).toBeUndefined()
  })

  test('that cannot read the ticket is found out', async () => {
    const client = dialling()
    const both = contexts(wire)
    await shakeHands(client, accepting(), both)
    const answer = (reply: Uint8Array): { reply: Uint8Array; globalId: bigint } => ({ reply, globalId: 0n })
    expect(() => client.checkAnswer(OSD, answer(Buffer.alloc(36, 32).fill(0, 1, 4)), both.dial)).toThrow(SealError)
    expect(() => client.checkAnswer(OSD, answer(new Uint8Array(0)), both.dial)).toThrow('cannot be read from 0 bytes')
    const nothingShown = { transport: {}, wire }
    expect(() => client.checkAnswer(OSD, answer(Uint8Array.of(1)), nothingShown)).toThrow('as we showed nothing')
    expect(client.checkAnswer(OSD, answer(new Uint8Array(0)), nothingShown)).toBeUndefined()
  })

  test('refuses a wrong key, and everybody if it serves nobody', async () => {
    const stranger = aliceWith(CryptoKey.generate())
    putTicket(stranger, CryptoKey.generate())
    const wrong = new CephxAuthenticator({ client: stranger, now })
    expect((await shakeHands(wrong, accepting(), contexts(wire))).refused).toMatchObject({ result: -13, methods: [2] })
    expect((await shakeHands(dialling(), dialling(), contexts(wire))).refused).toBeDefined()
  })

  test('that refuses a ticket is shown a new one the next time', async () => {
    const client = aliceWith()
    putTicket(client, CryptoKey.generate())
    const asked: number[] = []
    const renew = (serviceId: number): Promise<void> => {
      asked.push(serviceId)
      putTicket(client)
      return Promise.resolve()
    }
    const dial = new CephxAuthenticator({ client, renew, now })
    const first = contexts(wire)
    const { refused } = await shakeHands(dial, accepting(), first)
    const refusal = { method: AuthMethod.cephx, result: refused!.result ?? 0, allowedMethods: [] }
    expect(dial.replaceAuthorizer(OSD, refusal, first.dial)).toBeUndefined()
    expect((await shakeHands(dial, accepting(), contexts(wire))).accepted).toBeDefined()
    expect(asked).toEqual([OSD])
  })

  test('that there is no ticket for is shown nothing', async () => {
    const dial = new CephxAuthenticator({ client: aliceWith(), now })
    const shown = dial.getAuthorizer(EntityType.mds, undefined, { transport: {}, wire })
    await expect(shown).rejects.toThrow('client.alice: expected a ticket for mds, got none')
  })
})

test('in mode secure the two ends have a cipher in common', async () => {
  const { ofDialler, ofAccepter } = await shakeHands(dialling(), accepting(), contexts('v2', { mode: SECURE }))
  const sealed = ofDialler!.frameCipher!('2.1', 'dial')!.seal([Uint8Array.of(7)])
  expect([...ofAccepter!.frameCipher!('2.1', 'accept')!.open(Buffer.concat(sealed))]).toEqual([7])
})

test('in version 1 a peer that cannot be challenged is refused', async () => {
  const old = contexts('v1', { features: FEATURES_ALL & ~Feature.cephxV2 })
  expect((await shakeHands(dialling(), accepting(), old)).refused).toBeDefined()
})

test('messages are not signed by who does not want to', async () => {
  const { ofDialler } = await shakeHands(dialling({ signMessages: false }), accepting(), contexts('v1'))
  expect(ofDialler!.messageSigner!(FEATURES_ALL)).toBeUndefined()
})

describe('a monitor', () => {
  const monitor = (): CephxAuthenticator => new CephxAuthenticator({ keyServer: new KeyServer(keyring), now })

  test('is logged in to in version 2, and gives tickets', async () => {
    const client = aliceWith()
    const dial = new CephxAuthenticator({ client, now })
    const { accepted, ofDialler, ofAccepter } = await shakeHands(dial, monitor(), contexts('v2', { mode: SECURE }), MON)
    expect(accepted).toMatchObject({ peer: { name: alice, caps: { caps: 'allow r' } }, globalId: client.globalId })
    expect(client.tickets.get(OSD, NOW)).toBeDefined()
    const parts = [Uint8Array.of(9)]
    expect(ofAccepter!.checkTranscript!(parts, ofDialler!.signTranscript!(parts))).toBe(true)
    expect(ofDialler!.frameCipher!('2.0', 'dial')).toBeDefined()
  })

  test('is shown nothing in version 1, where a login is made of messages', async () => {
    const dial = new CephxAuthenticator({ client: aliceWith(), now })
    const shown = await dial.getAuthorizer(MON, undefined, contexts('v1').dial)
    expect(shown).toEqual({ protocol: AuthMethod.unknown, bytes: new Uint8Array(0) })
    const { accepted, ofDialler } = await shakeHands(dial, monitor(), contexts('v1'), MON)
    expect([accepted?.peer, ofDialler]).toEqual([undefined, undefined])
  })

  test('that is a service like any other is shown a ticket', async () => {
    const client = aliceWith()
    const request = { name: alice, key, serviceId: MON, globalId: 0n, nowMs: NOW, lifetimeSeconds: 60 }
    client.tickets.put(makeOwnTicket(request))
    const dial = new CephxAuthenticator({ client, monitorsAreServices: true, now })
    const service = new AuthService(MON, { secrets: new SharedSecrets(keyring, MON) })
    const accept = new CephxAuthenticator({ service, now })
    for (const wire of ['v1', 'v2'] as const) {
      const { accepted } = await shakeHands(dial, accept, contexts(wire), MON)
      expect(accepted?.peer).toMatchObject({ name: alice, caps: { caps: 'allow r' } })
    }
  })

  test('refuses a wrong key, after which there is no other method', async () => {
    const told: AuthRefusedError[] = []
    const client = aliceWith(CryptoKey.generate())
    const dial = new CephxAuthenticator({ client, now, onLoginRefused: (error) => told.push(error) })
    const both = contexts('v2')
    const { refused, rounds } = await shakeHands(dial, monitor(), both, MON)
    expect([refused?.result, rounds]).toEqual([-13, 2])
    const refusal = { method: AuthMethod.cephx, result: -13, allowedMethods: [AuthMethod.cephx] }
    expect(() => dial.replaceAuthorizer(MON, refusal, both.dial)).toThrow(AuthRefusedError)
    expect(told.map(({ result }) => result)).toEqual([-13])
  })

  test('that does not know a method is shown the next one', async () => {
    const client = new AuthClient(alice, { key, methods: [AuthMethod.none, AuthMethod.cephx] })
    const dial = new CephxAuthenticator({ client, now })
    const both = contexts('v2')
    const { refused } = await shakeHands(dial, monitor(), both, MON)
    expect(refused).toMatchObject({ result: -95, methods: [AuthMethod.cephx] })
    const refusal = { method: AuthMethod.none, result: -95, allowedMethods: refused!.methods ?? [] }
    expect(dial.replaceAuthorizer(MON, refusal, both.dial)?.protocol).toBe(AuthMethod.cephx)
  })

  test('that is no monitor to others opens sessions for nobody', async () => {
    const { refused } = await shakeHands(dialling(), monitor(), contexts('v2'))
    expect(refused).toBeDefined()
    const login = new CephxAuthenticator({ client: aliceWith(), now })
    expect((await shakeHands(login, accepting(), contexts('v2'), MON)).refused).toBeDefined()
  })
})

test('who is nobody shows nothing', () => {
  const shown = accepting().getAuthorizer(OSD, undefined, contexts('v1').dial)
  expect(shown).toEqual({ protocol: AuthMethod.unknown, bytes: new Uint8Array(0) })
})
