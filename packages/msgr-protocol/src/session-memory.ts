import { Feature, hasFeature, type EntityAddr } from '@msgr/message'
import type { SessionState, SessionSummary } from './decide-accept.ts'
import { OutQueue } from './out-queue.ts'
import type { Policy } from './policy.ts'

/** The largest first sequence number after a reset. Ceph: src/msg/async/ProtocolV1.cc, SEQ_MASK */
const RANDOM_SEQ_LIMIT = 0x8000_0000

/** What others may know of a session. */
export interface SessionFacts extends SessionSummary {
  /** One of `EntityType`; -1 while an accepted peer has not said. */
  readonly peerType: number
  readonly peerAddr: EntityAddr
  /** What both ends have; 0n before the first handshake is over. */
  readonly features: bigint
  /** An error ends the session. */
  readonly lossy: boolean
}

/** What a session remembers from one transport to the next. */
export class SessionMemory implements SessionFacts {
  state: SessionState = 'connecting'
  policy: Policy
  /** What the policy says until the accepting end's reply says otherwise. */
  lossy: boolean
  peerType: number
  peerAddr: EntityAddr
  /** The nonce of `peerAddr` is not known: whichever the peer has is right. */
  anyNonce = false
  features = 0n
  connectSeq = 0
  peerGlobalSeq = 0
  /** The last message got, and the last one the peer was told we have. */
  inSeq = 0
  inSeqAcked = 0
  readonly queue: OutQueue = new OutQueue()

  constructor(policy: Policy, peerType: number, peerAddr: EntityAddr) {
    this.policy = policy
    this.lossy = policy.lossy
    this.peerType = peerType
    this.peerAddr = peerAddr
  }

  /**
   * One of the ends has lost the session: what was queued or in flight is forgotten, and numbers start anew.
   * Ceph: src/msg/async/ProtocolV1.cc, session_reset
   */
  reset(random: () => number): void {
    const randomStart = hasFeature(this.features, Feature.msgAuth)
    this.queue.reset(randomStart ? Math.floor(random() * RANDOM_SEQ_LIMIT) : 0)
    this.connectSeq = 0
    this.inSeq = 0
    this.inSeqAcked = 0
  }
}
