import { EntityAddr, EntityAddrVec, EntityType, Feature } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { ConnectionMode, FrameTag, Policies, type Policy, type SessionEvent } from '../../src/index.ts'
import {
  authBadMethodPayload,
  authDonePayload,
  authMorePayload,
  authRequestPayload,
  authSignaturePayload,
} from '../../src/wire-v2/auth-payloads.ts'
import { helloPayload } from '../../src/wire-v2/hello-payload.ts'
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
import { Note } from '../network/note.ts'
import { drain, eventOf } from '../network/raw-peer.ts'
import { ADDR_A2, ADDR_B2, NO_BYTES, RawPeerV2, REMOTE, serverIdent } from '../network/raw-peer-v2.ts'
import { agreed, asked, CLIENT, COOKIE, dialled, reopened, requested } from './handshake-ends.ts'

function errorOf(events: readonly SessionEvent[]): Error | undefined {
  return eventOf(events, 'closeTransport').error
}

function opened(peer: RawPeerV2): boolean {
  return peer.session.state === 'open'
}

describe('the greeting', () => {
  test('is a banner at once, and a hello once the banner of the peer is there', () => {
    const peer = dialled()
    expect(peer.heard()).toEqual([])
    peer.banner()
    const hello = peer.heardOnly(FrameTag.hello, helloPayload)
    expect([hello.entityType, String(hello.peerAddr)]).toEqual([EntityType.osd, String(ADDR_B2)])
  })

  test('tells whom we see, and asks for an authorizer; meanwhile nothing is read', () => {
    const peer = dialled()
    peer.banner()
    const events = peer.hello(EntityType.osd, REMOTE)
    const { peerAddr, seenAddr } = eventOf(events, 'identified')
    expect([String(peerAddr), String(seenAddr)]).toEqual([String(ADDR_B2), String(REMOTE)])
    expect(eventOf(events, 'authorizerNeeded').challenge).toBeUndefined()
    expect(peer.session.wantsInput).toBe(false)
  })

  test('ends if the peer is of another type than the one dialled', () => {
    const peer = dialled()
    peer.banner()
    const message = 'type of the peer: expected 4, got 1'
    expect(errorOf(peer.hello(EntityType.mon))).toMatchObject({ code: 'ERR_MSGR_WRONG_PEER', message })
    expect(peer.session.state).toBe('connecting')
  })

  test('ends if the peer requires what we lack', () => {
    const events = dialled().banner('2.1', { supported: 3n, required: 2n })
    const message = 'banner: the peer requires features 0x2 of version 2, which we lack'
    expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_REFUSED', message })
  })
})

