import { EntityAddr, EntityAddrVec, EntityType, Feature } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  FrameTag,
  Policies,
  type Session,
  type AcceptDecision,
  type Policy,
  type SessionEvent,
  type SessionState,
} from '../../src/index.ts'
import { authRequestPayload } from '../../src/wire-v2/auth-payloads.ts'
import { helloPayload } from '../../src/wire-v2/hello-payload.ts'
import type { PayloadCodec } from '../../src/wire-v2/payload-codec.ts'
import {
  clientIdentPayload,
  identMissingFeaturesPayload,
  serverIdentPayload,
  sessionReconnectOkPayload,
  sessionReconnectPayload,
  sessionResetPayload,
  sessionRetryGlobalPayload,
  sessionRetryPayload,
} from '../../src/wire-v2/session-payloads.ts'
import type { HostSettings } from '../network/host.ts'
import { Note } from '../network/note.ts'
import { eventOf } from '../network/raw-peer.ts'
import {
  ADDR_A2,
  ADDR_B2,
  clientIdent,
  NO_BYTES,
  type RawPeerV2,
  REMOTE,
  sessionReconnect,
} from '../network/raw-peer-v2.ts'
import { BY_NONE, connected, COOKIE, entered, opened, PEER } from './handshake-ends.ts'

type Answer = Exclude<AcceptDecision, { kind: 'replace' }>

function stateAfter(peer: RawPeerV2, answer: Answer): SessionState {
  peer.session.answerConnect(answer)
  return peer.session.state
}

function errorOf(events: readonly SessionEvent[]): Error | undefined {
  return eventOf(events, 'closeTransport').error
}

describe('the greeting', () => {
  test('is a banner at once, and a hello once the banner of the peer is there', () => {
    const peer = connected()
    expect([peer.session.takeOutput(Infinity).length, peer.session.wantsOutput]).toEqual([1, false])
    const late = connected()
    late.banner()
    const hello = late.heardOnly(FrameTag.hello, helloPayload)
    expect([hello.entityType, String(hello.peerAddr)]).toEqual([EntityType.osd, String(REMOTE)])
  })

  test('tells what the peer is, which decides the policy', () => {
    const policyFor = (peerType: number): Policy =>
      peerType === EntityType.client ? Policies.statelessServer() : Policies.losslessPeer()
    const peer = connected(PEER, { policyFor })
    peer.banner()
    peer.hello(EntityType.client)
    expect(peer.session.facts.peerType).toBe(EntityType.client)
    peer.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
    peer.session.answerAuthorizer({ kind: 'accepted', reply: NO_BYTES })
    peer.sign()
    const events = peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent())
    expect(eventOf(events, 'connectRequested').asked.policy).toEqual(Policies.statelessServer())
  })
})

