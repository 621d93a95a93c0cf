import { type MayConnect } from './auth-answer.ts'
import { AuthorizerAcceptance } from './authorizer-acceptance.ts'
import { AuthMethod } from './login-structs.ts'
import { type RandomBytes, secureRandom } from './random-bytes.ts'
import { type ServiceSecrets } from './service-secrets.ts'

export interface AuthServiceOptions {
  /** What opens tickets: `RotatingKeys`, or `SharedSecrets`. Without, nobody can prove anything by cephx. */
  readonly secrets?: ServiceSecrets
  /** Of `AuthMethod`. Default: cephx alone. With none everybody is who he says he is, and may do everything. */
  readonly methods?: readonly number[]
  /** Who may connect, of those who have proved who they are. Default: everybody. */
  readonly authorize?: MayConnect
  /** Refuse peers that cannot answer a challenge (they lack `Feature.cephxV2`). Default true: else replays succeed. */
  readonly requireChallenge?: boolean
  /** How long after its end a ticket is still taken. Default: five minutes. */
  readonly clockSkewMs?: number
  readonly random?: RandomBytes
}

/** What `AuthorizerAcceptance` goes by. */
export interface AuthServiceRules extends Required<Omit<AuthServiceOptions, 'secrets'>> {
  readonly serviceId: number
  readonly secrets: ServiceSecrets
}

const NO_SECRETS: ServiceSecrets = { find: () => undefined }

/**
 * A server that is no monitor: takes the authorizers of its clients. Does no I/O.
 * Ceph: src/auth/cephx/CephxAuthorizeHandler.cc; src/auth/none/AuthNoneAuthorizeHandler.cc
 */
export class AuthService {
  readonly #rules: AuthServiceRules

  /** `serviceId`: what kind of service it is, one of `EntityType`. */
  constructor(serviceId: number, options: AuthServiceOptions = {}) {
    this.#rules = {
      serviceId,
      secrets: options.secrets ?? NO_SECRETS,
      methods: options.methods ?? [AuthMethod.cephx],
      authorize: options.authorize ?? (() => true),
      requireChallenge: options.requireChallenge ?? true,
      clockSkewMs: options.clockSkewMs ?? 300_000,
      random: options.random ?? secureRandom,
    }
  }

  /** Of `AuthMethod`: for AUTH_BAD_METHOD. */
  get methods(): readonly number[] {
    return this.#rules.methods
  }

  /** Begins a conversation, which lasts as long as its connection. */
  accept(): AuthorizerAcceptance {
    return new AuthorizerAcceptance(this.#rules)
  }
}
