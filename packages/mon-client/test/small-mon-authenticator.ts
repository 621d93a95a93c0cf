import { CONNECTION_SECRET_LENGTH, SessionSecurity, type KeyServer, type MonAcceptance } from '@msgr/auth'
import {
  ConnectionMode,
  NO_AUTHORIZER,
  type AcceptContext,
  type Authenticator,
  type Authorizer,
  type AuthorizerVerdict,
} from '@msgr/messenger'

/**
 * A monitor's side of handshakes: over version 2 of the wire clients log in there, over version 1 they show nothing.
 * What goes on with a client that has logged in is the `peerIdentity` of its connection.
 */
export class SmallMonAuthenticator implements Authenticator {
  readonly #keyServer: KeyServer
  readonly #nowMs: () => number
  readonly #acceptances = new WeakMap<object, MonAcceptance>()

  constructor(keyServer: KeyServer, nowMs: () => number) {
    this.#keyServer = keyServer
    this.#nowMs = nowMs
  }

  /** It dials nobody. */
  getAuthorizer(): Authorizer {
    return NO_AUTHORIZER
  }

  verifyAuthorizer(_peerType: number, { protocol, bytes }: Authorizer, context: AcceptContext): AuthorizerVerdict {
    const { wire, transport, isMore, mode } = context
    if (wire === 'v1') return { kind: 'accepted', reply: new Uint8Array(0) }
    const acceptance = this.#acceptances.get(transport) ?? this.#keyServer.accept()
    this.#acceptances.set(transport, acceptance)
    const connectionSecretLength = mode === ConnectionMode.secure ? CONNECTION_SECRET_LENGTH : 0
    const answer = isMore
      ? acceptance.requestMore(bytes, { nowMs: this.#nowMs(), connectionSecretLength })
      : acceptance.request(protocol, bytes)
    if (answer.kind === 'more') return { kind: 'challenge', bytes: answer.payload }
    if (answer.kind === 'refused') {
      return { kind: 'refused', result: answer.result, methods: this.#keyServer.methods }
    }
    const security = SessionSecurity.of(answer, { signMessages: true })
    const { globalId } = answer.peer
    return { kind: 'accepted', reply: answer.payload, globalId, security, peer: acceptance }
  }
}
