import { attempt } from './attempt.ts'
import { type AuthAnswer, type AuthPeer } from './auth-answer.ts'
import { type AuthServiceRules } from './auth-service.ts'
import {
  type Authorize,
  authorizeCodec,
  authorizeReplyCodec,
  type CephxAuthorizer,
  cephxAuthorizerCodec,
  challengeCodec,
  plusOne,
} from './authorizer-structs.ts'
import { type AuthSession } from './client-authorizer.ts'
import { ConnectionChallenge } from './connection-challenge.ts'
import { type CryptoKey } from './crypto-key.ts'
import { KeyUsage } from './key-usage.ts'
import { AuthMethod, AuthMode, AuthResult, loginStartCodec } from './login-structs.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { randomNonZeroUint64 } from './random-bytes.ts'
import { seal, sealedBytes, unseal } from './seal.ts'
import { checkTicket } from './ticket-check.ts'

/** What a server knows when it judges a proof. */
export interface Circumstances {
  /** Of the wall clock: it is held against the times in tickets. */
  readonly nowMs: number
  /** 64 where the connection will be encrypted. Default 0. */
  readonly connectionSecretLength?: number
  /** Whether the peer can answer a challenge: all can but those that lack `Feature.cephxV2`. Default true. */
  readonly answersChallenges?: boolean
}

const REFUSED: AuthAnswer = { kind: 'refused', result: AuthResult.accessDenied }

/** The server's side of the proofs on one connection. No peer can make it throw. */
export class AuthorizerAcceptance {
  readonly #rules: AuthServiceRules
  readonly #challenge = new ConnectionChallenge()

  constructor(rules: AuthServiceRules) {
    this.#rules = rules
  }

  /**
   * Judges what the peer shows: at first, after a challenge, and each time it asks again to connect. `method` is what
   * it said at first. Throws only what `authorize` throws.
   */
  receive(method: number, payload: Uint8Array, circumstances: Circumstances): AuthAnswer {
    if (!this.#rules.methods.includes(method)) return { kind: 'refused', result: AuthResult.notSupported }
    if (!isAuthorizer(payload)) return REFUSED
    return method === AuthMethod.none ? this.#receiveNone(payload) : this.#receiveCephx(payload, circumstances)
  }

  #receiveNone(payload: Uint8Array): AuthAnswer {
    const claim = attempt(() => readPayload('authorizer', loginStartCodec, payload))
    if (claim === undefined) return REFUSED
    const { name, globalId } = claim
    const peer = { method: AuthMethod.none, name, globalId, caps: { allowAll: true, caps: '' } }
    const noSession: AuthSession = { sessionKey: undefined, connectionSecret: new Uint8Array(0) }
    return this.#accept(peer, new Uint8Array(0), noSession)
  }

  #receiveCephx(payload: Uint8Array, circumstances: Circumstances): AuthAnswer {
    const { serviceId, secrets, clockSkewMs } = this.#rules
    const authorizer = attempt(() => readPayload('authorizer', cephxAuthorizerCodec, payload))
    if (authorizer === undefined) return REFUSED
    const rules = { serviceId, secrets, clockSkewMs, nowMs: circumstances.nowMs }
    const ticket = checkTicket(authorizer, rules)
    if (ticket === undefined) return REFUSED
    const { sessionKey } = ticket
    const authorize = attempt(() => openAuthorize(authorizer, sessionKey))
    if (authorize === undefined) return REFUSED
    const challenge = this.#challengeFor(authorize, sessionKey, circumstances)
    if (challenge !== undefined) return challenge
    const { name, globalId } = ticket.ticket
    const connectionSecret = this.#rules.random(circumstances.connectionSecretLength ?? 0)
    const reply = { noncePlusOne: plusOne(authorize.nonce), connectionSecret }
    const how = { key: sessionKey, usage: KeyUsage.authorizerReply }
    const sealed = seal(how, authorizeReplyCodec, reply, this.#rules.random)
    const peer = { method: AuthMethod.cephx, name, globalId, caps: ticket.caps }
    return this.#accept(peer, encodeToBytes(sealedBytes, sealed), { sessionKey, connectionSecret })
  }

  /** The challenge, or refusal, that an authorizer gets; `undefined` if it has answered the challenge. */
  #challengeFor({ challenge: answered }: Authorize, key: CryptoKey, peer: Circumstances): AuthAnswer | undefined {
    const { answersChallenges = true } = peer
    if (!answersChallenges) return this.#rules.requireChallenge ? REFUSED : undefined
    if (answered !== undefined && this.#challenge.accepts(answered)) return undefined
    const challenge = randomNonZeroUint64(this.#rules.random)
    if (!this.#challenge.add(challenge)) return REFUSED
    const how = { key, usage: KeyUsage.authorizerChallenge }
    return { kind: 'more', payload: seal(how, challengeCodec, challenge, this.#rules.random) }
  }

  #accept(peer: AuthPeer, payload: Uint8Array, session: AuthSession): AuthAnswer {
    return this.#rules.authorize(peer) ? { kind: 'accepted', payload, peer, ...session } : REFUSED
  }
}

function isAuthorizer(payload: Uint8Array): boolean {
  const [mode = 0] = payload
  return mode >= AuthMode.authorizer && mode <= AuthMode.authorizerMax
}

function openAuthorize(authorizer: CephxAuthorizer, key: CryptoKey): Authorize {
  return unseal({ key, usage: KeyUsage.authorize }, authorizeCodec, authorizer.sealedAuthorize)
}
