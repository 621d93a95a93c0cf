import type { AcceptingState } from './accepting-state.ts'
import type { AcceptDecision } from './decide-accept.ts'
import type { SessionMemory } from './session-memory.ts'
import type { TransportSecurity } from './security.ts'
import type { HandshakeSignal, Wire } from './wire.ts'

/** Proof of who one is, as a wire carries it. Protocol 0: none given. Ceph: src/include/ceph_fs.h, CEPH_AUTH_* */
export interface Authorizer {
  readonly protocol: number
  readonly bytes: Uint8Array
}

export const AuthProtocol = { unknown: 0, none: 1, cephx: 2, gss: 4 } as const

/** No proof at all. */
export const NO_AUTHORIZER: Authorizer = { protocol: AuthProtocol.unknown, bytes: new Uint8Array(0) }

/** What the accepting end says when it has accepted an authorizer. */
export interface AuthorizerAnswer {
  readonly reply: Uint8Array
  /** Version 2: the number that a monitor gives its client; to other peers what they called themselves. */
  readonly globalId: bigint
  /** Version 2: one of `ConnectionMode`. Version 1 has but `crc`. */
  readonly mode: number
}

/** The peer does not accept an authorizer, but would look at another one. */
export interface AuthorizerRefusal {
  readonly method: number
  /** A negative errno. Version 1 does not say: -13, EACCES. */
  readonly result: number
  /** Empty if the peer does not say. */
  readonly allowedMethods: readonly number[]
}

/** What an accepting end is shown. */
export interface ShownAuthorizer {
  /** One of `EntityType`: what the peer calls itself. */
  readonly peerType: number
  readonly authorizer: Authorizer
  /** What the peer supports, if it has said so by now: in version 2 it has not. */
  readonly features: bigint | undefined
  /** One of `ConnectionMode`: what will be used if this is accepted. */
  readonly mode: number
  /** Version 2: the peer goes on with what it began. */
  readonly isMore: boolean
}

/** The owner's judgement of an authorizer. */
export type AuthorizerVerdict =
  /** `reply` goes to the peer with the agreement. */
  | {
      readonly kind: 'accepted'
      readonly reply: Uint8Array
      readonly globalId?: bigint
      readonly security?: TransportSecurity | undefined
      /** Who the peer has proved to be, in whatever form; for the application. */
      readonly peer?: unknown
    }
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  /** `result`: a negative errno, -13 (EACCES) by default. `methods`: those that would be looked at. */
  | { readonly kind: 'refused'; readonly result?: number; readonly methods?: readonly number[] }

/**
 * Where a handshake stands after a step: it is the peer's turn (`ongoing`), or the owner's: `giveAuthorizer`,
 * `answerAuthorizer`, `secure`, or `answerConnect` and `takeOver`. Both ends agree (`opened`); the peer has told what
 * it has got (`confirmed`); or the peer's own attempt is to be waited for (`wait`).
 */
export type HandshakeStep =
  'ongoing' | 'authorizer' | 'verdict' | 'security' | 'decision' | 'opened' | 'confirmed' | 'wait'

/** A decision that leaves the asking end to ask again. */
export type RetryDecision = Exclude<AcceptDecision, { kind: 'open' | 'replace' }>

/** The dialling end of one handshake. All of it throws `ProtocolError` if the peer refuses us or makes no sense. */
export interface DialHandshake {
  readonly wire: Wire
  act(signal: HandshakeSignal): HandshakeStep
  giveAuthorizer(authorizer: Authorizer): HandshakeStep
  secure(security: TransportSecurity | undefined): HandshakeStep
}

/** The accepting end of one. If it opens a session held already, it moves there with its wire. */
export interface AcceptHandshake {
  readonly wire: Wire
  act(signal: HandshakeSignal): HandshakeStep
  answerAuthorizer(verdict: AuthorizerVerdict): HandshakeStep
  retry(decision: RetryDecision): void
  /**
   * Agrees, and makes `memory` the session that was asked for. True if the peer will tell what it has got before
   * anything may be sent.
   */
  open(memory: SessionMemory): boolean
  /**
   * Takes out what another one needs to go on from here, at a decision. `ageMs`: how long it has been going on.
   * `undefined`, with nothing taken out, if what secures the transport is not portable.
   */
  takeState(ageMs: number): AcceptingState | undefined
}
