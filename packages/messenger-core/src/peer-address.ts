import type { EntityAddr, EntityAddrVec } from '@msgr/message'

/** A peer to connect to: what it is, and where. */
export interface PeerAddress {
  /** One of `EntityType`. */
  readonly type: number
  /**
   * Of several the first of version 2 is dialled, or else the first of version 1; by a messenger that listens in
   * version 1 alone the first of version 1, or else of version 2.
   */
  readonly addr: EntityAddr | EntityAddrVec
}

export interface ConnectOptions {
  /** A connection of its own, which `getConnection` gives to nobody else. */
  readonly anonymous?: boolean
  /** The peer's nonce is not known: take whichever it has. Version 1 only: in version 2 a peer refuses a wrong one. */
  readonly anyNonce?: boolean
}
