import { EntityAddr, Feature, hasFeature } from '@msgr/message'
import type { AskedSession } from './decide-accept.ts'
import { ProtocolError } from './errors.ts'
import type { ConnectRequest, RetryReply } from './handshake.ts'
import type { SessionEvent } from './session-event.ts'
import type { SessionMemory } from './session-memory.ts'
import type { PeerTerms, SessionOptions } from './session-options.ts'
import type { TransportFacts, Wire } from './wire.ts'

/** The owner's judgement of an authorizer. */
export type AuthorizerVerdict =
  /** `reply` goes to the peer with the agreement. */
  | { readonly kind: 'accepted'; readonly reply: Uint8Array }
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused' }

/**
 * The accepting end of one handshake: checks each request and has it answered, until a session opens. If that is a
 * session held already, the handshake moves there with its wire. Ceph: src/msg/async/ProtocolV1.cc,
 * handle_connect_message_2
 */
export class AcceptHandshake {
  readonly wire: Wire
  readonly #facts: TransportFacts
  readonly #options: SessionOptions
  readonly #emit: (event: SessionEvent) => void
  #peerAddr = EntityAddr.none
  #request: ConnectRequest | undefined
  #terms: PeerTerms | undefined
  #authorizerReply = new Uint8Array(0)
  #rounds = 0

  constructor(wire: Wire, facts: TransportFacts, options: SessionOptions, emit: (event: SessionEvent) => void) {
    this.wire = wire
    this.#facts = facts
    this.#options = options
    this.#emit = emit
  }

  /** The peer has said who it is. One that does not know its IP has the one its socket comes from. */
  identified(): EntityAddr {
    const { peerAddr } = this.wire.identity
    const { nonce, port } = peerAddr
    this.#peerAddr = peerAddr.isBlankIp ? this.#facts.remoteAddr.with({ type: 'v1', nonce, port }) : peerAddr
    this.#emit({ kind: 'identified', peerAddr: this.#peerAddr, seenAddr: undefined })
    return this.#peerAddr
  }

  /** A request is there. Refuses it, or has its authorizer judged: then the answer is true. */
  requested(): boolean {
    if (++this.#rounds > this.#options.maxHandshakeRounds) {
      const text = `rounds of one handshake: expected at most ${this.#options.maxHandshakeRounds}, got ${this.#rounds}`
      throw new ProtocolError('ERR_MSGR_TOO_MANY_ROUNDS', text)
    }
    const { request } = this.wire
    const terms = this.#options.termsFor(request.peerType, 'accept')
    this.#request = request
    this.#terms = terms
    if (request.protocolVersion !== terms.protocolVersion) {
      this.retry({ kind: 'badProtocolVersion', expected: terms.protocolVersion })
      return false
    }
    if (!hasFeature(request.features, terms.policy.featuresRequired)) {
      this.retry({ kind: 'missingFeatures', features: terms.policy.featuresRequired })
      return false
    }
    const { peerType, authorizer } = request
    this.#emit({ kind: 'authorizerReceived', peerType, authorizer })
    return true
  }

  /** True if the authorizer was accepted, and the request waits to be decided. */
  answerAuthorizer(verdict: AuthorizerVerdict): boolean {
    if (verdict.kind === 'challenge') {
      this.retry({ kind: 'challenge', bytes: verdict.bytes })
      return false
    }
    if (verdict.kind === 'refused') {
      this.retry({ kind: 'badAuthorizer' })
      return false
    }
    this.#authorizerReply = Uint8Array.from(verdict.reply)
    this.#emit({ kind: 'connectRequested', asked: this.asked })
    return true
  }

  get asked(): AskedSession {
    const { request, terms } = this.#current
    const fromLowerAddr = this.#peerAddr.compare(this.#options.ownAddr()) < 0
    return { connectSeq: request.connectSeq, globalSeq: request.globalSeq, fromLowerAddr, policy: terms.policy }
  }

  retry(reply: RetryReply): void {
    const { request, terms } = this.#current
    const { featuresRequired, featuresSupported } = terms.policy
    const features = (request.features & featuresSupported) | featuresRequired
    this.wire.writeRetry(reply, { features, protocolVersion: terms.protocolVersion })
  }

  /**
   * Agrees, and makes `memory` the session that was asked for. Returns true if the peer will tell what it has got
   * before anything may be sent.
   *
   * Differs from Ceph: a peer that cannot be told what we have got (it lacks RECONNECT_SEQ) sends all of it again, and
   * what we had already is dropped as a double; Ceph forgets what it had.
   */
  open(memory: SessionMemory): boolean {
    const { request, terms } = this.#current
    const { policy, protocolVersion } = terms
    const isHardReset = request.connectSeq === 0 && memory.connectSeq > 0
    if (isHardReset) memory.inSeq = 0
    memory.policy = policy
    memory.agreedLossy = policy.lossy
    memory.peerType = request.peerType
    memory.peerAddr = this.#peerAddr
    memory.connectSeq = (request.connectSeq + 1) >>> 0
    memory.peerGlobalSeq = request.globalSeq
    memory.features = request.features & policy.featuresSupported
    const tellsInSeq = hasFeature(request.features, Feature.reconnectSeq) && !isHardReset
    // Without it the peer gets an ack at once, for all that it would otherwise keep.
    memory.inSeqAcked = tellsInSeq ? memory.inSeq : 0
    this.wire.writeOpened({
      kind: 'opened',
      features: policy.featuresSupported,
      globalSeq: this.#options.globalSeq.next(),
      connectSeq: memory.connectSeq,
      protocolVersion,
      lossy: policy.lossy,
      inSeq: tellsInSeq ? memory.inSeq : undefined,
      authorizerReply: this.#authorizerReply,
    })
    return tellsInSeq
  }

  get #current(): { request: ConnectRequest; terms: PeerTerms } {
    if (this.#request === undefined || this.#terms === undefined) {
      throw new Error('a handshake is answered before a request has come')
    }
    return { request: this.#request, terms: this.#terms }
  }
}
