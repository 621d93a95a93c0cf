import { type AuthAnswer } from './auth-answer.ts'
import { type AuthService } from './auth-service.ts'
import { type AuthorizerAcceptance, type Circumstances } from './authorizer-acceptance.ts'
import { type KeyServer } from './key-server.ts'
import { AuthMode, AuthResult } from './login-structs.ts'
import { type MonAcceptance } from './mon-acceptance.ts'

const REFUSED: AuthAnswer = { kind: 'refused', result: AuthResult.accessDenied }

/** What the accepting end hears on one transport: proofs to a service, or a login to a monitor. No peer makes it throw. */
export class AcceptedConversation {
  readonly #service: AuthorizerAcceptance | undefined
  readonly #mon: MonAcceptance | undefined
  #isLogin = false

  constructor(service: AuthService | undefined, keyServer: KeyServer | undefined) {
    this.#service = service?.accept()
    this.#mon = keyServer?.accept()
  }

  /** `isMore`: the peer goes on with what it began, in version 2. In version 1 it always begins anew. */
  receive(
    { protocol, bytes }: { readonly protocol: number; readonly bytes: Uint8Array },
    isMore: boolean,
    circumstances: Circumstances,
  ): AuthAnswer {
    if (!isMore) this.#isLogin = isLogin(bytes) || this.#service === undefined
    if (!this.#isLogin) return this.#service?.receive(protocol, bytes, circumstances) ?? REFUSED
    if (this.#mon === undefined) return REFUSED
    return isMore ? this.#mon.requestMore(bytes, circumstances) : this.#mon.request(protocol, bytes)
  }
}

/** The first byte says what for: to log in to a monitor, or to open a session with a service. */
function isLogin([mode = 0]: Uint8Array): boolean {
  return mode >= AuthMode.mon && mode <= AuthMode.monMax
}
