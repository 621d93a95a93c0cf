import { EntityAddr, EntityType, Feature, FEATURES_ALL } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { MsgrTag, Policies, ProtocolError, Session, type Policy } from '../../src/index.ts'
import { CONNECT_SIZE, readConnectFields } from '../../src/wire-v1/connect-codec.ts'
import { joined } from '../bytes.ts'
import { sessionOptionsOf, type HostSettings } from '../network/host.ts'
import { ADDR_A, ADDR_B } from '../network/pair.ts'
import { addrBytes, BANNER, drain, eventOf, outputOf, replyBytes, seqBytes } from '../network/raw-peer.ts'

const SEEN = EntityAddr.parse('v1:10.9.9.9:45678/0')
const GREETING_SIZE = BANNER.length + 136
const PEER = Policies.losslessPeer()

interface Asked {
  readonly session: Session
  /** The request as it was written. */
  readonly request: ReturnType<typeof readConnectFields> & { bytes: Uint8Array }
}

function dialled(policy: Policy, settings: Partial<HostSettings> = {}, anyNonce = false): Session {
  const options = sessionOptionsOf({ addr: ADDR_A, policy, ...settings })
  const session = Session.dial(options, { type: EntityType.osd, addr: ADDR_B, anyNonce })
  drain(session)
  session.transportOpened({ remoteAddr: ADDR_B }, 0)
  return session
}

function parseRequest(bytes: Uint8Array): Asked['request'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return { ...readConnectFields(view, 0), bytes: bytes.subarray(CONNECT_SIZE) }
}

/** A dialling session of an OSD whose first request is out. */
function asked(policy: Policy = PEER, settings: Partial<HostSettings> = {}): Asked {
  const session = dialled(policy, settings)
  session.receive(joined([BANNER, addrBytes(ADDR_B), addrBytes(SEEN)]), 0)
  eventOf(drain(session), 'authorizerNeeded')
  session.giveAuthorizer({ protocol: 1, bytes: Uint8Array.of(9) })
  return { session, request: parseRequest(outputOf(session).subarray(GREETING_SIZE)) }
}

/** What the session asks after a reply that does not agree. */
function askAgain(session: Session, reply: Uint8Array): Asked['request'] {
  session.receive(reply, 0)
  drain(session)
  return parseRequest(outputOf(session))
}

function errorAfter(session: Session, bytes: Uint8Array): ProtocolError {
  session.receive(bytes, 0)
  const { error } = eventOf(drain(session), 'closeTransport')
  if (!(error instanceof ProtocolError)) throw new Error(`expected a ProtocolError, got ${String(error)}`)
  return error
}

describe('the peer is who was dialled', () => {
  const greet = (session: Session, addr: EntityAddr): ReturnType<typeof drain> => {
    session.receive(joined([BANNER, addrBytes(addr), addrBytes(SEEN)]), 0)
    return drain(session)
  }

  test('if it gives that address; it tells how it sees us', () => {
    const { peerAddr, seenAddr } = eventOf(greet(dialled(PEER), ADDR_B), 'identified')
    expect([peerAddr.toString(), seenAddr?.toString()]).toEqual([ADDR_B.toString(), SEEN.toString()])
  })

  test('if it does not know its IP, but port and nonce are right', () => {
    const { peerAddr } = eventOf(greet(dialled(PEER), ADDR_B.with({ ip: new Uint8Array(4) })), 'identified')
    expect(peerAddr.toString()).toBe(ADDR_B.toString())
  })

  test.each([
    ['another nonce', ADDR_B.with({ nonce: 3 })],
    ['another port', ADDR_B.with({ port: 6801 })],
    ['another IP', ADDR_A.with({ nonce: 2 })],
    ['no IP and another nonce', ADDR_B.with({ nonce: 3, ip: new Uint8Array(4) })],
    ['no IP and another port', ADDR_B.with({ port: 6801, ip: new Uint8Array(4) })],
    ['no address at all', EntityAddr.none],
  ])('and not one with %s', (_, addr) => {
    const { error } = eventOf(greet(dialled(PEER), addr), 'closeTransport')
    const message = `address of the peer: expected v1:10.0.0.2:6800/2, got ${addr.type === 'none' ? '-' : addr.toString()}`
    expect(error).toMatchObject({ code: 'ERR_MSGR_WRONG_PEER', message })
  })

  test('whatever its nonce, if that was not known; from then on it is', () => {
    const session = dialled(PEER, {}, true)
    eventOf(greet(session, ADDR_B.with({ nonce: 99 })), 'identified')
    expect(session.facts.peerAddr.nonce).toBe(99)
  })
})

