import type { EntityAddr } from '@msgr/message'
import type { WireVersion } from '@msgr/msgr-protocol'
import type { Transport } from './transport.ts'

/** A connection that dials a peer. */
export interface DialRole {
  readonly kind: 'dial'
  readonly peerType: number
  readonly peerAddr: EntityAddr
  readonly anyNonce: boolean
}

/** Which end a connection is, and with whom. */
export type ConnectionRole =
  DialRole | { readonly kind: 'accept'; readonly transport: Transport; readonly wire: WireVersion }
