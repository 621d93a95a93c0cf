import { EntityAddr, EntityAddrVec, Feature, hasFeature } from '@msgr/message'
import type { AcceptingState, AcceptingStateV1, RestoreSecurity } from '../accepting-state.ts'
import type { HandshakeParts } from '../create-handshake.ts'
import type { AskedSession } from '../decide-accept.ts'
import { ProtocolError } from '../errors.ts'
import type { AcceptHandshake, AuthorizerVerdict, HandshakeStep, RetryDecision } from '../handshake.ts'
import type { TransportSecurity } from '../security.ts'
import type { SessionEvent } from '../session-event.ts'
import type { SessionMemory } from '../session-memory.ts'
import type { PeerTerms, SessionOptions } from '../session-options.ts'
import type { HandshakeSignal, TransportFacts } from '../wire.ts'
import type { JudgedRequest, RetryReply } from './connect.ts'
import { WireV1 } from './wire-v1.ts'

/** There is no other mode in version 1. */
const MODE_CRC = 1

/**
 * The accepting end of one handshake in version 1: checks each request and has it answered, until a session opens. If that is a
 * session held already, the handshake moves there with its wire. Ceph: src/msg/async/ProtocolV1.cc,
 * handle_connect_message_2
 */
export class AcceptHandshakeV1 implements AcceptHandshake {
  readonly wire: WireV1
  readonly #facts: TransportFacts
  readonly #options: SessionOptions
  readonly #emit: (event: SessionEvent) => void
  #peerAddr = EntityAddr.none
  #request: JudgedRequest | undefined
  #terms: PeerTerms | undefined
  #authorizerReply: Uint8Array = new Uint8Array(0)
  #security: TransportSecurity | undefined
  /** Of the session that begins here, and then of the one that was opened. */
  #memory: SessionMemory
  #rounds = 0

  private constructor({ facts, memory, options, emit }: HandshakeParts) {
    this.#memory = memory
    this.wire = new WireV1('accept', options.wire)
    this.#facts = facts
    this.#options = options
    this.#emit = emit
  }

  static begin(parts: HandshakeParts): AcceptHandshakeV1 {
    const handshake = new AcceptHandshakeV1(parts)
    handshake.wire.start(parts.facts, parts.options.ownAddr())
    return handshake
  }

  /** Goes on where another one waited for a decision. */
  static resume(parts: HandshakeParts, state: AcceptingStateV1, restore: RestoreSecurity): AcceptHandshakeV1 {
    const handshake = new AcceptHandshakeV1(parts)
    handshake.#resume(state, restore)
    return handshake
  }

  act(signal: HandshakeSignal): HandshakeStep {
    switch (signal) {
      case 'identified':
        return this.#identified()
      case 'connectRequested':
        return this.#requested()
      case 'peerInSeq':
        this.#memory.queue.discardRequeuedUpTo(this.wire.seq)
        return 'confirmed'
      default:
        throw new Error(`the accepting end of version 1 has no use for ${signal}`)
    }
  }

  /** The peer has said who it is. One that does not know its IP has the one its socket comes from. */
  #identified(): HandshakeStep {
    const { peerAddr } = this.wire.identity
    const { nonce, port } = peerAddr
    this.#peerAddr = peerAddr.isBlankIp ? this.#facts.remoteAddr.with({ type: 'v1', nonce, port }) : peerAddr
    this.#memory.peerAddr = this.#peerAddr
    this.#emit({ kind: 'identified', peerAddr: this.#peerAddr, seenAddr: undefined })
    return 'ongoing'
  }

  /** A request is there. Refuses it, or has its authorizer judged. */
  #requested(): HandshakeStep {
    if (++this.#rounds > this.#options.maxHandshakeRounds) {
      const text = `rounds of one handshake: expected at most ${this.#options.maxHandshakeRounds}, got ${this.#rounds}`
      throw new ProtocolError('ERR_MSGR_TOO_MANY_ROUNDS', text)
    }
    const { request } = this.wire
    const terms = this.#options.termsFor(request.peerType, 'accept', this.#facts.remoteAddr)
    this.#request = request
    this.#terms = terms
    if (request.protocolVersion !== terms.protocolVersion) {
      this.#reply({ kind: 'badProtocolVersion', expected: terms.protocolVersion })
      return 'ongoing'
    }
    if (!hasFeature(request.features, terms.policy.featuresRequired)) {
      this.#reply({ kind: 'missingFeatures', features: terms.policy.featuresRequired })
      return 'ongoing'
    }
    const { peerType, authorizer, features } = request
    this.#emit({ kind: 'authorizerReceived', shown: { peerType, authorizer, features, mode: MODE_CRC, isMore: false } })
    return 'verdict'
  }

  answerAuthorizer(verdict: AuthorizerVerdict): HandshakeStep {
    if (verdict.kind === 'accepted') {
      this.#authorizerReply = Uint8Array.from(verdict.reply)
      this.#security = verdict.security
      this.#emit({ kind: 'connectRequested', asked: this.#asked })
      return 'decision'
    }
    if (verdict.kind === 'challenge') this.#reply({ kind: 'challenge', bytes: verdict.bytes })
    else this.#reply({ kind: 'badAuthorizer' })
    return 'ongoing'
  }

  takeState(ageMs: number): AcceptingState | undefined {
    const { features, peerType, globalSeq, connectSeq } = this.#current.request
    const signs = this.#security?.messageSigner !== undefined
    const security = signs ? this.#security?.portable : undefined
    if (signs && security === undefined) return undefined
    return {
      wire: 'v1',
      remoteAddr: this.#facts.remoteAddr.fields,
      ageMs,
      rounds: this.#rounds,
      security,
      peerAddr: this.#peerAddr.fields,
      request: { features, peerType, globalSeq, connectSeq },
      authorizerReply: this.#authorizerReply,
      ...this.wire.takePending(),
    }
  }

  #resume(state: AcceptingStateV1, restore: RestoreSecurity): void {
    const { request, security } = state
    const memory = this.#memory
    this.#rounds = state.rounds
    this.#peerAddr = new EntityAddr(state.peerAddr)
    this.#request = request
    this.#terms = this.#options.termsFor(request.peerType, 'accept', this.#facts.remoteAddr)
    this.#authorizerReply = state.authorizerReply
    this.#security = security && restore(security)
    this.wire.resume(state)
    memory.peerType = request.peerType
    memory.peerAddr = this.#peerAddr
    memory.peerAddrs = new EntityAddrVec([this.#peerAddr])
    this.#emit({ kind: 'connectRequested', asked: this.#asked })
  }

  get #asked(): AskedSession {
    const { request, terms } = this.#current
    const fromLowerAddr = this.#peerAddr.compare(this.#options.ownAddr()) < 0
    const { connectSeq, globalSeq } = request
    return { wire: 'v1', connectSeq, globalSeq, fromLowerAddr, policy: terms.policy }
  }

  retry(decision: RetryDecision): void {
    // There is but one way to reset a session in this version.
    this.#reply(decision.kind === 'resetSession' ? { kind: 'resetSession' } : decision)
  }

  #reply(reply: RetryReply): void {
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
    memory.peerAddrs = new EntityAddrVec([this.#peerAddr])
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
    this.wire.open(memory.features, this.#security?.messageSigner?.(memory.features))
    this.#memory = memory
    return tellsInSeq
  }

  get #current(): { request: JudgedRequest; terms: PeerTerms } {
    if (this.#request === undefined || this.#terms === undefined) {
      throw new Error('a handshake is answered before a request has come')
    }
    return { request: this.#request, terms: this.#terms }
  }
}
