import { EntityType } from '@msgr/message'
import { type MayConnect } from './auth-answer.ts'
import { CryptoKey } from './crypto-key.ts'
import { AuthMethod } from './login-structs.ts'
import { type Keyring } from './keyring.ts'
import { MonAcceptance } from './mon-acceptance.ts'
import { type RandomBytes, secureRandom } from './random-bytes.ts'
import { RotatingKeys } from './service-secrets.ts'

export interface KeyServerOptions {
  /** Of `AuthMethod`, the most wanted first. Default: cephx alone. */
  readonly methods?: readonly number[]
  /** Kinds of services to give tickets for, as bits of `EntityType`. Default: mon, mds, osd and mgr. */
  readonly services?: number
  /** Who may log in, of those who have proved who they are; `caps` are those for monitors. Default: everybody. */
  readonly authorize?: MayConnect
  /** Of tickets for the monitors. Default: 72 hours. */
  readonly authTicketSeconds?: number
  /** Of all other tickets. Default: one hour. */
  readonly serviceTicketSeconds?: number
  /** Kind of the secrets that tickets are sealed with. Default: AES256KRB5 (2), which nobody can change a ticket under. */
  readonly rotatingKeyType?: number
  /** The first global id to give. Default 4100. */
  readonly firstGlobalId?: bigint
  /** Give old clients, which say that they can do no better, the global id that they ask for. Default false. */
  readonly allowInsecureGlobalIdReclaim?: boolean
  readonly random?: RandomBytes
}

/** What `MonAcceptance` goes by. */
export interface KeyServerRules extends Required<Omit<KeyServerOptions, 'firstGlobalId' | 'rotatingKeyType'>> {
  readonly keyring: Keyring
  /** What a name that is not in the keyring is checked against: it is refused like any other, and takes as long. */
  readonly decoyKey: CryptoKey
  /** Up to date at that time. */
  rotatingKeys(serviceId: number, nowMs: number): RotatingKeys
  nextGlobalId(): bigint
}

const SERVICES = [EntityType.mon, EntityType.mds, EntityType.osd, EntityType.mgr] as const
const ALL_SERVICES = SERVICES.reduce((all, service) => all | service, 0)

/**
 * What a monitor is in cephx: knows everybody's secret, and gives tickets to who knows his own. For private clusters
 * and for tests; what it knows is as safe as this process. Does no I/O. Ceph: src/auth/cephx/CephxKeyServer.cc
 */
export class KeyServer {
  readonly #rules: KeyServerRules
  readonly #rotatingKeys: ReadonlyMap<number, RotatingKeys>
  #nextGlobalId: bigint

  constructor(keyring: Keyring, options: KeyServerOptions = {}) {
    const services = ((options.services ?? ALL_SERVICES) | EntityType.auth) >>> 0
    const random = options.random ?? secureRandom
    const kinds = [...SERVICES, EntityType.auth].filter((service) => (services & service) !== 0)
    this.#rotatingKeys = new Map(kinds.map((service) => [service, new RotatingKeys()]))
    this.#nextGlobalId = options.firstGlobalId ?? 4100n
    const { rotatingKeyType } = options
    const authTicketSeconds = options.authTicketSeconds ?? 72 * 3600
    const serviceTicketSeconds = options.serviceTicketSeconds ?? 3600
    this.#rules = {
      keyring,
      methods: options.methods ?? [AuthMethod.cephx],
      services,
      authorize: options.authorize ?? (() => true),
      authTicketSeconds,
      serviceTicketSeconds,
      allowInsecureGlobalIdReclaim: options.allowInsecureGlobalIdReclaim ?? false,
      random,
      decoyKey: CryptoKey.generate({ random }),
      rotatingKeys: (serviceId, nowMs) => {
        const keys = this.rotatingKeys(serviceId)
        const lifetime = serviceId === EntityType.auth ? authTicketSeconds : serviceTicketSeconds
        keys.rotate(nowMs, lifetime, { random, ...(rotatingKeyType !== undefined && { type: rotatingKeyType }) })
        return keys
      },
      nextGlobalId: () => this.#nextGlobalId++,
    }
  }

  /** Of `AuthMethod`: for AUTH_BAD_METHOD. */
  get methods(): readonly number[] {
    return this.#rules.methods
  }

  /** The secrets of a kind of service. One in this process shares them: `new AuthService(id, { secrets })`. */
  rotatingKeys(serviceId: number): RotatingKeys {
    const keys = this.#rotatingKeys.get(serviceId)
    if (keys === undefined) throw new RangeError(`service: expected one that tickets are given for, got ${serviceId}`)
    return keys
  }

  /** Begins a conversation, which lasts as long as its connection. */
  accept(): MonAcceptance {
    return new MonAcceptance(this.#rules)
  }
}