describe('a request for a session', () => {
  const askedIn = (peer: RawPeerV2, fields: Parameters<typeof clientIdent>[0] = {}): object => {
    const events = peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent(fields))
    return eventOf(events, 'connectRequested').asked
  }

  test('for a new one is shown to whoever decides', () => {
    expect(askedIn(entered())).toEqual({
      wire: 'v2',
      isReconnect: false,
      clientCookie: 0xc1n,
      connectSeq: 0,
      globalSeq: 40,
      fromLowerAddr: true,
      policy: PEER,
    })
  })

  test('for one that goes on is shown to whoever decides', () => {
    const peer = entered()
    const events = peer.say(FrameTag.sessionReconnect, sessionReconnectPayload, sessionReconnect({ connectSeq: 3 }))
    expect(eventOf(events, 'connectRequested').asked).toEqual({
      wire: 'v2',
      isReconnect: true,
      clientCookie: 0xc1n,
      connectSeq: 3,
      globalSeq: 41,
      fromLowerAddr: true,
      policy: PEER,
    })
  })

  test.each([
    ['v2:10.0.0.1:6800/1', true],
    ['v2:10.0.0.1:6800/3', false],
    ['[v1:10.0.0.1:6801/1,v2:10.0.0.1:6800/3]', false],
    ['[v1:10.0.0.1:6801/3,v2:10.0.0.1:6800/1]', true],
  ])('of %s comes from the lower address: %s, going by the one of version 2', (text, isLower) => {
    const peer = entered()
    expect(askedIn(peer, { addrs: EntityAddrVec.parse(text) })).toMatchObject({ fromLowerAddr: isLower })
    expect(peer.session.facts.peerAddr.type).toBe('v2')
    expect(String(peer.session.facts.peerAddrs)).toBe(text)
  })

  test('of a peer that has no address of version 2 is held by the first that it has', () => {
    const peer = entered()
    askedIn(peer, { addrs: EntityAddrVec.parse('any:10.0.0.7:0/9') })
    expect(String(peer.session.facts.peerAddr)).toBe('10.0.0.7:0/9')
  })

  test.each([
    ['none', new EntityAddrVec()],
    ['one without an IP', new EntityAddrVec([EntityAddr.parse('v2:0.0.0.0:6800/1')])],
  ])('of a peer whose address is %s is refused', (_, addrs) => {
    const message = `address of the peer: expected an IP, got ${addrs.toString()}`
    for (const act of [
      (peer: RawPeerV2) => peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent({ addrs })),
      (peer: RawPeerV2) => peer.say(FrameTag.sessionReconnect, sessionReconnectPayload, sessionReconnect({ addrs })),
    ]) {
      expect(errorOf(act(entered()))).toMatchObject({ code: 'ERR_MSGR_WRONG_PEER', message })
    }
  })

  test.each([
    ['nonce', 'v2:10.0.0.2:6800/3'],
    ['port', 'v2:10.0.0.2:6801/2'],
    ['IP', 'v2:10.0.0.1:6800/2'],
    ['type', 'v1:10.0.0.2:6800/2'],
  ])('of a peer that dialled another %s is refused', (_, text) => {
    const ident = clientIdent({ targetAddr: EntityAddr.parse(text) })
    const error = errorOf(entered().say(FrameTag.clientIdent, clientIdentPayload, ident))
    const message = `address that was dialled: expected one of ${String(ADDR_B2)}, got ${text}`
    expect(error).toMatchObject({ code: 'ERR_MSGR_WRONG_PEER', message })
  })

  test('of a peer that lacks what we require is refused, and it may ask again', () => {
    const policy = Policies.losslessPeer(Feature.osdEnc | Feature.pgid64)
    const peer = entered(policy)
    const ident = clientIdent({ featuresSupported: Feature.osdEnc | Feature.uid })
    expect(peer.say(FrameTag.clientIdent, clientIdentPayload, ident)).toEqual([])
    const { features } = peer.heardOnly(FrameTag.identMissingFeatures, identMissingFeaturesPayload)
    expect(features).toBe(Feature.pgid64)
    expect(askedIn(peer)).toMatchObject({ isReconnect: false })
  })

  // An exception where the answer to the request is written would reach whoever owns the session.
  test.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n])('of a peer of number %i, which is none, is refused', (gid) => {
    const payload = clientIdentPayload.encode(clientIdent())
    const gidAt = payload.length - 48
    new DataView(payload.buffer, payload.byteOffset).setBigInt64(gidAt, gid, true)
    const { error } = eventOf(entered().sayBytes(FrameTag.clientIdent, payload), 'closeTransport')
    const message = expect.stringContaining('payload of client ident') as string
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME', message })
  })

  test('that comes again and again is not read for ever', () => {
    const peer = entered(Policies.losslessPeer(Feature.osdEnc), { limits: { maxHandshakeRounds: 4 } })
    const ask = (): SessionEvent[] =>
      peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent({ featuresSupported: 0n }))
    // The request to be let in was the first round.
    for (let i = 0; i < 3; i++) expect(ask()).toEqual([])
    expect(errorOf(ask())).toMatchObject({ code: 'ERR_MSGR_TOO_MANY_ROUNDS' })
  })

  test('waits for the decision, and meanwhile nothing is read', () => {
    const peer = entered()
    askedIn(peer)
    expect([peer.session.wantsInput, peer.heard(), peer.session.state]).toEqual([false, [], 'accepting'])
  })
})

