import { hasFeature, type EntityAddr } from '@msgr/message'
import type { HandshakeParts } from '../create-handshake.ts'
import { ProtocolError } from '../errors.ts'
import { NO_AUTHORIZER, type Authorizer, type DialHandshake, type HandshakeStep } from '../handshake.ts'
import type { TransportSecurity } from '../security.ts'
import type { SessionEvent } from '../session-event.ts'
import type { SessionMemory } from '../session-memory.ts'
import type { SessionOptions } from '../session-options.ts'
import type { HandshakeSignal } from '../wire.ts'
import type { ConnectReply, OpenedReply } from './connect.ts'
import { WireV1 } from './wire-v1.ts'

/** What version 1, which has no errno for it, is taken to mean by a refusal: EACCES. */
const ACCESS_DENIED = -13
/** There is no other mode in version 1. */
const MODE_CRC = 1

/**
 * The dialling end of one handshake in version 1: asks for the session that the memory describes, and asks again as the replies
 * say. Ceph: src/msg/async/ProtocolV1.cc, handle_connect_reply_2
 */
export class DialHandshakeV1 implements DialHandshake {
  readonly wire: WireV1
  readonly #memory: SessionMemory
  readonly #options: SessionOptions
  readonly #emit: (event: SessionEvent) => void
  #globalSeq: number
  #authorizer: Authorizer = NO_AUTHORIZER
  #rounds = 0

  constructor({ facts, memory, options, emit }: HandshakeParts) {
    this.wire = new WireV1('dial', options.wire)
    this.#memory = memory
    this.#options = options
    this.#emit = emit
    this.#globalSeq = options.globalSeq.next()
    this.wire.start(facts, options.ownAddr())
  }

  act(signal: HandshakeSignal): HandshakeStep {
    switch (signal) {
      case 'identified':
        return this.#identified()
      case 'connectReplied':
        return this.#replied()
      default:
        throw new Error(`the dialling end of version 1 has no use for ${signal}`)
    }
  }

  #identified(): HandshakeStep {
    const { peerAddr, seenAddr } = this.wire.identity
    const { peerAddr: wanted, anyNonce } = this.#memory
    if (!isSamePeer(wanted, peerAddr, anyNonce)) {
      const text = `address of the peer: expected ${wanted.toString()}, got ${peerAddr.toString()}`
      throw new ProtocolError('ERR_MSGR_WRONG_PEER', text)
    }
    if (anyNonce) this.#memory.peerAddr = wanted.with({ nonce: peerAddr.nonce })
    this.#emit({ kind: 'identified', peerAddr: this.#memory.peerAddr, seenAddr })
    this.#emit({ kind: 'authorizerNeeded', challenge: undefined })
    return 'authorizer'
  }

  /** Asks, or asks again after a challenge. */
  giveAuthorizer(authorizer: Authorizer): HandshakeStep {
    this.#authorizer = authorizer
    this.#ask()
    return 'ongoing'
  }

  /** The answer to the authorizer was found right: agrees. */
  secure(security: TransportSecurity | undefined): HandshakeStep {
    const { reply } = this.wire
    if (reply.kind !== 'opened') throw new Error(`a reply of kind ${reply.kind} is taken for an agreement`)
    this.#open(reply, security)
    return 'opened'
  }

  #replied(): HandshakeStep {
    if (++this.#rounds > this.#options.maxHandshakeRounds) {
      const text = `rounds of one handshake: expected at most ${this.#options.maxHandshakeRounds}, got ${this.#rounds}`
      throw new ProtocolError('ERR_MSGR_TOO_MANY_ROUNDS', text)
    }
    const memory = this.#memory
    const { reply } = this.wire
    switch (reply.kind) {
      case 'opened':
        this.#check(reply)
        this.#emit({
          kind: 'authorizerAnswered',
          answer: { reply: reply.authorizerReply, globalId: 0n, mode: MODE_CRC },
        })
        return 'security'
      case 'wait':
        return 'wait'
      case 'challenge':
        this.#emit({ kind: 'authorizerNeeded', challenge: reply.bytes })
        return 'authorizer'
      case 'badAuthorizer':
        this.#emit({
          kind: 'authorizerRefused',
          refusal: { method: this.#authorizer.protocol, result: ACCESS_DENIED, allowedMethods: [] },
          error: new ProtocolError('ERR_MSGR_REFUSED', 'the peer refuses our authorizer'),
        })
        return 'authorizer'
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
    return 'ongoing'
  }

  #ask(): void {
    const { connectSeq, lossy, policy, peerType } = this.#memory
    const { protocolVersion } = this.#options.termsFor(peerType, 'dial')
    this.wire.writeConnect(
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

  #check(reply: OpenedReply): void {
    const { featuresRequired } = this.#memory.policy
    if (!hasFeature(reply.features, featuresRequired)) {
      const missing = featuresRequired & ~reply.features
      throw new ProtocolError('ERR_MSGR_REFUSED', `the peer lacks features 0x${missing.toString(16)}, which we require`)
    }
    const expected = (this.#memory.connectSeq + 1) >>> 0
    if (reply.connectSeq !== expected) {
      const text = `connect seq of the reply: expected ${expected}, got ${reply.connectSeq}`
      throw new ProtocolError('ERR_MSGR_BAD_REPLY', text)
    }
  }

  #open(reply: OpenedReply, security: TransportSecurity | undefined): void {
    const memory = this.#memory
    memory.connectSeq = reply.connectSeq
    memory.peerGlobalSeq = reply.globalSeq
    memory.features = reply.features & memory.policy.featuresSupported
    // The accepting end decides whether the session is one that either end gives up after an error.
    memory.agreedLossy = reply.lossy
    memory.isConfirmed = true
    // A peer that does not want to know what we have got is sent an ack for all of it.
    memory.inSeqAcked = reply.inSeq === undefined ? 0 : memory.inSeq
    if (reply.inSeq !== undefined) {
      memory.queue.discardRequeuedUpTo(reply.inSeq)
      this.wire.writeInSeq(memory.inSeq)
    }
    this.wire.open(memory.features, security?.messageSigner?.(memory.features))
    this.#emit({ kind: 'connected' })
  }
}

/** A peer that does not know its IP yet is taken for the one wanted if port and nonce are right. */
function isSamePeer(wanted: EntityAddr, got: EntityAddr, anyNonce: boolean): boolean {
  if (wanted.port !== got.port || (!anyNonce && wanted.nonce !== got.nonce)) return false
  return got.isBlankIp || wanted.isSameHost(got)
}

function refusal(
  reply: Extract<ConnectReply, { kind: 'badProtocolVersion' | 'missingFeatures' }>,
  ownFeatures: bigint,
): ProtocolError {
  if (reply.kind === 'badProtocolVersion') {
    return new ProtocolError('ERR_MSGR_REFUSED', `the peer refuses our protocol version; it expects ${reply.expected}`)
  }
  const missing = reply.features & ~ownFeatures
  return new ProtocolError('ERR_MSGR_REFUSED', `the peer requires features 0x${missing.toString(16)}, which we lack`)
}
