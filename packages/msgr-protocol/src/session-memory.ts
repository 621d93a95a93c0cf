import { EntityAddrVec, Feature, hasFeature, type EntityAddr, type EntityName } from '@msgr/message'
import type { SessionState, SessionSummary } from './decide-accept.ts'
import { OutQueue } from './out-queue.ts'
import type { Policy } from './policy.ts'
import type { SessionOptions } from './session-options.ts'
import type { WireVersion } from './wire.ts'

/** The largest first sequence number after a reset. Ceph: src/msg/async/ProtocolV1.cc, SEQ_MASK */
const RANDOM_SEQ_LIMIT = 0x8000_0000
/** Connect seqs are u32 in version 1, and u64 in version 2. */
const CONNECT_SEQ_LIMIT = { v1: 0x1_0000_0000, v2: Number.MAX_SAFE_INTEGER } as const

/** What others may know of a session. */
export interface SessionFacts extends SessionSummary {
  /** Which version of the protocol it is spoken in. */
  readonly wire: WireVersion
  /** One of `EntityType`; -1 while an accepted peer has not said. */
  readonly peerType: number
  readonly peerAddr: EntityAddr
  /** All addresses the peer has given, `peerAddr` among them. */
  readonly peerAddrs: EntityAddrVec
  /** The number that a monitor gave us, or a client has been given, when the transport was opened; version 2 only. */
  readonly globalId: bigint
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
  /** Something will be sent once the session is open, though nothing is queued yet. */
  isWanted = false
  /**
   * Since the last reset the peer has had the session open, or may have: it said what it has got, or a message has
   * gone one way or the other. A session that was agreed to, and then cut off, may be one that the peer never had.
   */
  isConfirmed = false
  peerType: number
  peerAddr: EntityAddr
  peerAddrs: EntityAddrVec
  /** What the peer calls itself; version 2 only, where its messages do not say. */
  peerName: EntityName | undefined = undefined
  globalId = 0n
  clientCookie = 0n
  serverCookie = 0n
  triedCookie = 0n
  /** The nonce of `peerAddr` is not known: whichever the peer has is right. */
  anyNonce = false
  features = 0n
  connectSeq = 0
  peerGlobalSeq = 0
  /** The last message got, and the last one the peer was told we have. */
  inSeq = 0
  inSeqAcked = 0
  readonly queue: OutQueue = new OutQueue()

  /** Which version of the protocol the session is spoken in, for as long as it lives. */
  readonly wire: WireVersion

  constructor(policy: Policy, peerType: number, peerAddr: EntityAddr) {
    this.wire = peerAddr.type === 'v1' ? 'v1' : 'v2'
    this.policy = policy
    this.agreedLossy = policy.lossy
    this.peerType = peerType
    this.peerAddr = peerAddr
    this.peerAddrs = new EntityAddrVec([peerAddr])
  }

  /** Of a session that will dial a peer. */
  static dialling(
    options: Pick<SessionOptions, 'termsFor'>,
    peer: { type: number; addr: EntityAddr; anyNonce?: boolean },
  ): SessionMemory {
    const memory = new SessionMemory(options.termsFor(peer.type, 'dial').policy, peer.type, peer.addr)
    memory.anyNonce = peer.anyNonce ?? false
    return memory
  }

  /** Of a session that a peer has dialled, and that does not know yet what the peer is. */
  static accepting(options: Pick<SessionOptions, 'termsFor'>, remoteAddr: EntityAddr): SessionMemory {
    const memory = new SessionMemory(options.termsFor(-1, 'accept').policy, -1, remoteAddr)
    memory.state = 'accepting'
    return memory
  }

  get lossy(): boolean {
    return this.agreedLossy || this.isDisposable
  }

  /** A transport is open, by whichever end's attempt. */
  opened(): void {
    this.state = 'open'
    this.isBackingOff = false
    this.isWanted = false
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

  /** This end dials, by its policy, and the peer listens somewhere, in the version that the session is spoken in. */
  get mayDial(): boolean {
    const { type, port } = this.peerAddr
    return !this.policy.server && port !== 0 && (type === 'v1') === (this.wire === 'v1')
  }

  /** An open session begins another attempt. 0 stands for one that was never open; a peer would refuse to resume it. */
  countAttempt(): void {
    const mayResume = this.wire === 'v1' ? this.connectSeq > 0 : this.serverCookie !== 0n
    if (mayResume) this.connectSeq = (this.connectSeq + 1) % CONNECT_SEQ_LIMIT[this.wire]
  }

  /** The peer has not had the session open, or has lost it, and begins another; what is queued is kept. */
  restart(): void {
    this.clientCookie = this.triedCookie
    this.serverCookie = 0n
    this.connectSeq = 0
    this.inSeq = 0
    this.inSeqAcked = 0
  }

  /**
   * The peer knows nothing of the session: what was queued or in flight is forgotten, numbers start anew, and the
   * application is to be told; then the answer is true. It is false if the peer never had the session open: it has
   * lost nothing.
   *
   * Ceph: src/msg/async/ProtocolV1.cc, session_reset; ProtocolV2.cc, reset_session. Differs from Ceph: there a session
   * whose very first handshake was cut short after the accepting end had agreed loses what that end has queued since.
   */
  reset(random: () => number): boolean {
    this.triedCookie = 0n
    this.restart()
    if (!this.isConfirmed) return false
    this.isConfirmed = false
    const randomStart = this.wire === 'v1' && hasFeature(this.features, Feature.msgAuth)
    this.queue.reset(randomStart ? Math.floor(random() * RANDOM_SEQ_LIMIT) : 0)
    return true
  }
}
