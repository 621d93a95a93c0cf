import { type AuthClient } from './auth-client.ts'
import { type AuthSession, type ClientAuthorizer } from './client-authorizer.ts'
import { type MonLogin } from './mon-login.ts'

/** What is shown to a peer. */
interface Shown {
  /** Of `AuthMethod`. */
  readonly protocol: number
  readonly bytes: Uint8Array
}

type Peer =
  | { readonly kind: 'service'; readonly authorizer: ClientAuthorizer }
  | { readonly kind: 'mon'; readonly login: MonLogin }

/** What the dialling end says on one transport: a proof to a service, or a login to a monitor. */
export class DialledConversation {
  readonly #peer: Peer
  #method: number

  private constructor(peer: Peer, method: number) {
    this.#peer = peer
    this.#method = method
  }

  static withService(authorizer: ClientAuthorizer): DialledConversation {
    return new DialledConversation({ kind: 'service', authorizer }, authorizer.method)
  }

  /** Version 2: in version 1 a login is made of messages. */
  static withMon(client: AuthClient, nowMs: number): DialledConversation {
    const login = client.login(nowMs)
    return new DialledConversation({ kind: 'mon', login }, login.request().method)
  }

  get isLogin(): boolean {
    return this.#peer.kind === 'mon'
  }

  /** What to show at first, and after a challenge. Throws what the method throws for one that makes no sense. */
  show(challenge: Uint8Array | undefined): Shown {
    const peer = this.#peer
    if (peer.kind === 'service') {
      const { authorizer } = peer
      const bytes = challenge === undefined ? authorizer.payload : authorizer.challenged(challenge)
      return { protocol: authorizer.method, bytes }
    }
    if (challenge !== undefined) return { protocol: this.#method, bytes: peer.login.replyMore(challenge) }
    const { method, payload } = peer.login.request()
    return { protocol: method, bytes: payload }
  }

  /** A monitor refuses a method: another one. Throws `AuthRefusedError` if there is none. */
  replace(refusal: { method: number; result: number; allowedMethods: readonly number[] }): Shown | undefined {
    if (this.#peer.kind === 'service') return undefined
    const { method, payload } = this.#peer.login.badMethod(refusal)
    this.#method = method
    return { protocol: method, bytes: payload }
  }

  /** The peer takes it. Throws `SealError` or `AuthProtocolError` if its answer is not that of who it claims to be. */
  finish({ reply, globalId }: { reply: Uint8Array; globalId: bigint }, nowMs: number): AuthSession {
    const peer = this.#peer
    return peer.kind === 'service'
      ? peer.authorizer.finish(reply)
      : peer.login.done({ globalId, payload: reply }, nowMs)
  }
}
