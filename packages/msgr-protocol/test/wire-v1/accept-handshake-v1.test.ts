import { EntityAddr, EntityType, Feature, FEATURES_ALL } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies, Session, type AcceptDecision, type AuthorizerVerdict, type Policy } from '../../src/index.ts'
import { joined, toHex } from '../bytes.ts'
import { sessionOptionsOf, type HostSettings } from '../network/host.ts'
import { ADDR_A, ADDR_B } from '../network/pair.ts'
import { addrBytes, BANNER, connectBytes, drain, eventOf, outputOf, parseReply, seqBytes } from '../network/raw-peer.ts'

const REMOTE = EntityAddr.parse('v1:10.9.9.9:45678/0')
const NONE = new Uint8Array(0)
const ACCEPTED: AuthorizerVerdict = { kind: 'accepted', reply: NONE }

/** An accepting session of an OSD that has heard the peer's banner and address. */
function greeted(policy: Policy, settings: Partial<HostSettings> = {}, peerAddr: EntityAddr = ADDR_A): Session {
  const session = Session.accept(sessionOptionsOf({ addr: ADDR_B, policy, ...settings }), REMOTE)
  session.transportOpened({ remoteAddr: REMOTE }, 0)
  outputOf(session)
  session.receive(joined([BANNER, addrBytes(peerAddr)]), 0)
  drain(session)
  return session
}

function ask(session: Session, ...request: Parameters<typeof connectBytes>): void {
  session.receive(connectBytes(...request), 0)
}

/** The reply to a request whose authorizer is accepted. */
function answer(
  session: Session,
  decision: Exclude<AcceptDecision, { kind: 'replace' }> = { kind: 'open' },
): ReturnType<typeof parseReply> {
  eventOf(drain(session), 'authorizerReceived')
  session.answerAuthorizer(ACCEPTED)
  eventOf(drain(session), 'connectRequested')
  session.answerConnect(decision)
  return parseReply(outputOf(session))
}

const PEER = Policies.losslessPeer()

describe('a request is refused, and another may follow on the same transport,', () => {
  test('for a protocol version that is not ours', () => {
    const session = greeted(PEER)
    ask(session, { protocolVersion: 9 })
    expect(drain(session)).toEqual([])
    expect(parseReply(outputOf(session))).toMatchObject({ tag: 10, protocolVersion: 10 })
    ask(session, {})
    expect(answer(session).tag).toBe(13)
  })

  test('for features that we require and the peer lacks', () => {
    const policy = Policies.losslessPeer(Feature.osdEnc | Feature.pgid64)
    const session = greeted(policy)
    ask(session, { features: Feature.osdEnc })
    expect(drain(session)).toEqual([])
    expect(parseReply(outputOf(session))).toMatchObject({ tag: 12, features: Feature.osdEnc | Feature.pgid64 })
    ask(session, { features: Feature.osdEnc | Feature.pgid64 })
    expect(answer(session).tag).toBe(1)
  })

  test('for the protocol version before the features, and for the features before the authorizer', () => {
    const session = greeted(Policies.losslessPeer(Feature.osdEnc))
    ask(session, { protocolVersion: 9, features: 0n })
    drain(session)
    expect(parseReply(outputOf(session)).tag).toBe(10)
    ask(session, { features: 0n })
    expect(drain(session)).toEqual([])
    expect(parseReply(outputOf(session)).tag).toBe(12)
  })

  test('for its authorizer', () => {
    const session = greeted(PEER)
    ask(session, { authorizerProtocol: 1 }, Uint8Array.of(1, 2, 3))
    const { peerType, authorizer } = eventOf(drain(session), 'authorizerReceived').shown
    expect([peerType, authorizer]).toEqual([EntityType.osd, { protocol: 1, bytes: Uint8Array.of(1, 2, 3) }])
    session.answerAuthorizer({ kind: 'refused' })
    expect(drain(session)).toEqual([])
    expect(parseReply(outputOf(session)).tag).toBe(11)
    ask(session, {})
    expect(answer(session).tag).toBe(13)
  })

  test('with a challenge to its authorizer', () => {
    const session = greeted(PEER)
    ask(session, {})
    drain(session)
    session.answerAuthorizer({ kind: 'challenge', bytes: Uint8Array.of(5, 6) })
    expect(parseReply(outputOf(session))).toMatchObject({ tag: 16, authorizerLength: 2, rest: Uint8Array.of(5, 6) })
  })

  test.each<[Exclude<AcceptDecision, { kind: 'replace' | 'open' }>, object]>([
    [{ kind: 'resetSession' }, { tag: 2 }],
    [{ kind: 'wait' }, { tag: 3 }],
    [
      { kind: 'retrySession', seq: 7 },
      { tag: 4, connectSeq: 7 },
    ],
    [
      { kind: 'retryGlobal', seq: 8 },
      { tag: 5, globalSeq: 8 },
    ],
  ])('as was decided: %o', (decision, reply) => {
    const session = greeted(PEER)
    ask(session, {})
    expect(answer(session, decision)).toMatchObject(reply)
    expect(session.state).toBe('accepting')
    ask(session, {})
    expect(answer(session).tag).toBe(13)
  })

  test('so many times and no more', () => {
    const session = greeted(PEER, { limits: { maxHandshakeRounds: 3 } })
    for (let i = 0; i < 3; i++) {
      ask(session, { protocolVersion: 1 })
      expect(drain(session)).toEqual([])
    }
    ask(session, {})
    const { error } = eventOf(drain(session), 'closeTransport')
    const message = 'rounds of one handshake: expected at most 3, got 4'
    expect(error).toMatchObject({ code: 'ERR_MSGR_TOO_MANY_ROUNDS', message })
  })
})