describe('a request', () => {
  test('says what our policy and our counters say', () => {
    const policy: Policy = { ...Policies.lossyClient(), featuresSupported: Feature.reconnectSeq | Feature.msgAuth }
    expect(asked(policy).request).toMatchObject({
      features: policy.featuresSupported,
      peerType: EntityType.osd,
      globalSeq: 1,
      connectSeq: 0,
      protocolVersion: 10,
      lossy: true,
      authorizer: { protocol: 1 },
      bytes: Uint8Array.of(9),
    })
    expect(asked().request.lossy).toBe(false)
  })

  test('waits for the authorizer, and meanwhile nothing is read', () => {
    const session = dialled(PEER)
    session.receive(joined([BANNER, addrBytes(ADDR_B), addrBytes(SEEN), replyBytes({ tag: 1 })]), 0)
    drain(session)
    expect([outputOf(session).length, session.wantsInput, session.state]).toEqual([BANNER.length, false, 'connecting'])
    session.giveAuthorizer({ protocol: 0, bytes: new Uint8Array(0) })
    expect(session.wantsInput).toBe(true)
    eventOf(drain(session), 'connected')
  })

  test('is made again after a reset, with connect seq 0', () => {
    const { session } = asked()
    expect(askAgain(session, replyBytes({ tag: MsgrTag.retrySession, connectSeq: 5 })).connectSeq).toBe(5)
    const again = askAgain(session, replyBytes({ tag: MsgrTag.resetSession }))
    expect(again).toMatchObject({ connectSeq: 0, globalSeq: 1, bytes: Uint8Array.of(9) })
  })

  test('is made again with a global seq greater than the one the peer names', () => {
    const { session } = asked()
    expect(askAgain(session, replyBytes({ tag: MsgrTag.retryGlobal, globalSeq: 70 })).globalSeq).toBe(71)
    expect(askAgain(session, replyBytes({ tag: MsgrTag.retryGlobal, globalSeq: 3 })).globalSeq).toBe(72)
  })

  test('is made again with the connect seq the peer names', () => {
    const { session } = asked()
    expect(askAgain(session, replyBytes({ tag: MsgrTag.retrySession, connectSeq: 1 })).connectSeq).toBe(1)
  })

  test('is made again with the answer to a challenge', () => {
    const { session } = asked()
    session.receive(replyBytes({ tag: MsgrTag.challengeAuthorizer }, Uint8Array.of(5, 6)), 0)
    expect(eventOf(drain(session), 'authorizerNeeded').challenge).toEqual(Uint8Array.of(5, 6))
    expect(outputOf(session)).toHaveLength(0)
    session.giveAuthorizer({ protocol: 2, bytes: Uint8Array.of(6, 5) })
    const again = parseRequest(outputOf(session))
    expect(again).toMatchObject({
      globalSeq: 1,
      connectSeq: 0,
      authorizer: { protocol: 2 },
      bytes: Uint8Array.of(6, 5),
    })
  })
})