describe('to be let in it asks', () => {
  test('by the method it was given, with the modes it wants', () => {
    const peer = dialled(CLIENT, { modes: [2, 1] })
    peer.banner()
    peer.hello()
    peer.heard()
    peer.session.giveAuthorizer({ protocol: 2, bytes: Uint8Array.of(8, 9) })
    expect(peer.heardOnly(FrameTag.authRequest, authRequestPayload)).toEqual({
      method: 2,
      modes: [2, 1],
      payload: Uint8Array.of(8, 9),
    })
  })

  test('by another method, if the first is refused, on the same transport', () => {
    const peer = requested()
    const refused = { method: 1, result: -95, allowedMethods: [2, 4], allowedModes: [2] }
    const events = peer.say(FrameTag.authBadMethod, authBadMethodPayload, refused)
    const { refusal, error } = eventOf(events, 'authorizerRefused')
    expect(refusal).toEqual(refused)
    const message =
      'the peer refuses our authorizer of method 1, with result -95: it allows methods [2, 4] and modes [2]'
    expect(error).toMatchObject({ code: 'ERR_MSGR_REFUSED', message })
    peer.session.giveAuthorizer({ protocol: 2, bytes: Uint8Array.of(1) })
    expect(peer.heardOnly(FrameTag.authRequest, authRequestPayload)).toMatchObject({ method: 2 })
    expect(peer.session.state).toBe('connecting')
  })

  test('no more, if there is no other method: another attempt is made later', () => {
    const peer = requested()
    const refused = { method: 1, result: -13, allowedMethods: [], allowedModes: [] }
    const { error } = eventOf(peer.say(FrameTag.authBadMethod, authBadMethodPayload, refused), 'authorizerRefused')
    peer.session.giveUpAttempt(error)
    const events = drain(peer.session)
    expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_REFUSED' })
    expect(eventOf(events, 'fault')).toMatchObject({ next: 'reconnect', delayMs: 200 })
  })

  test('with more of the same method, as often as the peer wants to know more', () => {
    const peer = requested()
    for (const byte of [5, 6]) {
      const events = peer.say(FrameTag.authReplyMore, authMorePayload, { payload: Uint8Array.of(byte) })
      expect(eventOf(events, 'authorizerNeeded').challenge).toEqual(Uint8Array.of(byte))
      peer.session.giveAuthorizer({ protocol: 1, bytes: Uint8Array.of(byte, byte) })
      expect(peer.heardOnly(FrameTag.authRequestMore, authMorePayload).payload).toEqual(Uint8Array.of(byte, byte))
    }
  })

  test('anew, if what it said more of is refused', () => {
    const peer = requested()
    peer.say(FrameTag.authReplyMore, authMorePayload, { payload: NO_BYTES })
    peer.session.giveAuthorizer({ protocol: 1, bytes: NO_BYTES })
    peer.heard()
    const refused = { method: 1, result: -13, allowedMethods: [2], allowedModes: [1] }
    eventOf(peer.say(FrameTag.authBadMethod, authBadMethodPayload, refused), 'authorizerRefused')
    peer.session.giveAuthorizer({ protocol: 2, bytes: NO_BYTES })
    expect(peer.heardOnly(FrameTag.authRequest, authRequestPayload).method).toBe(2)
  })

  test('for so many rounds and no more', () => {
    const peer = requested({ limits: { maxHandshakeRounds: 3 } })
    const more = (): SessionEvent[] => peer.say(FrameTag.authReplyMore, authMorePayload, { payload: NO_BYTES })
    for (let i = 0; i < 3; i++) {
      eventOf(more(), 'authorizerNeeded')
      peer.session.giveAuthorizer({ protocol: 1, bytes: NO_BYTES })
    }
    const message = 'rounds of one handshake: expected at most 3, got 4'
    expect(errorOf(more())).toMatchObject({ code: 'ERR_MSGR_TOO_MANY_ROUNDS', message })
  })

  test('and it is not let in by a mode that it did not ask for', () => {
    const peer = requested({ modes: [ConnectionMode.secure] })
    const done = { globalId: 7n, mode: ConnectionMode.crc, payload: NO_BYTES }
    const message = 'mode: expected one of 2, which were asked for, got 1'
    const events = peer.say(FrameTag.authDone, authDonePayload, done)
    expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_REFUSED', message })
    expect(events.map((event) => event.kind)).not.toContain('authorizerAnswered')
  })

  test('and is told its number, and what the answer was', () => {
    const peer = requested()
    const done = { globalId: 4_711n, mode: 1, payload: Uint8Array.of(3) }
    const { answer } = eventOf(peer.say(FrameTag.authDone, authDonePayload, done), 'authorizerAnswered')
    expect(answer).toEqual({ globalId: 4_711n, mode: 1, reply: Uint8Array.of(3) })
    expect(peer.session.facts.globalId).toBe(4_711n)
    expect(peer.heardOnly(FrameTag.authSignature, authSignaturePayload)).toEqual(new Uint8Array(32))
  })
})

