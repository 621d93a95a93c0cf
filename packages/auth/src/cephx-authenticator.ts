import { EntityType, entityTypeName, Feature, hasFeature } from '@msgr/message'
import { type AuthAnswer, type AuthPeer } from './auth-answer.ts'
import { type AuthClient } from './auth-client.ts'
import { type AuthService } from './auth-service.ts'
import { AcceptedConversation } from './accepted-conversation.ts'
import { CONNECTION_SECRET_LENGTH } from './frame-cipher.ts'
import { DialledConversation } from './dialled-conversation.ts'
import { AuthProtocolError, AuthRefusedError } from './errors.ts'
import { type KeyServer } from './key-server.ts'
import { AuthMethod, AuthResult } from './login-structs.ts'
import { SessionSecurity } from './session-security.ts'

/** Proof of who one is as a handshake carries it: that of msgr-protocol, by shape. */
export interface Authorizer {
  /** Of `AuthMethod`. */
  readonly protocol: number
  readonly bytes: Uint8Array
}

/** The judgement of an authorizer: that of msgr-protocol, by shape. */
export type AuthorizerVerdict =
  | {
      readonly kind: 'accepted'
      readonly reply: Uint8Array
      readonly globalId: bigint
      readonly security: SessionSecurity | undefined
      readonly peer: AuthPeer | undefined
    }
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly result: number; readonly methods: readonly number[] }

/** Which handshake is meant: that of messenger-core, by shape. */
export interface HandshakeContext {
  /** Any object that stands for the transport: one for each handshake, and gone with it. */
  readonly transport: object
  readonly wire: 'v1' | 'v2'
}

/** What the accepting end knows besides what it is shown: that of messenger-core, by shape. */
export interface AcceptContext extends HandshakeContext {
  /** Of the peer, if it has said so. Without, it is taken to have `Feature.cephxV2`. */
  readonly features: bigint | undefined
  /** How frames will be protected: 1 crc, 2 secure. */
  readonly mode: number
  readonly isMore: boolean
}

export interface CephxAuthenticatorOptions {
  /** Who we are to those we dial. Without, we show nothing. */
  readonly client?: AuthClient
  /** Who judges those who dial us. Without, everybody is refused. */
  readonly service?: AuthService
  /** A monitor: who gives tickets to those who log in. */
  readonly keyServer?: KeyServer
  /**
   * Gets a new ticket for a kind of service, when there is none that is good, or a service has refused the one there
   * is: from a monitor. Without, such an attempt to connect fails.
   */
  readonly renew?: (serviceId: number) => Promise<void>
  /** Is told when a monitor will not have us, in version 2; the messenger then tries again and again. */
  readonly onLoginRefused?: (refusal: AuthRefusedError) => void
  /** Monitors give no tickets: they are shown one, as every service is. Default false: they are logged in to. */
  readonly monitorsAreServices?: boolean
  /** Sign messages of version 1 of the protocol. Default true. */
  readonly signMessages?: boolean
  /** The wall clock, in milliseconds. Default: `Date.now`. */
  readonly now?: () => number
}

const NOTHING: Authorizer = { protocol: AuthMethod.unknown, bytes: new Uint8Array(0) }
const MODE_SECURE = 2

/**
 * Authentication in the handshakes of both versions of the protocol, for a messenger: the `Authenticator` of
 * messenger-core, by shape. In version 1 nobody proves anything to a monitor in the handshake: that is done by
 * messages afterwards.
 */
export class CephxAuthenticator {
  readonly #client: AuthClient | undefined
  readonly #service: AuthService | undefined
  readonly #keyServer: KeyServer | undefined
  readonly #renew: ((serviceId: number) => Promise<void>) | undefined
  readonly #onLoginRefused: ((refusal: AuthRefusedError) => void) | undefined
  readonly #monitorsAreServices: boolean
  readonly #signMessages: boolean
  readonly #now: () => number
  /** What goes on on each transport. */
  readonly #dialled = new WeakMap<object, DialledConversation>()
  readonly #accepted = new WeakMap<object, AcceptedConversation>()

  constructor(options: CephxAuthenticatorOptions) {
    const { client, service, keyServer, renew, onLoginRefused, monitorsAreServices, signMessages, now } = options
    this.#client = client
    this.#service = service
    this.#keyServer = keyServer
    this.#renew = renew
    this.#onLoginRefused = onLoginRefused
    this.#monitorsAreServices = monitorsAreServices ?? false
    this.#signMessages = signMessages ?? true
    this.#now = now ?? Date.now
  }

