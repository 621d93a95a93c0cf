import { deserialize, serialize } from 'node:v8'
import { crc32c } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityType, MessageRegistry, MPing } from '@msgr/message'
import {
  type AcceptingState,
  type AeadFactory,
  ConnectionMode,
  DEFAULT_LIMITS,
  type FrameRevision,
  GlobalSeq,
  Policies,
  Session,
  type SessionEvent,
  type SessionOptions,
} from '@msgr/msgr-protocol'
import { AesGcm, aesGcmAvailable } from '@msgr/posix'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthService,
  CephxAuthenticator,
  Keyring,
  makeOwnTicket,
  PrincipalName,
  SharedSecrets,
} from '../src/index.ts'
import { restoreSecurity } from '../src/restore-security.ts'

// A client of cephx and its service, whose side of the handshake moves to another session before it is answered.

const NOW = 1_700_000_000_000
const alice = PrincipalName.parse('client.alice')
const keyring = new Keyring()
const { key } = keyring.generate(alice, { osd: 'allow rw' })
const now = (): number => NOW

const native: AeadFactory = (secret) => new AesGcm(secret)
const AEADS: [string, AeadFactory | undefined][] = [['node:crypto', undefined]]
if (aesGcmAvailable()) AEADS.push(['the shim', native])

interface Case {
  readonly name: string
  readonly wire: 'v1' | 'v2'
  readonly mode: number
  readonly revision: FrameRevision
  readonly aead: AeadFactory | undefined
}

const { crc, secure } = ConnectionMode
const CASES: readonly Case[] = [
  { name: 'version 1, signed', wire: 'v1', mode: crc, revision: '2.1', aead: undefined },
  { name: 'version 2 in mode crc', wire: 'v2', mode: crc, revision: '2.1', aead: undefined },
  ...(['2.0', '2.1'] as const).flatMap((revision) =>
    AEADS.map(([by, aead]): Case => ({
      name: `version ${revision} in mode secure by ${by}`,
      wire: 'v2',
      mode: secure,
      revision,
      aead,
    })),
  ),
]

function optionsOf(addr: EntityAddr, { mode, revision, aead }: Case): SessionOptions {
  const ownType = addr.nonce === 1 ? EntityType.client : EntityType.osd
  return {
    wire: {
      ownType,
      ownNum: addr.nonce,
      crc32c,
      crcHeader: true,
      crcData: true,
      limits: DEFAULT_LIMITS,
      aead,
      maxRevision: revision,
    },
    registry: new MessageRegistry(),
    globalSeq: new GlobalSeq(),
    ownType,
    ownAddr: () => addr,
    ownAddrs: () => new EntityAddrVec([addr]),
    termsFor: () => ({ policy: Policies.losslessPeer(), protocolVersion: 10, modes: [mode] }),
    random: Math.random,
    timing: {
      initialBackoffMs: 200,
      maxBackoffMs: 15_000,
      connectionReadyTimeoutMs: 10_000,
      connectionIdleTimeoutMs: 900_000,
    },
    maxHandshakeRounds: 32,
  }
}

function authenticators(): { client: CephxAuthenticator; service: CephxAuthenticator } {
  const client = new AuthClient(alice, { key })
  const request = { name: alice, key, serviceId: EntityType.osd, globalId: 0n, nowMs: NOW, lifetimeSeconds: 60 }
  client.tickets.put(makeOwnTicket(request))
  const service = new AuthService(EntityType.osd, { secrets: new SharedSecrets(keyring, EntityType.osd) })
  return { client: new CephxAuthenticator({ client, now }), service: new CephxAuthenticator({ service, now }) }
}

/** One end: its session, who answers for it, and the tids of the messages it has got. */
class End {
  session: Session
  readonly tids: bigint[] = []
  isAsked = false
  readonly #authenticator: CephxAuthenticator
  readonly #transport = {}
  readonly #wire: 'v1' | 'v2'

  constructor(session: Session, authenticator: CephxAuthenticator) {
    this.session = session
    this.#authenticator = authenticator
    this.#wire = session.facts.wire
  }

  async drain(): Promise<void> {
    for (let event = this.session.nextEvent(); event !== undefined; event = this.session.nextEvent()) {
      await this.#carryOut(event)
    }
  }

