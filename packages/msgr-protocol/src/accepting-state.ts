import type { EntityAddrFields } from '@msgr/message'
import type { PortableSecurity, TransportSecurity } from './security.ts'
import type { JudgedRequest } from './wire-v1/connect.ts'
import type { FrameCipherPosition, FrameRevision } from './wire-v2/frame-cipher.ts'
import type { EncodedSessionRequest } from './wire-v2/session-request.ts'

/**
 * An accepting handshake that waits for `answerConnect`, on its way from one session to another: plain data that
 * `structuredClone` copies. All its bytes are in memory of their own. It may hold secrets: it belongs into no log.
 */
export type AcceptingState = AcceptingStateV1 | AcceptingStateV2

/** Makes `TransportSecurity` of what it was made portable as: `restoreSecurity` of its module. */
export type RestoreSecurity = (portable: PortableSecurity) => TransportSecurity

/** A handshake that has come from elsewhere. */
export interface MovedHandshake {
  readonly state: AcceptingState
  readonly restore: RestoreSecurity
}

/** What the wire of either version is about to read and to write. */
export interface PendingBytes {
  /** What came from the transport and was not read. */
  readonly unread: Uint8Array
  /** What the transport was not given yet. It goes out before anything else. */
  readonly unsent: Uint8Array
}

interface AcceptingTransport extends PendingBytes {
  readonly remoteAddr: EntityAddrFields
  /** How long ago the handshake began, in milliseconds: the clocks of two threads may differ. */
  readonly ageMs: number
  readonly rounds: number
  /** `undefined` if what is still to come needs none. */
  readonly security: PortableSecurity | undefined
}

export interface AcceptingStateV1 extends AcceptingTransport {
  readonly wire: 'v1'
  readonly peerAddr: EntityAddrFields
  readonly request: JudgedRequest
  readonly authorizerReply: Uint8Array
}

/** The part of it that is the wire's. Both ends have signed, so that what they signed is of no use any more. */
export interface WireStateV2 extends PendingBytes {
  readonly revision: FrameRevision
  readonly security: PortableSecurity | undefined
  /** `undefined` in mode crc. */
  readonly cipher: FrameCipherPosition | undefined
}

export interface AcceptingStateV2 extends AcceptingTransport, WireStateV2 {
  readonly wire: 'v2'
  readonly peerType: number
  readonly globalId: bigint
  readonly request: EncodedSessionRequest
}