describe('a request that is not agreed to is answered as was decided, and another may follow:', () => {
  const rows: [Answer, number, PayloadCodec<unknown> | undefined, object | undefined][] = [
    [{ kind: 'resetSession' }, FrameTag.sessionReset, sessionResetPayload, { full: true }],
    [{ kind: 'resetSession', partly: true }, FrameTag.sessionReset, sessionResetPayload, { full: false }],
    // The peer adds one to the number that it is told.
    [{ kind: 'retrySession', seq: 7 }, FrameTag.sessionRetry, sessionRetryPayload, { connectSeq: 6 }],
    [{ kind: 'retryGlobal', seq: 8 }, FrameTag.sessionRetryGlobal, sessionRetryGlobalPayload, { globalSeq: 8 }],
    [{ kind: 'wait' }, FrameTag.wait, undefined, undefined],
  ]

  test.each(rows)('%o', (answer, tag, codec, said) => {
    const peer = entered()
    peer.say(FrameTag.sessionReconnect, sessionReconnectPayload, sessionReconnect())
    expect(stateAfter(peer, answer)).toBe('accepting')
    const frames = peer.heard()
    expect(frames.map((frame) => frame.tag)).toEqual([tag])
    expect(codec?.decode(frames[0]!.payload)).toEqual(said)
    const events = peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent())
    expect(eventOf(events, 'connectRequested').asked).toMatchObject({ isReconnect: false })
    expect(stateAfter(peer, { kind: 'open' })).toBe('open')
  })

  test('what was asked for first is forgotten', () => {
    const peer = entered()
    peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent())
    peer.session.answerConnect({ kind: 'retryGlobal', seq: 40 })
    peer.heard()
    peer.say(FrameTag.sessionReconnect, sessionReconnectPayload, sessionReconnect())
    peer.session.answerConnect({ kind: 'open' })
    expect(peer.heardOnly(FrameTag.sessionReconnectOk, sessionReconnectOkPayload)).toEqual({ inSeq: 0 })
  })
})

describe('a new session that is agreed to', () => {
  test('is what both ends said', () => {
    const policy: Policy = { ...Policies.losslessPeer(Feature.uid), featuresSupported: Feature.uid | Feature.osdEnc }
    const peer = entered(policy)
    const addrs = EntityAddrVec.parse('[v2:10.0.0.1:6800/1,v1:10.0.0.1:6801/1]')
    const ident = clientIdent({ addrs, featuresSupported: Feature.uid | Feature.pgid64 })
    peer.say(FrameTag.clientIdent, clientIdentPayload, ident)
    peer.session.answerConnect({ kind: 'open' })
    const answer = peer.heardOnly(FrameTag.serverIdent, serverIdentPayload)
    expect({ ...answer, addrs: String(answer.addrs) }).toEqual({
      addrs: String(ADDR_B2),
      gid: 6,
      globalSeq: 1,
      featuresSupported: Feature.uid | Feature.osdEnc,
      featuresRequired: Feature.uid,
      lossy: false,
      cookie: COOKIE,
    })
    const { facts } = peer.session
    expect(facts).toMatchObject({ features: Feature.uid, peerGlobalSeq: 40, lossy: false, connectSeq: 0 })
    expect(facts).toMatchObject({ clientCookie: 0xc1n, serverCookie: COOKIE, peerType: EntityType.osd })
    expect([String(facts.peerAddr), String(facts.peerAddrs)]).toEqual([String(ADDR_A2), String(addrs)])
  })

  test.each([
    ['lossy', Policies.statelessServer(), false],
    ['lossless', Policies.losslessPeer(), true],
  ])('is %s if our policy is, whatever the peer would have; cookies are of those that are not', (_, policy, lossy) => {
    const peer = entered(policy)
    peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent({ lossy }))
    peer.session.answerConnect({ kind: 'open' })
    const answer = peer.heardOnly(FrameTag.serverIdent, serverIdentPayload)
    expect(answer).toMatchObject({ lossy: !lossy, cookie: lossy ? COOKIE : 0n })
    expect(peer.session.facts).toMatchObject({ lossy: !lossy, clientCookie: lossy ? 0xc1n : 0n })
  })

  test('takes messages at once, from the one that the peer called itself', () => {
    const peer = opened()
    const events = peer.send(Note.of(1), 1)
    expect(events.map((event) => event.kind)).toEqual(['accepted', 'messageArriving', 'message'])
    expect(String(eventOf(events, 'message').message.source)).toBe('osd.3')
  })
})

