import { timingSafeEqual } from 'node:crypto'
import { AuthResult, CONNECTION_SECRET_LENGTH, FrameCipher, loginStartCodec } from '@msgr/auth'
import type { AuthAccepted, AuthAnswer, Keyring, KeyServer, MonAcceptance, PrincipalName } from '@msgr/auth'
import { NO_AUTHORIZER, type Authenticator, type Authorizer, type AuthorizerVerdict } from '@msgr/messenger'
import { ConnectionMode, type TransportSecurity } from '@msgr/msgr-protocol'
import { describeRefusal, nameIn } from './small-mon-refusal.ts'

type AcceptContext = Parameters<Authenticator['verifyAuthorizer']>[2]

/** One that goes on, and of whom it says that it is. */
interface Login {
  readonly acceptance: MonAcceptance
  readonly name: PrincipalName | undefined
}

const NOTHING: AuthorizerVerdict = { kind: 'accepted', reply: new Uint8Array(0) }

/**
 * The monitor's side of handshakes. Over version 2 of the wire clients log in there; over version 1 they show nothing
 * and log in by messages. Ceph: src/mon/Monitor.cc, handle_auth_request
 */
export class SmallMonAuthenticator implements Authenticator {
  readonly #keys: KeyServer
  readonly #keyring: Keyring
  readonly #log: (text: string) => void
  readonly #logins = new WeakMap<object, Login>()

  constructor(keys: KeyServer, keyring: Keyring, log: (text: string) => void) {
    this.#keys = keys
    this.#keyring = keyring
    this.#log = log
  }

  /** It dials nobody. */
  getAuthorizer(): Authorizer {
    return NO_AUTHORIZER
  }

  verifyAuthorizer(_peerType: number, { protocol, bytes }: Authorizer, context: AcceptContext): AuthorizerVerdict {
    if (context.wire === 'v1') return NOTHING
    const begun = this.#logins.get(context.transport)
    const login = begun ?? { acceptance: this.#keys.accept(), name: nameIn(bytes, loginStartCodec) }
    this.#logins.set(context.transport, login)
    const connectionSecretLength = context.mode === ConnectionMode.secure ? CONNECTION_SECRET_LENGTH : 0
    const answer = context.isMore
      ? login.acceptance.requestMore(bytes, { nowMs: Date.now(), connectionSecretLength })
      : login.acceptance.request(protocol, bytes)
    return this.#verdictOf(answer, login.name)
  }

  #verdictOf(answer: AuthAnswer, name: PrincipalName | undefined): AuthorizerVerdict {
    if (answer.kind === 'more') return { kind: 'challenge', bytes: answer.payload }
    if (answer.kind === 'refused') {
      const { result } = answer
      this.#log(describeRefusal(this.#keyring, name, result))
      const { methods } = this.#keys
      return { kind: 'refused', result, ...(result === AuthResult.notSupported && { methods }) }
    }
    const { peer, payload } = answer
    this.#log(`${peer.name.toString()}: logged in as ${peer.globalId}`)
    return { kind: 'accepted', reply: payload, globalId: peer.globalId, security: securityOf(answer) }
  }
}

/** What both ends have in common after a login; nothing with method none. */
function securityOf({ sessionKey, connectionSecret }: AuthAccepted): TransportSecurity | undefined {
  if (sessionKey === undefined) return undefined
  return {
    signTranscript: (parts) => sessionKey.hmacSha256(...parts),
    checkTranscript: (parts, signature) => timingSafeEqual(sessionKey.hmacSha256(...parts), signature),
    frameCipher: (revision, role) => new FrameCipher(connectionSecret, { revision, role }),
  }
}