  /**
   * What to show a peer of this type, or to show it after its challenge. A monitor is logged in to in version 2, and
   * shown nothing in version 1. Throws `AuthRefusedError` without a ticket for the peer.
   */
  getAuthorizer(
    peerType: number,
    challenge: Uint8Array | undefined,
    context: HandshakeContext,
  ): Authorizer | Promise<Authorizer> {
    const client = this.#client
    if (client === undefined) return NOTHING
    const isLogin = this.#isLoggedInTo(peerType, client)
    if (isLogin && context.wire === 'v1') return NOTHING
    const begun = this.#dialled.get(context.transport)
    if (begun !== undefined) return begun.show(challenge)
    const conversation = isLogin ? DialledConversation.withMon(client, this.#now()) : this.#toService(client, peerType)
    if (conversation !== undefined) return this.#begin(conversation, context)
    return this.#beginWithNewTicket(client, peerType, context)
  }

  /** The peer does not take what it was shown: what else to show. `undefined` if nothing, on this transport. */
  replaceAuthorizer(
    peerType: number,
    refusal: { readonly method: number; readonly result: number; readonly allowedMethods: readonly number[] },
    context: HandshakeContext,
  ): Authorizer | undefined {
    const conversation = this.#dialled.get(context.transport)
    if (conversation?.isLogin === true) return this.#replaceLogin(conversation, refusal)
    // A service that has forgotten the secret of a ticket takes a newer one.
    this.#client?.tickets.delete(peerType)
    return undefined
  }

  /**
   * Checks what the peer has answered: only a service that can read our ticket, or a monitor that knows our secret,
   * can. Throws `SealError` or `AuthProtocolError` if it cannot; the transport must then be closed.
   */
  checkAnswer(
    _peerType: number,
    answer: { readonly reply: Uint8Array; readonly globalId: bigint },
    context: HandshakeContext,
  ): SessionSecurity | undefined {
    const conversation = this.#dialled.get(context.transport)
    if (conversation !== undefined) return this.#security(conversation.finish(answer, this.#now()))
    if (answer.reply.length === 0) return undefined
    throw new AuthProtocolError('reply to an authorizer: expected none, as we showed nothing, got one')
  }

  /** Whether a peer that shows this may open a session. */
  verifyAuthorizer(_peerType: number, authorizer: Authorizer, context: AcceptContext): AuthorizerVerdict {
    if (this.#mayShowNothing(authorizer, context)) {
      return { kind: 'accepted', reply: authorizer.bytes, globalId: 0n, security: undefined, peer: undefined }
    }
    const { features = Feature.cephxV2, mode, isMore, transport } = context
    const answer = this.#conversationOn(transport).receive(authorizer, isMore, {
      nowMs: this.#now(),
      connectionSecretLength: mode === MODE_SECURE ? CONNECTION_SECRET_LENGTH : 0,
      answersChallenges: hasFeature(features, Feature.cephxV2),
    })
    return this.#verdict(answer)
  }

  /** Monitors are, but by other monitors. */
  #isLoggedInTo(peerType: number, client: AuthClient): boolean {
    return peerType === EntityType.mon && client.name.type !== EntityType.mon && !this.#monitorsAreServices
  }

  /** In version 1 nobody but monitors shows a monitor anything: whoever comes logs in by messages. */
  #mayShowNothing(authorizer: Authorizer, { wire }: AcceptContext): boolean {
    const isNothing = authorizer.protocol === AuthMethod.unknown && authorizer.bytes.length === 0
    return wire === 'v1' && isNothing && this.#keyServer !== undefined
  }

  #verdict(answer: AuthAnswer): AuthorizerVerdict {
    switch (answer.kind) {
      case 'more':
        return { kind: 'challenge', bytes: answer.payload }
      case 'refused':
        return { kind: 'refused', result: answer.result, methods: (this.#keyServer ?? this.#service)?.methods ?? [] }
      case 'accepted': {
        const { payload, peer } = answer
        return { kind: 'accepted', reply: payload, globalId: peer.globalId, security: this.#security(answer), peer }
      }
    }
  }

  #security(session: Parameters<typeof SessionSecurity.of>[0]): SessionSecurity | undefined {
    return SessionSecurity.of(session, { signMessages: this.#signMessages })
  }

  #replaceLogin(
    conversation: DialledConversation,
    refusal: Parameters<DialledConversation['replace']>[0],
  ): Authorizer | undefined {
    try {
      return conversation.replace(refusal)
    } catch (error) {
      if (error instanceof AuthRefusedError) this.#onLoginRefused?.(error)
      throw error
    }
  }

  #toService(client: AuthClient, serviceId: number): DialledConversation | undefined {
    const authorizer = client.authorizer(serviceId, this.#now())
    return authorizer && DialledConversation.withService(authorizer)
  }

  #begin(conversation: DialledConversation, { transport }: HandshakeContext): Authorizer {
    this.#dialled.set(transport, conversation)
    return conversation.show(undefined)
  }

  async #beginWithNewTicket(client: AuthClient, serviceId: number, context: HandshakeContext): Promise<Authorizer> {
    await this.#renew?.(serviceId)
    const conversation = this.#toService(client, serviceId)
    if (conversation !== undefined) return this.#begin(conversation, context)
    const text = `${client.name.toString()}: expected a ticket for ${entityTypeName(serviceId)}, got none`
    throw new AuthRefusedError(AuthResult.accessDenied, text)
  }

  #conversationOn(transport: object): AcceptedConversation {
    let conversation = this.#accepted.get(transport)
    if (conversation === undefined) {
      conversation = new AcceptedConversation(this.#service, this.#keyServer)
      this.#accepted.set(transport, conversation)
    }
    return conversation
  }
}
