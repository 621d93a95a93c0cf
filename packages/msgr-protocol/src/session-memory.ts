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
}

/** What a session remembers from one transport to the next. */
export class SessionMemory implements SessionFacts {
  state: SessionState = 'connecting'
  policy: Policy
  /** What the policy says until the accepting end's reply says otherwise. */
  agreedLossy: boolean
  /** Lossy from here on, whatever the ends agree on. */
  isDisposable = false
  isBackingOff = false
  /**
   * Since the last reset the peer has had the session open, or may have: it said what it has got, or a message has
   * gone one way or the other. A session that was agreed to, and then cut off, may be one that the peer never had.
   */
  isConfirmed = false
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
    this.agreedLossy = policy.lossy
    this.peerType = peerType
    this.peerAddr = peerAddr
  }

  get lossy(): boolean {
    return this.agreedLossy || this.isDisposable
  }

  /** Whether a message of this number has been received before. If so, its sender will be told again. */
  isDouble(seq: number): boolean {
    if (seq > this.inSeq) return false
    // It would not have been sent again, had the peer known that we have it.
    this.inSeqAcked = Math.min(this.inSeqAcked, Math.max(0, seq - 1))
    return true
  }

  /** A message has come, and is not a double. */
  received(seq: number): void {
    this.inSeq = seq
    this.isConfirmed = true
  }

  /** This end dials, by its policy, and the peer listens somewhere. */
  get mayDial(): boolean {
    return !this.policy.server && this.peerAddr.port !== 0
  }

  /**
   * The peer knows nothing of the session: what was queued or in flight is forgotten, numbers start anew, and the
   * application is to be told; then the answer is true. It is false if the peer never had the session open: it has
   * lost nothing.
   *
   * Ceph: src/msg/async/ProtocolV1.cc, session_reset. Differs from Ceph: there a session whose very first handshake
   * was cut short after the accepting end had agreed loses what that end has queued since.
   */
  reset(random: () => number): boolean {
    this.connectSeq = 0
    this.inSeq = 0
    this.inSeqAcked = 0
    if (!this.isConfirmed) return false
    this.isConfirmed = false
    const randomStart = hasFeature(this.features, Feature.msgAuth)
    this.queue.reset(randomStart ? Math.floor(random() * RANDOM_SEQ_LIMIT) : 0)
    return true
  }
}