describe('a reply that agrees', () => {
  test('opens the session as it says', () => {
    const { session } = asked()
    session.receive(replyBytes({ tag: MsgrTag.ready, globalSeq: 33, flags: 1 }, Uint8Array.of(4)), 0)
    const events = drain(session)
    expect(eventOf(events, 'authorizerAnswered').answer).toEqual({ reply: Uint8Array.of(4), globalId: 0n, mode: 1 })
    expect(eventOf(events, 'connected')).toEqual({ kind: 'connected' })
    expect(session.state).toBe('open')
    expect(session.facts).toMatchObject({ connectSeq: 1, peerGlobalSeq: 33, lossy: true, features: FEATURES_ALL })
    expect(outputOf(session)).toHaveLength(0)
  })

  test('is lossless if it says so, whatever our policy', () => {
    const { session } = asked(Policies.lossyClient())
    session.receive(replyBytes({ tag: MsgrTag.ready, flags: 0 }), 0)
    drain(session)
    expect(session.facts.lossy).toBe(false)
  })

  test('and tells what the peer has is answered with what we have', () => {
    const { session } = asked()
    session.receive(replyBytes({ tag: MsgrTag.seq }, new Uint8Array(0), 0), 0)
    drain(session)
    expect(outputOf(session)).toEqual(seqBytes(0))
  })

  test('leaves the features that both have', () => {
    const policy: Policy = { ...PEER, featuresSupported: Feature.msgAuth | Feature.reconnectSeq }
    const { session } = asked(policy)
    session.receive(replyBytes({ tag: MsgrTag.ready, features: Feature.msgAuth | Feature.uid }), 0)
    drain(session)
    expect(session.facts.features).toBe(Feature.msgAuth)
  })

  test('is refused if the peer lacks features that we require', () => {
    const { session } = asked(Policies.losslessPeer(Feature.osdEnc | Feature.uid))
    const error = errorAfter(session, replyBytes({ tag: MsgrTag.ready, features: Feature.uid }))
    const message = 'the peer lacks features 0x2000, which we require'
    expect(error).toMatchObject({ code: 'ERR_MSGR_REFUSED', message })
  })

  test('is refused if its connect seq is not the next one', () => {
    const { session } = asked()
    const error = errorAfter(session, replyBytes({ tag: MsgrTag.ready, connectSeq: 2 }))
    const message = 'connect seq of the reply: expected 1, got 2'
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_REPLY', message })
  })

  test('may have a connect seq that has wrapped', () => {
    const { session } = asked()
    askAgain(session, replyBytes({ tag: MsgrTag.retrySession, connectSeq: 0xffff_ffff }))
    session.receive(replyBytes({ tag: MsgrTag.ready, connectSeq: 0 }), 0)
    eventOf(drain(session), 'connected')
    expect(session.facts.connectSeq).toBe(0)
  })
})

describe('the transport is given up, and another attempt is made later, if the peer', () => {
  test.each([
    ['expects another protocol version', { tag: 10, protocolVersion: 24 }, 'it expects 24'],
    ['requires features we lack', { tag: 12, features: FEATURES_ALL | (1n << 62n) }, '0x4000000000000000'],
    ['refuses our authorizer', { tag: 11 }, 'the peer refuses our authorizer'],
  ])('%s', (_, fields, text) => {
    const { session } = asked()
    const error = errorAfter(session, replyBytes(fields))
    expect(error).toMatchObject({ code: 'ERR_MSGR_REFUSED', message: expect.stringContaining(text) as string })
  })

  test('names a connect seq that is not above ours', () => {
    const { session } = asked()
    const error = errorAfter(session, replyBytes({ tag: MsgrTag.retrySession, connectSeq: 0 }))
    const message = 'connect seq to retry with: expected more than 0, got 0'
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_REPLY', message })
  })

  test('replies with something else', () => {
    const { session } = asked()
    expect(errorAfter(session, replyBytes({ tag: MsgrTag.ack })).code).toBe('ERR_MSGR_BAD_REPLY')
  })

  test('has us ask again without an end', () => {
    const { session } = asked(PEER, { limits: { maxHandshakeRounds: 4 } })
    const replies = Array.from({ length: 5 }, () => replyBytes({ tag: MsgrTag.retryGlobal }))
    expect(errorAfter(session, joined(replies)).code).toBe('ERR_MSGR_TOO_MANY_ROUNDS')
  })
})

test('a peer that will dial us is waited for, for as long as a wait may be', () => {
  const { session } = asked()
  session.receive(replyBytes({ tag: MsgrTag.wait }), 500)
  expect(eventOf(drain(session), 'closeTransport').error).toBeUndefined()
  expect([session.state, session.deadline, session.facts.isBackingOff]).toEqual(['connecting', 15_500, true])
  session.timeout(15_500)
  expect([drain(session), session.facts.isBackingOff]).toEqual([[{ kind: 'dial' }], false])
})
