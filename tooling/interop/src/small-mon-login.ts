import {
  AuthMethod,
  loginOfferCodec,
  type AuthAnswer,
  type AuthPeer,
  type Keyring,
  type KeyServer,
  type MonAcceptance,
  type PrincipalName,
} from '@msgr/auth'
import { MAuthReply, type MAuthFields } from '@msgr/mon-client'
import { describeRefusal, nameIn } from './small-mon-refusal.ts'

/**
 * The login of one client that comes over version 1 of the wire, and what it asks for afterwards.
 * Ceph: src/mon/AuthMonitor.cc, prep_auth
 */
export class SmallMonLogin {
  readonly #acceptance: MonAcceptance
  readonly #keyring: Keyring
  readonly #log: (text: string) => void
  #method: number = AuthMethod.unknown
  #peer: AuthPeer | undefined
  #name: PrincipalName | undefined

  constructor(keys: KeyServer, keyring: Keyring, log: (text: string) => void) {
    this.#acceptance = keys.accept()
    this.#keyring = keyring
    this.#log = log
  }

  /** Who it is, once the login is over. */
  get peer(): AuthPeer | undefined {
    return this.#peer
  }

  /** What to answer. */
  receive({ protocol, payload }: MAuthFields, nowMs: number): MAuthReply {
    if (this.#peer !== undefined && protocol !== AuthMethod.unknown) {
      return this.#reply(this.#acceptance.message(payload, nowMs))
    }
    if (protocol !== AuthMethod.unknown) return this.#judged(this.#acceptance.requestMore(payload, { nowMs }))
    this.#name = nameIn(payload, loginOfferCodec)
    const { method, answer } = this.#acceptance.offer(payload)
    this.#method = method
    return this.#judged(answer)
  }

  #judged(answer: AuthAnswer): MAuthReply {
    if (answer.kind === 'refused') {
      this.#log(describeRefusal(this.#keyring, this.#name, answer.result))
      return this.#reply({ result: answer.result, payload: new Uint8Array(0) })
    }
    if (answer.kind === 'accepted') {
      this.#peer = answer.peer
      this.#log(`${answer.peer.name.toString()}: logged in as ${answer.peer.globalId}`)
    }
    return this.#reply({ result: 0, payload: answer.payload })
  }

  #reply({ result, payload }: { readonly result: number; readonly payload: Uint8Array }): MAuthReply {
    return new MAuthReply({ protocol: this.#method, result, globalId: this.#acceptance.globalId, payload })
  }
}
