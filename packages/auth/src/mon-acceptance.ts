import { attempt } from './attempt.ts'
import { type AuthAnswer } from './auth-answer.ts'
import { challengeCodec } from './authorizer-structs.ts'
import { type KeyServerRules } from './key-server.ts'
import { type Claim, judgeLogin } from './login-judgement.ts'
import { AuthMethod, AuthMode, AuthResult, loginOfferCodec, loginStartCodec } from './login-structs.ts'
import { answerMonRequest, type MonRequestAnswer } from './mon-requests.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { type PrincipalName } from './principal-name.ts'
import { randomNonZeroUint64 } from './random-bytes.ts'

/** What a monitor knows when it judges a login. */
export interface LoginCircumstances {
  /** Of the wall clock: it goes into tickets. */
  readonly nowMs: number
  /**
   * 64 where the connection will be encrypted, 0 where it will not, `undefined` in version 1 of the protocol, which has
   * no such secrets.
   */
  readonly connectionSecretLength?: number | undefined
}

const REFUSED: AuthAnswer = { kind: 'refused', result: AuthResult.accessDenied }

/** The monitor's side of one connection: its login and what comes after. No peer can make it throw. */
export class MonAcceptance {
  readonly #rules: KeyServerRules
  #claim: Claim | undefined
  #challenge: bigint | undefined
  #isOpen = false

  constructor(rules: KeyServerRules) {
    this.#rules = rules
  }

  /** The global id that goes with every answer; 0 before there is one. */
  get globalId(): bigint {
    return this.#claim?.globalId ?? 0n
  }

  /** AUTH_REQUEST. */
  request(method: number, payload: Uint8Array): AuthAnswer {
    if (!this.#rules.methods.includes(method)) return { kind: 'refused', result: AuthResult.notSupported }
    const start = attempt(() => readPayload('login', loginStartCodec, payload))
    if (start === undefined || start.authMode < AuthMode.mon || start.authMode > AuthMode.monMax) return REFUSED
    return this.#begin(method, start)
  }

  /** The first MAuth of version 1 of the protocol, whose protocol is 0. `method` goes into the reply. */
  offer(payload: Uint8Array): { method: number; answer: AuthAnswer } {
    const offer = attempt(() => readPayload('offer', loginOfferCodec, payload))
    if (offer === undefined) return { method: AuthMethod.unknown, answer: REFUSED }
    const method = this.#rules.methods.find((candidate) => offer.methods.includes(candidate))
    if (method === undefined) {
      return { method: AuthMethod.unknown, answer: { kind: 'refused', result: AuthResult.notSupported } }
    }
    return { method, answer: this.#begin(method, offer) }
  }

  /** AUTH_REQUEST_MORE, or the second MAuth. Throws only what `authorize` throws. */
  requestMore(payload: Uint8Array, circumstances: LoginCircumstances): AuthAnswer {
    const claim = this.#claim
    const challenge = this.#challenge
    if (claim === undefined || challenge === undefined || this.#isOpen) return REFUSED
    const answer = judgeLogin(this.#rules, { ...claim, challenge }, payload, circumstances)
    this.#isOpen = answer.kind === 'accepted'
    // Another guess needs another challenge.
    if (!this.#isOpen) this.#challenge = undefined
    return answer
  }

  /** An MAuth in an open session: renewal of tickets, or the secrets of a service. */
  message(payload: Uint8Array, nowMs: number): MonRequestAnswer {
    const claim = this.#claim
    if (claim === undefined || !this.#isOpen) return { result: AuthResult.accessDenied, payload: new Uint8Array(0) }
    // It asks for the id that it has got.
    const session = { ...claim, askedGlobalId: claim.globalId, challenge: this.#challenge }
    return answerMonRequest(this.#rules, session, payload, nowMs)
  }

  #begin(method: number, { name, globalId }: { name: PrincipalName; globalId: bigint }): AuthAnswer {
    if (this.#claim !== undefined && this.#isOpen) return REFUSED
    const given = globalId === 0n ? this.#rules.nextGlobalId() : globalId
    this.#claim = { name, askedGlobalId: globalId, globalId: given }
    if (method === AuthMethod.none) return this.#believe(this.#claim)
    this.#challenge = randomNonZeroUint64(this.#rules.random)
    return { kind: 'more', payload: encodeToBytes(challengeCodec, this.#challenge) }
  }

  /** Method none. */
  #believe({ name, globalId }: Claim): AuthAnswer {
    const caps = { allowAll: true, caps: '' }
    const peer = { method: AuthMethod.none, name, globalId, caps }
    if (!this.#rules.authorize(peer)) return REFUSED
    const nothing = new Uint8Array(0)
    return { kind: 'accepted', payload: nothing, peer, sessionKey: undefined, connectionSecret: nothing }
  }
}
