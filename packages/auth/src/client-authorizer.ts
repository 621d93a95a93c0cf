import {
  authorizeCodec,
  authorizeReplyCodec,
  type CephxAuthorizer,
  cephxAuthorizerCodec,
  challengeCodec,
  plusOne,
} from './authorizer-structs.ts'
import { type CryptoKey } from './crypto-key.ts'
import { AuthProtocolError } from './errors.ts'
import { type HeldTicket } from './held-tickets.ts'
import { KeyUsage } from './key-usage.ts'
import { AuthMethod, AuthMode, loginStartCodec } from './login-structs.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { type PrincipalName } from './principal-name.ts'
import { type RandomBytes, randomUint64 } from './random-bytes.ts'
import { seal, sealedBytes, unseal } from './seal.ts'

/** What two ends have in common once one has proved who it is. */
export interface AuthSession {
  /** What signs messages and handshakes; `undefined` with method none. */
  readonly sessionKey: CryptoKey | undefined
  /** What frames are encrypted with; empty where they are not. */
  readonly connectionSecret: Uint8Array
}

/**
 * The client's side of one proof to a service, good for one connection: show `payload`, and again what `challenged`
 * gives if the service asks; then let `finish` see the reply.
 */
export interface ClientAuthorizer {
  /** Of `AuthMethod`. */
  readonly method: number
  readonly payload: Uint8Array
  /**
   * What to show after this challenge. Throws `SealError` if it is not of a service that can read our ticket. There may
   * be a second one: in version 1 a Ceph that resumes a session has us connect anew on the same socket, and has
   * forgotten the first by then.
   */
  challenged(challenge: Uint8Array): Uint8Array
  /** Checks that the service is one that can read our ticket. Throws `SealError` or `AuthProtocolError` if it is not. */
  finish(reply: Uint8Array): AuthSession
}

/** Method cephx: a ticket, and proof that one has its session key. Ceph: src/auth/cephx/CephxProtocol.cc */
export class CephxClientAuthorizer implements ClientAuthorizer {
  readonly method: number = AuthMethod.cephx
  readonly payload: Uint8Array
  readonly #ticket: HeldTicket
  readonly #globalId: bigint
  readonly #random: RandomBytes
  readonly #nonce: bigint

  constructor(ticket: HeldTicket, globalId: bigint, random: RandomBytes) {
    this.#ticket = ticket
    this.#globalId = globalId
    this.#random = random
    this.#nonce = randomUint64(random)
    this.payload = this.#show(undefined)
  }

  challenged(challenge: Uint8Array): Uint8Array {
    return this.#show(unseal(this.#sealFor(KeyUsage.authorizerChallenge), challengeCodec, challenge))
  }

  finish(reply: Uint8Array): AuthSession {
    const sealed = readPayload('reply to an authorizer', sealedBytes, reply)
    const { noncePlusOne, connectionSecret } = unseal(
      this.#sealFor(KeyUsage.authorizerReply),
      authorizeReplyCodec,
      sealed,
    )
    if (noncePlusOne !== plusOne(this.#nonce)) {
      throw new AuthProtocolError('reply to an authorizer: expected our nonce plus one, got another number')
    }
    return { sessionKey: this.#ticket.sessionKey, connectionSecret }
  }

  #show(challenge: bigint | undefined): Uint8Array {
    const authorize = { nonce: this.#nonce, challenge }
    const { serviceId, blob } = this.#ticket
    const authorizer: CephxAuthorizer = {
      globalId: this.#globalId,
      serviceId,
      ticket: blob,
      sealedAuthorize: seal(this.#sealFor(KeyUsage.authorize), authorizeCodec, authorize, this.#random),
    }
    return encodeToBytes(cephxAuthorizerCodec, authorizer)
  }

  #sealFor(usage: number): { key: CryptoKey; usage: number } {
    return { key: this.#ticket.sessionKey, usage }
  }
}

/** Method none: says who one is, and is believed. Ceph: src/auth/none/AuthNoneProtocol.h */
export class NoneClientAuthorizer implements ClientAuthorizer {
  readonly method: number = AuthMethod.none
  readonly payload: Uint8Array

  constructor(name: PrincipalName, globalId: bigint) {
    this.payload = encodeToBytes(loginStartCodec, { authMode: AuthMode.authorizer, name, globalId })
  }

  challenged(): Uint8Array {
    throw new AuthProtocolError('method none: expected no challenge, got one')
  }

  finish(): AuthSession {
    return { sessionKey: undefined, connectionSecret: new Uint8Array(0) }
  }
}
