import { CephxAuthenticator, loginStartCodec, type Keyring, type KeyServer, type PrincipalName } from '@msgr/auth'
import { NO_AUTHORIZER, type Authenticator, type Authorizer, type AuthorizerVerdict } from '@msgr/messenger'
import { describeRefusal, nameIn } from './small-mon-refusal.ts'

type AcceptContext = Parameters<Authenticator['verifyAuthorizer']>[2]

/**
 * The monitor's side of handshakes, which writes down who logs in, and who does not and why. Over version 2 of the wire
 * clients log in there; over version 1 they show nothing and log in by messages. Ceph: src/mon/Monitor.cc,
 * handle_auth_request
 */
export class SmallMonAuthenticator implements Authenticator {
  readonly #judge: CephxAuthenticator
  readonly #keyring: Keyring
  readonly #log: (text: string) => void
  /** Who those say that they are whose handshake is under way, by transport. */
  readonly #names = new WeakMap<object, PrincipalName | undefined>()

  constructor(keyServer: KeyServer, keyring: Keyring, log: (text: string) => void) {
    this.#judge = new CephxAuthenticator({ keyServer })
    this.#keyring = keyring
    this.#log = log
  }

  /** It dials nobody. */
  getAuthorizer(): Authorizer {
    return NO_AUTHORIZER
  }

  verifyAuthorizer(peerType: number, authorizer: Authorizer, context: AcceptContext): AuthorizerVerdict {
    const { transport, isMore } = context
    const name = isMore ? this.#names.get(transport) : nameIn(authorizer.bytes, loginStartCodec)
    this.#names.set(transport, name)
    const verdict = this.#judge.verifyAuthorizer(peerType, authorizer, context)
    if (verdict.kind === 'refused') this.#log(describeRefusal(this.#keyring, name, verdict.result))
    else if (verdict.kind === 'accepted' && verdict.peer !== undefined) {
      this.#log(`${verdict.peer.name.toString()}: logged in as ${verdict.peer.globalId}`)
    }
    return verdict
  }
}
