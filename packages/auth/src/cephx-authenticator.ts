import { EntityType, entityTypeName, Feature, hasFeature } from '@msgr/message'
import { type AuthAccepted, type AuthPeer } from './auth-answer.ts'
import { type AuthClient } from './auth-client.ts'
import { type AuthService } from './auth-service.ts'
import { type AuthorizerAcceptance } from './authorizer-acceptance.ts'
import { type AuthSession, type ClientAuthorizer } from './client-authorizer.ts'
import { AuthProtocolError, AuthRefusedError } from './errors.ts'
import { SharedChallenges } from './issued-challenges.ts'
import { AuthMethod, AuthResult } from './login-structs.ts'

/** Proof of who one is as the connect handshake carries it: that of msgr-protocol, by shape. */
export interface Authorizer {
  /** Of `AuthMethod`. */
  readonly protocol: number
  readonly bytes: Uint8Array
}

/** The judgement of an authorizer: that of msgr-protocol, by shape. */
export type AuthorizerVerdict =
  | { readonly kind: 'accepted'; readonly reply: Uint8Array }
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused' }

/** Which handshake is meant. */
export interface HandshakeContext {
  /** Any object that stands for the transport: one for each handshake, and gone with it. */
  readonly transport: object
  /** Of the peer. Without, it is taken to have `Feature.cephxV2`. */
  readonly features?: bigint | undefined
}

export interface CephxAuthenticatorOptions {
  /** Who we are to those we dial. Without, we show nothing. */
  readonly client?: AuthClient
  /** Who judges those who dial us. Without, everybody is refused. */
  readonly service?: AuthService
  /** The wall clock, in milliseconds. Default: `Date.now`. */
  readonly now?: () => number
}

/** What came out of a handshake. */
export interface HandshakeOutcome extends AuthSession {
  /** Who the peer is; `undefined` for a service that we have dialled. */
  readonly peer: AuthPeer | undefined
}

const NOTHING: Authorizer = { protocol: AuthMethod.unknown, bytes: new Uint8Array(0) }

/**
 * Authentication in the connect handshake of version 1 of the protocol, for a messenger: the `Authenticator` of
 * messenger-core, by shape.
 *
 * A messenger that passes a `HandshakeContext` gets all of cephx. One that does not is served as well as can be: each
 * challenge may then be answered once, on whichever connection; nobody checks that a service is genuine, as the reply
 * is not seen; and there is no session key to sign messages with.
 */
export class CephxAuthenticator {
  readonly #client: AuthClient | undefined
  readonly #service: AuthService | undefined
  readonly #now: () => number
  readonly #sharedChallenges = new SharedChallenges()
  readonly #dialled = new WeakMap<object, ClientAuthorizer>()
  readonly #accepted = new WeakMap<object, AuthorizerAcceptance>()
  readonly #outcomes = new WeakMap<object, HandshakeOutcome>()

  constructor({ client, service, now = Date.now }: CephxAuthenticatorOptions) {
    this.#client = client
    this.#service = service
    this.#now = now
  }

  /**
   * What to show a peer of this type, or to show it after its challenge. Monitors are shown nothing, but by monitors:
   * the others log in when the connection is open. Throws `AuthRefusedError` without a ticket for the peer.
   */
  getAuthorizer(peerType: number, challenge: Uint8Array | undefined, context?: HandshakeContext): Authorizer {
    const client = this.#client
    if (client === undefined) return NOTHING
    if (peerType === EntityType.mon && client.name.type !== EntityType.mon) return NOTHING
    const begun = context === undefined ? undefined : this.#dialled.get(context.transport)
    // Asked anew without a challenge: another attempt on the same transport, which shows the same again.
    const authorizer = begun ?? this.#begin(client, peerType)
    if (context !== undefined) this.#dialled.set(context.transport, authorizer)
    const bytes = challenge === undefined ? authorizer.payload : authorizer.challenged(challenge)
    return { protocol: authorizer.method, bytes }
  }

  /** Whether a peer that shows this may open a session; its `reply` is what `checkReply` of the peer wants to see. */
  verifyAuthorizer(_peerType: number, authorizer: Authorizer, context?: HandshakeContext): AuthorizerVerdict {
    if (this.#service === undefined) return { kind: 'refused' }
    const { features = Feature.cephxV2, transport } = context ?? {}
    const acceptance = this.#acceptanceFor(this.#service, transport)
    const answer = acceptance.receive(authorizer.protocol, authorizer.bytes, {
      nowMs: this.#now(),
      answersChallenges: hasFeature(features, Feature.cephxV2),
    })
    if (answer.kind === 'refused') return { kind: 'refused' }
    if (answer.kind === 'more') return { kind: 'challenge', bytes: answer.payload }
    if (transport !== undefined) this.#outcomes.set(transport, outcomeOf(answer))
    return { kind: 'accepted', reply: answer.payload }
  }

  /**
   * Checks what a service has answered when it agreed: only one that can read our ticket can. Throws `SealError` or
   * `AuthProtocolError` if it cannot; the transport must then be closed.
   */
  checkReply(reply: Uint8Array, { transport }: HandshakeContext): HandshakeOutcome | undefined {
    const authorizer = this.#dialled.get(transport)
    if (authorizer === undefined) {
      if (reply.length === 0) return undefined
      throw new AuthProtocolError('reply to an authorizer: expected none, as we showed nothing, got one')
    }
    const outcome = { ...authorizer.finish(reply), peer: undefined }
    this.#outcomes.set(transport, outcome)
    return outcome
  }

  /** What came out of the handshake on a transport; `undefined` before its end. */
  outcomeOf(transport: object): HandshakeOutcome | undefined {
    return this.#outcomes.get(transport)
  }

  #begin(client: AuthClient, peerType: number): ClientAuthorizer {
    const authorizer = client.authorizer(peerType, this.#now())
    if (authorizer !== undefined) return authorizer
    const text = `${client.name.toString()}: expected a ticket for ${entityTypeName(peerType)}, got none`
    throw new AuthRefusedError(AuthResult.accessDenied, text)
  }

  #acceptanceFor(service: AuthService, transport: object | undefined): AuthorizerAcceptance {
    if (transport === undefined) return service.accept(this.#sharedChallenges)
    const begun = this.#accepted.get(transport)
    if (begun !== undefined) return begun
    const acceptance = service.accept()
    this.#accepted.set(transport, acceptance)
    return acceptance
  }
}

function outcomeOf({ peer, sessionKey, connectionSecret }: AuthAccepted): HandshakeOutcome {
  return { peer, sessionKey, connectionSecret }
}
