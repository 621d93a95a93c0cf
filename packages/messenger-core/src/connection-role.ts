import type { EntityAddr } from '@msgr/message'
import { Session, type SessionOptions, type WireVersion } from '@msgr/msgr-protocol'
import type { Transport } from './transport.ts'

/** A connection that dials a peer. */
export interface DialRole {
  readonly kind: 'dial'
  readonly peerType: number
  readonly peerAddr: EntityAddr
  readonly anyNonce: boolean
  /** It is not to be found by its peer's address. */
  readonly isAnonymous: boolean
}

/** Which end a connection is, and with whom. */
export type ConnectionRole =
  | DialRole
  | { readonly kind: 'accept'; readonly transport: Transport; readonly wire: WireVersion }
  /** Goes on with what another connection has handed over. */
  | { readonly kind: 'goOn'; readonly transport: Transport; readonly session: Session }

/** The session that a connection of this role begins with. */
export function sessionFor(role: ConnectionRole, options: SessionOptions): Session {
  switch (role.kind) {
    case 'dial':
      return Session.dial(options, { type: role.peerType, addr: role.peerAddr, anyNonce: role.anyNonce })
    case 'accept':
      return Session.accept(options, role.transport.remoteAddr.with({ type: role.wire }))
    case 'goOn':
      return role.session
  }
}
