import type { EntityAddr, EntityAddrVec, MessageRegistry } from '@msgr/message'
import type { GlobalSeq } from './global-seq.ts'
import type { Policy } from './policy.ts'
import type { WireOptions } from './wire.ts'

/** What this end grants and asks of peers of one type. */
export interface PeerTerms {
  readonly policy: Policy
  /** Version 1: the version both ends must name, see `protocolVersion`. */
  readonly protocolVersion: number
  /** Version 2: of `ConnectionMode`, the most wanted first. The order of the dialling end decides. */
  readonly modes: readonly number[]
}

export interface SessionTiming {
  /** Waits between attempts to connect: the first, and the longest. */
  readonly initialBackoffMs: number
  readonly maxBackoffMs: number
  /** From opening a transport to the end of the handshake. */
  readonly connectionReadyTimeoutMs: number
  /** How long an open transport may be silent. */
  readonly connectionIdleTimeoutMs: number
}

/** What the sessions of one messenger share. All functions are pure or only count. */
export interface SessionOptions {
  readonly wire: WireOptions
  readonly registry: MessageRegistry
  readonly globalSeq: GlobalSeq
  /** One of `EntityType`. */
  readonly ownType: number
  /** This end's address in version 1 as it knows it now; the IP may be learned after the first connection. */
  readonly ownAddr: () => EntityAddr
  /** All of them: what version 2 tells its peers. */
  readonly ownAddrs: () => EntityAddrVec
  /** `remoteAddr`: the peer's end of the transport, once there is one. */
  readonly termsFor: (peerType: number, role: 'dial' | 'accept', remoteAddr?: EntityAddr) => PeerTerms
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  readonly timing: SessionTiming
  readonly maxHandshakeRounds: number
  /** What the messages of one session that wait, or are not acknowledged, may take up before no more are taken. */
  readonly maxQueuedBytes?: number
}