describe('a reply tells', () => {
  const policy: Policy = {
    ...Policies.losslessPeer(Feature.osdEnc),
    featuresSupported: Feature.osdEnc | Feature.pgid64,
  }

  test('of the features of both and those required, if the peer is to ask again', () => {
    const session = greeted(policy)
    ask(session, { features: Feature.osdEnc | Feature.uid })
    expect(answer(session, { kind: 'wait' })).toMatchObject({ features: Feature.osdEnc })
    const missing = greeted(policy)
    ask(missing, { features: Feature.pgid64 | Feature.uid })
    drain(missing)
    expect(parseReply(outputOf(missing))).toMatchObject({ tag: 12, features: Feature.osdEnc | Feature.pgid64 })
  })

  test('of all features supported, if it agrees, and what both have is what counts', () => {
    const session = greeted(policy)
    ask(session, { features: Feature.osdEnc | Feature.uid })
    expect(answer(session)).toMatchObject({ features: policy.featuresSupported })
    expect(session.facts.features).toBe(Feature.osdEnc)
  })

  test('whether the session is lossy, which is for our policy alone to say', () => {
    for (const name of ['statelessServer', 'statefulServer'] as const) {
      for (const flags of [0, 1]) {
        const session = greeted(Policies[name]())
        ask(session, { flags })
        expect(answer(session).flags).toBe(name === 'statelessServer' ? 1 : 0)
        expect(session.facts.lossy).toBe(name === 'statelessServer')
      }
    }
  })

  test('the connect seq after the one asked for, and a global seq of our own', () => {
    const session = greeted(Policies.statelessServer())
    ask(session, { connectSeq: 6, globalSeq: 40 })
    expect(answer(session)).toMatchObject({ connectSeq: 7, globalSeq: 1 })
    expect(session.facts).toMatchObject({ connectSeq: 7, peerGlobalSeq: 40, peerType: EntityType.osd })
  })

  test('a connect seq that has wrapped after the greatest', () => {
    const session = greeted(Policies.statelessServer())
    ask(session, { connectSeq: 0xffff_ffff })
    expect(answer(session)).toMatchObject({ connectSeq: 0 })
    expect(session.facts.connectSeq).toBe(0)
  })

  test('what the judge of the authorizer had to say', () => {
    const session = greeted(PEER)
    ask(session, {})
    drain(session)
    session.answerAuthorizer({ kind: 'accepted', reply: Uint8Array.of(7, 7) })
    drain(session)
    session.answerConnect({ kind: 'open' })
    const reply = parseReply(outputOf(session))
    expect(reply).toMatchObject({ tag: 13, authorizerLength: 2 })
    expect(toHex(reply.rest)).toBe(`0707${'00'.repeat(8)}`)
  })

  test('what we have got, to a peer that knows RECONNECT_SEQ; then the peer tells what it has', () => {
    const session = greeted(PEER)
    ask(session, {})
    expect(answer(session)).toMatchObject({ tag: 13, rest: seqBytes(0) })
    expect(eventOf(drain(session), 'accepted').kind).toBe('accepted')
    session.keepalive({ seconds: 1, nanoseconds: 0 })
    expect([session.wantsOutput, outputOf(session).length]).toEqual([false, 0])
    session.receive(seqBytes(0), 0)
    drain(session)
    expect([session.wantsOutput, outputOf(session)[0]]).toEqual([true, 14])
  })

  test('nothing of that to a peer that does not know it; then all is open at once', () => {
    const session = greeted(PEER)
    ask(session, { features: FEATURES_ALL & ~Feature.reconnectSeq })
    expect(answer(session)).toMatchObject({ tag: 1, rest: NONE })
    session.keepalive({ seconds: 1, nanoseconds: 0 })
    expect(outputOf(session)[0]).toBe(14)
  })
})

describe('the peer is known', () => {
  test('by the address it gives', () => {
    const session = greeted(PEER)
    expect(session.facts.peerAddr.toString()).toBe(ADDR_A.toString())
  })

  test('by the address its socket comes from, with its own port and nonce, if it does not know its IP', () => {
    const session = greeted(PEER, {}, EntityAddr.parse('v1:0.0.0.0:6801/77'))
    expect(session.facts.peerAddr.toString()).toBe('v1:10.9.9.9:6801/77')
  })

  test('by that address with its nonce alone, if it gives no address at all', () => {
    const session = greeted(PEER, {}, new EntityAddr({ type: 'none', nonce: 77 }))
    expect(session.facts.peerAddr.toString()).toBe('v1:10.9.9.9:0/77')
  })

  test('to the one who decides, as the lower or the higher of two addresses', () => {
    for (const [peerAddr, isLower] of [
      [ADDR_A, true],
      [EntityAddr.parse('v1:10.0.0.1:6800/3'), false],
    ] as const) {
      const session = greeted(PEER, {}, peerAddr)
      ask(session, { connectSeq: 3, globalSeq: 9 })
      drain(session)
      session.answerAuthorizer(ACCEPTED)
      const { asked } = eventOf(drain(session), 'connectRequested')
      expect(asked).toEqual({ wire: 'v1', connectSeq: 3, globalSeq: 9, fromLowerAddr: isLower, policy: PEER })
    }
  })
})