describe('a session that is held already', () => {
  /** One that was open, and has lost its transport: of three messages sent two were acknowledged, and one had come. */
  function heldSession(settings: Partial<HostSettings> = {}): Session {
    const peer = opened(PEER, settings)
    const { session } = peer
    for (const id of [1, 2, 3]) session.send(Note.of(id))
    peer.heard()
    peer.write((writer) => {
      writer.writeAck(2)
    })
    peer.send(Note.of(1), 1)
    session.transportClosed(new Error('cut'), 0)
    while (session.nextEvent() !== undefined);
    return session
  }

  /** Asks on another transport, and has the session take it over. What it says then comes first. */
  function takeOver<T>(
    session: Session,
    discardOld: boolean,
    tag: number,
    codec: PayloadCodec<T>,
    request: T,
  ): { tag: number; payload: Uint8Array; seq?: number }[] {
    const peer = entered()
    const asking = peer.session
    peer.say(tag, codec, request)
    session.takeOver(asking, discardOld)
    peer.session = session
    expect([session.state, asking.state]).toEqual(['open', 'closed'])
    return peer.heard()
  }

  test('goes on on the new transport, with what was not yet got', () => {
    const session = heldSession()
    const request = sessionReconnect({ connectSeq: 4, inSeq: 2 })
    const [ok, ...messages] = takeOver(session, false, FrameTag.sessionReconnect, sessionReconnectPayload, request)
    expect(sessionReconnectOkPayload.decode(ok!.payload)).toEqual({ inSeq: 1 })
    expect(messages.map(({ tag, seq }) => [tag, seq])).toEqual([[FrameTag.message, 3]])
    expect(session.facts).toMatchObject({ connectSeq: 4, peerGlobalSeq: 41 })
    expect(session.facts).toMatchObject({ serverCookie: COOKIE, clientCookie: 0xc1n })
  })

  test('does not send what the peer has got, nor an ack of what it was told that we have', () => {
    const session = heldSession()
    const request = sessionReconnect({ inSeq: 3 })
    const frames = takeOver(session, false, FrameTag.sessionReconnect, sessionReconnectPayload, request)
    expect(frames.map(({ tag }) => tag)).toEqual([FrameTag.sessionReconnectOk])
    expect(session.queue.length).toBe(0)
  })

  test('begins anew on the new transport, if the peer does, and sends from 1 on what was not acknowledged', () => {
    let count = 0
    const session = heldSession({ random: () => ++count / 1_000 })
    const { serverCookie } = session.facts
    const request = clientIdent({ cookie: 0xc2n, globalSeq: 60 })
    const frames = takeOver(session, false, FrameTag.clientIdent, clientIdentPayload, request)
    expect(frames.map(({ tag, seq }) => [tag, seq])).toEqual([
      [FrameTag.serverIdent, undefined],
      [FrameTag.message, 1],
    ])
    expect(session.facts).toMatchObject({ clientCookie: 0xc2n, connectSeq: 0, peerGlobalSeq: 60 })
    expect([0n, serverCookie]).not.toContain(session.facts.serverCookie)
  })

  test('forgets what is queued, if it is to, and tells', () => {
    const session = heldSession()
    const request = clientIdent({ cookie: 0xc2n })
    const frames = takeOver(session, true, FrameTag.clientIdent, clientIdentPayload, request)
    expect(frames.map(({ tag }) => tag)).toEqual([FrameTag.serverIdent])
    expect([session.nextEvent()?.kind, session.queue.length]).toEqual(['remoteReset', 0])
  })
})
