import { hasFeature, type EntityAddr } from '@msgr/message'
import { ProtocolError } from './errors.ts'
import { NO_AUTHORIZER, type Authorizer, type ConnectReply, type OpenedReply } from './handshake.ts'
import type { SessionEvent } from './session-event.ts'
import type { SessionMemory } from './session-memory.ts'
import type { SessionOptions } from './session-options.ts'
import type { Wire } from './wire.ts'

/** Where the handshake of the dialling end stands after a reply. */
type Outcome = 'asked' | 'challenged' | 'wait' | 'opened'

/**
 * The dialling end of one handshake: asks for the session that the memory describes, and asks again as the replies
 * say. Ceph: src/msg/async/ProtocolV1.cc, handle_connect_reply_2
 */
export class DialHandshake {
  readonly #memory: SessionMemory
  readonly #wire: Wire
  readonly #options: SessionOptions
  readonly #emit: (event: SessionEvent) => void
  #globalSeq: number
  #authorizer: Authorizer = NO_AUTHORIZER
  #rounds = 0

  constructor(memory: SessionMemory, wire: Wire, options: SessionOptions, emit: (event: SessionEvent) => void) {
    this.#memory = memory
    this.#wire = wire
    this.#options = options
    this.#emit = emit
    this.#globalSeq = options.globalSeq.next()
  }

  /** The peer has said who it is. Throws `ProtocolError` if it is not who was dialled. */
  identified(): void {
    const { peerAddr, seenAddr } = this.#wire.identity
    const { peerAddr: wanted, anyNonce } = this.#memory
    if (!isSamePeer(wanted, peerAddr, anyNonce)) {
      const text = `address of the peer: expected ${wanted.toString()}, got ${peerAddr.toString()}`
      throw new ProtocolError('ERR_MSGR_WRONG_PEER', text)
    }
    if (anyNonce) this.#memory.peerAddr = wanted.with({ nonce: peerAddr.nonce })
    this.#emit({ kind: 'identified', peerAddr: this.#memory.peerAddr, seenAddr })
    this.#emit({ kind: 'authorizerNeeded', challenge: undefined })
  }

  /** Asks, or asks again after a challenge. */
  giveAuthorizer(authorizer: Authorizer): void {
    this.#authorizer = authorizer
    this.#ask()
  }

  /** Acts on the reply that the wire has read. Throws `ProtocolError` if it refuses us or makes no sense. */
  replied(): Outcome {
    if (++this.#rounds > this.#options.maxHandshakeRounds) {
      const text = `rounds of one handshake: expected at most ${this.#options.maxHandshakeRounds}, got ${this.#rounds}`
      throw new ProtocolError('ERR_MSGR_TOO_MANY_ROUNDS', text)
    }
    const memory = this.#memory
    const { reply } = this.#wire
    switch (reply.kind) {
      case 'opened':
        this.#open(reply)
        return 'opened'
      case 'wait':
        return 'wait'
      case 'challenge':
        this.#emit({ kind: 'authorizerNeeded', challenge: reply.bytes })
        return 'challenged'
      case 'resetSession':
        if (memory.reset(this.#options.random)) this.#emit({ kind: 'remoteReset' })
        break
      case 'retryGlobal':
        this.#globalSeq = this.#options.globalSeq.next(reply.seq)
        break
      case 'retrySession':
        if (reply.seq <= memory.connectSeq) {
          const text = `connect seq to retry with: expected more than ${memory.connectSeq}, got ${reply.seq}`
          throw new ProtocolError('ERR_MSGR_BAD_REPLY', text)
        }
        memory.connectSeq = reply.seq
        break
      default:
        throw refusal(reply, memory.policy.featuresSupported)
    }
    this.#ask()
    return 'asked'
  }

  #ask(): void {
    const { connectSeq, lossy, policy, peerType } = this.#memory
    const { protocolVersion } = this.#options.termsFor(peerType, 'dial')
    this.#wire.writeConnect(
      {
        features: policy.featuresSupported,
        peerType: this.#options.ownType,
        globalSeq: this.#globalSeq,
        connectSeq,
        protocolVersion,
        lossy,
        authorizer: this.#authorizer,
      },
      this.#options.ownAddr(),
    )
  }

  #open(reply: OpenedReply): void {
    const memory = this.#memory
    const { featuresRequired, featuresSupported } = memory.policy
    const connectSeq = (memory.connectSeq + 1) >>> 0
    if (!hasFeature(reply.features, featuresRequired)) {
      const missing = featuresRequired & ~reply.features
      throw new ProtocolError('ERR_MSGR_REFUSED', `the peer lacks features 0x${missing.toString(16)}, which we require`)
    }
    if (reply.connectSeq !== connectSeq) {
      const text = `connect seq of the reply: expected ${connectSeq}, got ${reply.connectSeq}`
      throw new ProtocolError('ERR_MSGR_BAD_REPLY', text)
    }
    memory.connectSeq = connectSeq
    memory.peerGlobalSeq = reply.globalSeq
    memory.features = reply.features & featuresSupported
    // The accepting end decides whether the session is one that either end gives up after an error.
    memory.agreedLossy = reply.lossy
    memory.isConfirmed = true
    // A peer that does not want to know what we have got is sent an ack for all of it.
    memory.inSeqAcked = reply.inSeq === undefined ? 0 : memory.inSeq
    if (reply.inSeq !== undefined) {
      memory.queue.discardRequeuedUpTo(reply.inSeq)
      this.#wire.writeInSeq(memory.inSeq)
    }
    this.#emit({ kind: 'connected', authorizerReply: reply.authorizerReply })
  }
}

/** A peer that does not know its IP yet is taken for the one wanted if port and nonce are right. */
function isSamePeer(wanted: EntityAddr, got: EntityAddr, anyNonce: boolean): boolean {
  if (wanted.port !== got.port || (!anyNonce && wanted.nonce !== got.nonce)) return false
  return got.isBlankIp || wanted.isSameHost(got)
}

function refusal(reply: Exclude<ConnectReply, OpenedReply>, ownFeatures: bigint): ProtocolError {
  if (reply.kind === 'badProtocolVersion') {
    return new ProtocolError('ERR_MSGR_REFUSED', `the peer refuses our protocol version; it expects ${reply.expected}`)
  }
  if (reply.kind === 'missingFeatures') {
    const missing = reply.features & ~ownFeatures
    return new ProtocolError('ERR_MSGR_REFUSED', `the peer requires features 0x${missing.toString(16)}, which we lack`)
  }
  return new ProtocolError('ERR_MSGR_REFUSED', 'the peer refuses our authorizer')
}