describe('a new session is asked for', () => {
  test('by who we are, whom we mean, and what we want', () => {
    const policy: Policy = { ...Policies.losslessPeer(Feature.uid), featuresSupported: Feature.uid | Feature.osdEnc }
    const { ident } = asked(policy)
    expect({ ...ident, addrs: String(ident.addrs), targetAddr: String(ident.targetAddr) }).toEqual({
      addrs: String(ADDR_A2),
      targetAddr: String(ADDR_B2),
      gid: 5,
      globalSeq: 1,
      featuresSupported: Feature.uid | Feature.osdEnc,
      featuresRequired: Feature.uid,
      lossy: false,
      cookie: COOKIE,
    })
  })

  test('without a cookie, if it is lossy', () => {
    expect(asked(Policies.lossyClient()).ident).toMatchObject({ lossy: true, cookie: 0n })
  })

  test('under the same cookie, if the first attempt came to nothing', () => {
    let count = 0
    const random = (): number => ++count / 1_000
    const { peer, ident } = asked(CLIENT, { random })
    peer.session.transportClosed(new Error('cut'), 0)
    drain(peer.session)
    peer.session.timeout(1_000)
    drain(peer.session)
    peer.session.transportOpened({ remoteAddr: ADDR_B2 }, 1_000)
    const again = new RawPeerV2(peer.session, 1_000)
    again.letIn()
    const { cookie, globalSeq } = again.heardOnly(FrameTag.clientIdent, clientIdentPayload)
    expect([cookie, globalSeq]).toEqual([ident.cookie, 2])
  })
})

describe('a session that the peer agrees to', () => {
  test('is what the peer says', () => {
    const policy: Policy = { ...CLIENT, featuresSupported: Feature.msgAuth | Feature.uid }
    const { peer } = asked(policy)
    const addrs = EntityAddrVec.parse('[v2:10.0.0.2:6800/2,v1:10.0.0.2:6801/2]')
    const ident = serverIdent({ addrs, globalSeq: 33, featuresSupported: Feature.msgAuth | Feature.osdEnc })
    eventOf(peer.say(FrameTag.serverIdent, serverIdentPayload, ident), 'connected')
    const { facts } = peer.session
    expect(facts).toMatchObject({ peerGlobalSeq: 33, lossy: false, features: Feature.msgAuth })
    expect(facts).toMatchObject({ clientCookie: COOKIE, serverCookie: 0x5en, connectSeq: 0 })
    expect([String(facts.peerAddrs), String(facts.peerAddr)]).toEqual([String(addrs), String(ADDR_B2)])
    expect([opened(peer), peer.heard()]).toEqual([true, []])
  })

  test.each([
    ['lossy if the peer says so', CLIENT, true],
    ['lossless if the peer says so', Policies.lossyClient(), false],
  ])('is %s, whatever our policy', (_, policy, lossy) => {
    const { peer } = asked(policy)
    peer.say(FrameTag.serverIdent, serverIdentPayload, serverIdent({ lossy, cookie: 0n }))
    expect(peer.session.facts.lossy).toBe(lossy)
  })

  test('names in messages the one that the peer gave', () => {
    const { peer } = asked()
    peer.say(FrameTag.serverIdent, serverIdentPayload, serverIdent({ gid: 77 }))
    const events = peer.send(Note.of(1), 1)
    expect(String(eventOf(events, 'message').message.source)).toBe('osd.77')
  })

  test.each([
    ['another nonce', 'v2:10.0.0.2:6800/3'],
    ['another port', 'v2:10.0.0.2:6801/2'],
    ['another IP', 'v2:10.0.0.3:6800/2'],
    ['another type', 'v1:10.0.0.2:6800/2'],
  ])('is not taken from one that has but %s', (_, addr) => {
    const { peer } = asked()
    const addrs = new EntityAddrVec([EntityAddr.parse(addr)])
    const events = peer.say(FrameTag.serverIdent, serverIdentPayload, serverIdent({ addrs }))
    const message = `addresses of the peer: expected ${String(ADDR_B2)}, got ${addr}`
    expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_WRONG_PEER', message })
    expect(peer.session.facts.serverCookie).toBe(0n)
  })

  test('is not taken from a peer that lacks what we require', () => {
    const { peer } = asked(Policies.losslessPeer(Feature.osdEnc | Feature.uid))
    const ident = serverIdent({ featuresSupported: Feature.uid })
    const message = 'the peer lacks features 0x2000, which we require'
    const events = peer.say(FrameTag.serverIdent, serverIdentPayload, ident)
    expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_REFUSED', message })
  })

  test('counts from 1 both ways, whatever it was before', () => {
    const before = agreed()
    const { session } = before
    for (const id of [1, 2, 3]) session.send(Note.of(id))
    before.heard()
    before.write((writer) => {
      writer.writeAck(2)
    })
    before.send(Note.of(1), 1)
    const { peer, asked: request } = reopened(session)
    expect(request.inSeq).toBe(1)
    peer.say(FrameTag.sessionReset, sessionResetPayload, { full: false })
    peer.heard()
    peer.say(FrameTag.serverIdent, serverIdentPayload, serverIdent({ cookie: 9n }))
    expect(session.facts).toMatchObject({ serverCookie: 9n, connectSeq: 0 })
    expect(peer.heard().map(({ tag, seq }) => [tag, seq])).toEqual([
      [FrameTag.message, 1],
      [FrameTag.message, 2],
    ])
    expect(peer.send(Note.of(2), 1).map(({ kind }) => kind)).toEqual(['messageArriving', 'message'])
  })
})

