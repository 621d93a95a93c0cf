import { type AuthSession } from './client-authorizer.ts'
import { type AuthResult } from './login-structs.ts'
import { type PrincipalName } from './principal-name.ts'
import { type CapsInfo } from './ticket-structs.ts'

/** Who a peer has proved to be, or, with method none, says that it is. */
export interface AuthPeer {
  /** Of `AuthMethod`. */
  readonly method: number
  readonly name: PrincipalName
  readonly globalId: bigint
  readonly caps: CapsInfo
}

/** Whether somebody may connect. Called once for each connection, after the proof. */
export type MayConnect = (peer: AuthPeer) => boolean

/** The end of a conversation in which the peer has proved who it is. */
export interface AuthAccepted extends AuthSession {
  readonly kind: 'accepted'
  /** Goes to the peer: in AUTH_DONE, in an MAuthReply, or with the connect reply. */
  readonly payload: Uint8Array
  readonly peer: AuthPeer
}

/** What a server answers. Refusals do not tell why: an unknown name, a wrong key and a bad ticket look the same. */
export type AuthAnswer =
  | AuthAccepted
  /** The peer is asked for more: AUTH_REPLY_MORE, the tag CHALLENGE_AUTHORIZER, or an MAuthReply. */
  | { readonly kind: 'more'; readonly payload: Uint8Array }
  | { readonly kind: 'refused'; readonly result: (typeof AuthResult)[keyof typeof AuthResult] }