  async #carryOut(event: SessionEvent): Promise<void> {
    const { session } = this
    const context = { transport: this.#transport, wire: this.#wire }
    switch (event.kind) {
      case 'authorizerNeeded':
        session.giveAuthorizer(await this.#authenticator.getAuthorizer(EntityType.osd, event.challenge, context))
        return
      case 'authorizerAnswered':
        session.secure(this.#authenticator.checkAnswer(EntityType.osd, event.answer, context))
        return
      case 'authorizerReceived': {
        const { peerType, authorizer, features, mode, isMore } = event.shown
        const accept = { ...context, features, mode, isMore }
        session.answerAuthorizer(this.#authenticator.verifyAuthorizer(peerType, authorizer, accept))
        return
      }
      case 'connectRequested':
        this.isAsked = true
        return
      case 'messageArriving':
        session.admit()
        return
      case 'message':
        this.tids.push(event.message.tid)
        return
      case 'closeTransport':
        throw event.error ?? new Error('expected a transport that stays, got one to close')
      default:
    }
  }
}

async function converse(dialler: End, acceptor: End): Promise<void> {
  while (dialler.session.wantsOutput || acceptor.session.wantsOutput) {
    for (const bytes of dialler.session.takeOutput(65_536)) acceptor.session.receive(bytes, 0)
    await acceptor.drain()
    for (const bytes of acceptor.session.takeOutput(65_536)) dialler.session.receive(bytes, 0)
    await dialler.drain()
  }
}

async function asking(each: Case): Promise<{ dialler: End; acceptor: End; options: SessionOptions }> {
  const [from, to] = [1, 2].map((i) => EntityAddr.parse(`${each.wire}:10.0.0.${i}:6800/${i}`)) as [
    EntityAddr,
    EntityAddr,
  ]
  const { client, service } = authenticators()
  const options = optionsOf(to, each)
  const dialler = new End(Session.dial(optionsOf(from, each), { type: EntityType.osd, addr: to }), client)
  const acceptor = new End(Session.accept(options, from), service)
  await dialler.drain()
  dialler.session.transportOpened({ remoteAddr: to }, 0)
  acceptor.session.transportOpened({ remoteAddr: from }, 0)
  await converse(dialler, acceptor)
  expect(acceptor.isAsked).toBe(true)
  return { dialler, acceptor, options }
}

function pings(...tids: bigint[]): MPing[] {
  return tids.map((tid) => {
    const ping = new MPing()
    ping.tid = tid
    return ping
  })
}

describe.each(CASES)('a handshake of $name with cephx', (each) => {
  test.each([
    ['structuredClone', (state: AcceptingState): AcceptingState => structuredClone(state)],
    ['serialize', (state: AcceptingState): AcceptingState => deserialize(serialize(state)) as AcceptingState],
  ])('moves by %s, twice, and the session is good in both directions', async (_, copy) => {
    const { dialler, acceptor, options } = await asking(each)
    for (let i = 0; i < 2; i++) {
      const state = acceptor.session.exportAccepting(0)
      if (state === undefined) throw new Error('expected security of cephx to be portable')
      expect(state.security === undefined).toBe(each.wire === 'v2' && each.mode === crc)
      acceptor.session = Session.importAccepting(options, copy(state), ({ data }) => restoreSecurity(data), 0)
      await acceptor.drain()
    }
    acceptor.session.answerConnect({ kind: 'open' })
    for (const ping of pings(1n, 2n)) dialler.session.send(ping)
    for (const ping of pings(3n, 4n, 5n)) acceptor.session.send(ping)
    await converse(dialler, acceptor)
    for (const ping of pings(6n)) dialler.session.send(ping)
    await converse(dialler, acceptor)
    expect([acceptor.tids, dialler.tids]).toEqual([
      [1n, 2n, 6n],
      [3n, 4n, 5n],
    ])
    expect(dialler.session.queue.sentCount + acceptor.session.queue.sentCount).toBe(0)
  })
})

test('what the dialling end has of it is portable as well', async () => {
  const { client, service } = authenticators()
  const transport = {}
  const dial = { transport, wire: 'v2' } as const
  const accept = { ...dial, transport: {}, mode: secure, features: undefined }
  const shown = await client.getAuthorizer(EntityType.osd, undefined, dial)
  const first = service.verifyAuthorizer(EntityType.client, shown, { ...accept, isMore: false })
  if (first.kind !== 'challenge') throw new Error(`expected a challenge, got ${first.kind}`)
  const more = await client.getAuthorizer(EntityType.osd, first.bytes, dial)
  const verdict = service.verifyAuthorizer(EntityType.client, more, { ...accept, isMore: true })
  if (verdict.kind !== 'accepted') throw new Error(`expected it to be accepted, got ${verdict.kind}`)
  const checked = client.checkAnswer(EntityType.osd, verdict, dial)
  const [ofDialler, ofAcceptor] = [checked, verdict.security].map((security) => {
    return restoreSecurity(structuredClone(security!.portable.data))
  })
  const sealed = Buffer.concat(ofDialler!.frameCipher('2.1', 'dial')!.seal([Uint8Array.of(1, 2)]))
  expect([...ofAcceptor!.frameCipher('2.1', 'accept')!.open(sealed)]).toEqual([1, 2])
  const parts = [Uint8Array.of(9)]
  expect(ofAcceptor!.checkTranscript(parts, ofDialler!.signTranscript(parts))).toBe(true)
})
