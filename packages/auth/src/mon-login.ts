import { EntityType } from '@msgr/message'
import { challengeCodec } from './authorizer-structs.ts'
import { type AuthSession } from './client-authorizer.ts'
import { type ClientState } from './client-state.ts'
import { AuthProtocolError, AuthRefusedError } from './errors.ts'
import { type HeldTicket } from './held-tickets.ts'
import { AuthMethod, AuthMode, AuthResult, loginOfferCodec, loginStartCodec } from './login-structs.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { SessionKeyExchange } from './session-key-exchange.ts'

/** What begins a conversation in version 2 of the protocol: AUTH_REQUEST. */
export interface AuthRequest {
  /** Of `AuthMethod`. */
  readonly method: number
  readonly payload: Uint8Array
}

/** A login that has come to its end. */
export interface LoginResult extends AuthSession {
  readonly method: number
  readonly globalId: bigint
}

/** What comes next in version 1 of the protocol: another MAuth, or nothing. */
export type LoginStep =
  | { readonly kind: 'send'; readonly protocol: number; readonly payload: Uint8Array }
  | { readonly kind: 'done'; readonly result: LoginResult }

/** An MAuthReply. */
export interface MonReply {
  readonly protocol: number
  readonly result: number
  readonly globalId: bigint
  readonly payload: Uint8Array
}

const NO_SESSION: AuthSession = { sessionKey: undefined, connectionSecret: new Uint8Array(0) }

/**
 * One login to a monitor. In version 2 of the protocol each method takes or gives the payload of the frame that it is
 * named for; in version 1 `offer` and `reply` do so for MAuth messages. All of them throw `AuthProtocolError` for what
 * makes no sense, `AuthRefusedError` if the monitor will not have us, and `SealError` if it is none that knows our
 * secret. Ceph: src/mon/MonClient.cc, MonConnection
 */
export class MonLogin {
  readonly #state: ClientState
  readonly #globalId: bigint
  readonly #oldTicket: HeldTicket | undefined
  /** Logins that had come to their end when this one began. */
  readonly #loginsBefore: number
  #method: number
  #exchange: SessionKeyExchange | undefined
  #challenge: bigint | undefined
  #isOver = false

  constructor(state: ClientState, nowMs: number) {
    this.#state = state
    this.#loginsBefore = state.loginCount
    this.#oldTicket = state.tickets.get(EntityType.auth, nowMs)
    // A monitor gives no id of the past to who has no ticket for it.
    const mayKeepId = this.#oldTicket !== undefined || !state.methods.includes(AuthMethod.cephx)
    this.#globalId = mayKeepId ? state.globalId : 0n
    this.#method = state.methods[0] ?? AuthMethod.unknown
  }

  /** AUTH_REQUEST. */
  request(): AuthRequest {
    const { name } = this.#state
    const payload = encodeToBytes(loginStartCodec, { authMode: AuthMode.mon, name, globalId: this.#globalId })
    return { method: this.#method, payload }
  }

  /**
   * AUTH_BAD_METHOD: what to ask for instead. Throws `AuthRefusedError` if there is nothing else. The next login after
   * one that asked for a global id again, and was refused, is that of a new client.
   */
  badMethod(refusal: { method: number; result: number; allowedMethods: readonly number[] }): AuthRequest {
    const { methods } = this.#state
    const rest = methods.slice(methods.indexOf(this.#method) + 1)
    const next = rest.find((method) => refusal.allowedMethods.includes(method))
    if (refusal.method !== this.#method || next === undefined) throw this.#refused(refusal.result)
    this.#method = next
    this.#exchange = undefined
    this.#challenge = undefined
    return this.request()
  }

  /** AUTH_REPLY_MORE, answered with AUTH_REQUEST_MORE. */
  replyMore(payload: Uint8Array): Uint8Array {
    if (this.#method !== AuthMethod.cephx || this.#exchange !== undefined || this.#isOver) {
      throw new AuthProtocolError('login: expected the end of it, got a challenge')
    }
    this.#challenge = readPayload('challenge', challengeCodec, payload)
    this.#exchange = new SessionKeyExchange(this.#state, this.#challenge, this.#oldTicket)
    return this.#exchange.payload
  }

  /** AUTH_DONE. */
  done(answer: { globalId: bigint; payload: Uint8Array }, nowMs: number): LoginResult {
    if (this.#isOver) throw new AuthProtocolError('login: expected nothing after its end, got an answer')
    if (this.#state.loginCount !== this.#loginsBefore) {
      throw new AuthProtocolError('login: expected to be the first of several, got the end of another one before')
    }
    const session = this.#finish(answer.payload, nowMs)
    this.#isOver = true
    this.#state.loginCount++
    this.#state.globalId = answer.globalId
    this.#state.method = this.#method
    // Not before: of several logins at once only the one that comes to its end has a session to renew tickets in.
    this.#state.serverChallenge = this.#challenge
    return { ...session, method: this.#method, globalId: answer.globalId }
  }

  /** Version 1: the payload of the first MAuth, whose protocol is 0. The monitor chooses the method. */
  offer(): Uint8Array {
    const { methods, name } = this.#state
    return encodeToBytes(loginOfferCodec, { methods, name, globalId: this.#globalId })
  }

  /** Version 1: an MAuthReply. */
  reply({ protocol, result, globalId, payload }: MonReply, nowMs: number): LoginStep {
    if (result !== 0) throw this.#refused(result)
    if (this.#exchange === undefined) {
      if (!this.#state.methods.includes(protocol)) {
        throw new AuthProtocolError(`method: expected one of ${this.#state.methods.join(', ')}, got ${protocol}`)
      }
      this.#method = protocol
      if (protocol === AuthMethod.cephx) return { kind: 'send', protocol, payload: this.replyMore(payload) }
    }
    return { kind: 'done', result: this.done({ globalId, payload }, nowMs) }
  }

  #finish(payload: Uint8Array, nowMs: number): AuthSession {
    if (this.#method === AuthMethod.none) return NO_SESSION
    if (this.#exchange === undefined) {
      throw new AuthProtocolError('login: expected a challenge, got the end of it')
    }
    return this.#exchange.receive(payload, nowMs)
  }

  #refused(result: number): AuthRefusedError {
    if (this.#globalId !== 0n && result === AuthResult.accessDenied) {
      this.#state.globalId = 0n
      this.#state.tickets.clear()
    }
    return new AuthRefusedError(result, `the monitor refuses ${this.#state.name.toString()}: result ${result}`)
  }
}