test('a peer that requires more than we have is given up for now', () => {
  const { peer } = asked()
  const missing = { features: 1n << 62n }
  const events = peer.say(FrameTag.identMissingFeatures, identMissingFeaturesPayload, missing)
  const message = 'the peer requires features 0x4000000000000000, which we lack'
  expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_REFUSED', message })
  expect(eventOf(events, 'fault').next).toBe('reconnect')
})

test('a peer that will dial us is waited for, for as long as a wait may be', () => {
  const { peer } = asked()
  const { session } = peer
  expect(eventOf(peer.sayBytes(FrameTag.wait), 'closeTransport').error).toBeUndefined()
  expect([session.state, session.deadline, session.facts.isBackingOff]).toEqual(['connecting', 15_000, true])
  session.timeout(15_000)
  expect([drain(session), session.facts.isBackingOff]).toEqual([[{ kind: 'dial' }], false])
})

describe('to go on with a session it asks', () => {
  test('with both cookies, the next connect seq, and what it has got', () => {
    const { asked: request } = reopened(agreed().session)
    expect({ ...request, addrs: String(request.addrs) }).toEqual({
      addrs: String(ADDR_A2),
      clientCookie: COOKIE,
      serverCookie: 0x5en,
      globalSeq: 2,
      connectSeq: 1,
      inSeq: 0,
    })
  })

  test('and goes on where the peer says it is', () => {
    const { peer } = asked()
    const { session } = peer
    peer.say(FrameTag.serverIdent, serverIdentPayload, serverIdent())
    session.send(Note.of(1))
    session.send(Note.of(2))
    peer.heard()
    const { peer: next } = reopened(session)
    eventOf(next.say(FrameTag.sessionReconnectOk, sessionReconnectOkPayload, { inSeq: 2 }), 'connected')
    expect([session.queue.length, session.queue.sentCount]).toEqual([1, 0])
    expect(next.heard().map(({ tag }) => tag)).toEqual([FrameTag.message])
    expect(session.facts).toMatchObject({ connectSeq: 1, serverCookie: 0x5en })
  })

  test('and says then what it has got, so that no ack is needed any more', () => {
    const before = agreed()
    before.send(Note.of(1), 1)
    before.session.transportClosed(new Error('cut'), 1_000)
    drain(before.session)
    before.session.transportOpened({ remoteAddr: ADDR_B2 }, 1_000)
    const peer = new RawPeerV2(before.session, 1_000)
    peer.letIn()
    expect(peer.heardOnly(FrameTag.sessionReconnect, sessionReconnectPayload).inSeq).toBe(1)
    peer.say(FrameTag.sessionReconnectOk, sessionReconnectOkPayload, { inSeq: 0 })
    expect([peer.session.state, peer.heard()]).toEqual(['open', []])
  })

  test('for a new one, with another cookie, if the peer has forgotten all of it; what was queued is gone', () => {
    let count = 0
    const { peer, asked: before } = reopened(agreed({ random: () => ++count / 1_000 }).session)
    const events = peer.say(FrameTag.sessionReset, sessionResetPayload, { full: true })
    eventOf(events, 'remoteReset')
    const { cookie, globalSeq } = peer.heardOnly(FrameTag.clientIdent, clientIdentPayload)
    expect(globalSeq).toBe(2)
    expect([0n, before.clientCookie]).not.toContain(cookie)
    expect(peer.session.queue.length).toBe(0)
  })

  test('for a new one, with the same cookie, if the peer has lost but its part; what is queued stays', () => {
    const { peer, asked: before } = reopened(agreed().session)
    const events = peer.say(FrameTag.sessionReset, sessionResetPayload, { full: false })
    expect(events).toEqual([])
    const { cookie } = peer.heardOnly(FrameTag.clientIdent, clientIdentPayload)
    expect([cookie, peer.session.queue.length]).toEqual([before.clientCookie, 1])
    expect(peer.session.facts).toMatchObject({ connectSeq: 0, serverCookie: 0n })
  })

  test('again with a connect seq above the one that the peer has', () => {
    const { peer } = reopened(agreed().session)
    peer.say(FrameTag.sessionRetry, sessionRetryPayload, { connectSeq: 6 })
    expect(peer.heardOnly(FrameTag.sessionReconnect, sessionReconnectPayload).connectSeq).toBe(7)
  })

  test.each([0, 6])('but not if the peer has %i, which is none that ours would be below', (connectSeq) => {
    const { peer } = reopened(agreed().session)
    if (connectSeq === 6) peer.say(FrameTag.sessionRetry, sessionRetryPayload, { connectSeq: 6 })
    const own = connectSeq === 6 ? 7 : 1
    const events = peer.say(FrameTag.sessionRetry, sessionRetryPayload, { connectSeq })
    const message = `connect seq to retry with: expected more than ${own} and less than 2^53, got ${connectSeq + 1}`
    expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_BAD_REPLY', message })
  })

  test('but not if there is none that would be above, and the next attempt is as it would have been', () => {
    const { peer } = reopened(agreed().session)
    const retry = { connectSeq: Number.MAX_SAFE_INTEGER }
    const { error } = eventOf(peer.say(FrameTag.sessionRetry, sessionRetryPayload, retry), 'closeTransport')
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_REPLY' })
    expect(peer.session.facts.connectSeq).toBe(1)
  })

  test('again with a global seq above the one that the peer has', () => {
    const { peer } = reopened(agreed().session)
    const retry = (globalSeq: number): number => {
      peer.say(FrameTag.sessionRetryGlobal, sessionRetryGlobalPayload, { globalSeq })
      return peer.heardOnly(FrameTag.sessionReconnect, sessionReconnectPayload).globalSeq
    }
    expect([retry(70), retry(3)]).toEqual([71, 72])
  })

  test('without an end is no use', () => {
    const { peer } = reopened(agreed({ limits: { maxHandshakeRounds: 4 } }).session)
    let events: SessionEvent[] = []
    for (let i = 0; i < 4; i++) {
      events = peer.say(FrameTag.sessionRetryGlobal, sessionRetryGlobalPayload, { globalSeq: 1 })
    }
    // AUTH_DONE was the first round.
    expect(errorOf(events)).toMatchObject({ code: 'ERR_MSGR_TOO_MANY_ROUNDS' })
  })
})
