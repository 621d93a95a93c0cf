import type { EntityAddr } from '@msgr/message'
import type { Authorizer } from '../handshake.ts'

/** What the ends tell each other of their addresses, before anything else. */
export interface PeerIdentity {
  /** The address the peer gives as its own. */
  readonly peerAddr: EntityAddr
  /** Our address as the peer sees it, if it says so. */
  readonly seenAddr: EntityAddr | undefined
}

/** The dialling end asks for a session. */
export interface ConnectRequest {
  readonly features: bigint
  /** One of `EntityType`. */
  readonly peerType: number
  readonly globalSeq: number
  /** 0 asks for a new session. */
  readonly connectSeq: number
  readonly protocolVersion: number
  readonly lossy: boolean
  readonly authorizer: Authorizer
}

/** What there is to a request once its authorizer has been judged. */
export type JudgedRequest = Pick<ConnectRequest, 'features' | 'peerType' | 'globalSeq' | 'connectSeq'>

/** The accepting end agrees. */
export interface OpenedReply {
  readonly kind: 'opened'
  readonly features: bigint
  readonly globalSeq: number
  readonly connectSeq: number
  readonly protocolVersion: number
  readonly lossy: boolean
  /** The last message the accepting end has got; `undefined` if it does not say, and knows nothing of a past. */
  readonly inSeq: number | undefined
  readonly authorizerReply: Uint8Array
}

/** The accepting end wants the dialling end to ask again, otherwise, or not at all. */
export type RetryReply =
  | { readonly kind: 'resetSession' }
  | { readonly kind: 'retrySession'; readonly seq: number }
  | { readonly kind: 'retryGlobal'; readonly seq: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'badProtocolVersion'; readonly expected: number }
  | { readonly kind: 'missingFeatures'; readonly features: bigint }
  | { readonly kind: 'badAuthorizer' }

export type ConnectReply = OpenedReply | RetryReply
