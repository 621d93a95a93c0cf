import { EntityType } from '@msgr/message'
import { CephxClientAuthorizer, type ClientAuthorizer, NoneClientAuthorizer } from './client-authorizer.ts'
import { type ClientState } from './client-state.ts'
import { type CryptoKey } from './crypto-key.ts'
import { KeyError } from './errors.ts'
import { HeldTickets } from './held-tickets.ts'
import { AuthMethod } from './login-structs.ts'
import { MonLogin } from './mon-login.ts'
import { type PrincipalName } from './principal-name.ts'
import { type RandomBytes, secureRandom } from './random-bytes.ts'
import { RotatingSecretsFetch } from './rotating-secrets-fetch.ts'
import { type SessionTicketRenewal, TicketRenewal } from './ticket-renewal.ts'

export interface AuthClientOptions {
  /** The secret that the monitors know too. Without one there is only method none. */
  readonly key?: CryptoKey
  /** Of `AuthMethod`, the most wanted first. Default: cephx alone if there is a key, otherwise none alone. */
  readonly methods?: readonly number[]
  /** Kinds of services to get tickets for, as bits of `EntityType`. Default: mon, mds, osd and mgr. */
  readonly wantedServices?: number
  readonly random?: RandomBytes
}

const ALL_SERVICES = EntityType.mon | EntityType.mds | EntityType.osd | EntityType.mgr

/**
 * One client, for as long as it runs: who it is, the global id that it was given, and its tickets. It does no I/O, has
 * no timer, and knows the time only from its caller: any clock will do that counts milliseconds and does not go back.
 * Ceph: src/auth/cephx/CephxClientHandler.cc; src/mon/MonClient.cc, MonConnection
 */
export class AuthClient {
  readonly name: PrincipalName
  readonly #state: ClientState

  /** Throws `KeyError` if cephx is among the methods and there is no key. */
  constructor(name: PrincipalName, options: AuthClientOptions = {}) {
    const { key, wantedServices = ALL_SERVICES, random = secureRandom } = options
    const methods = options.methods ?? [key === undefined ? AuthMethod.none : AuthMethod.cephx]
    if (methods.includes(AuthMethod.cephx) && key === undefined) {
      throw new KeyError(`${name.toString()}: expected a key for cephx, got none`)
    }
    this.name = name
    // The ticket for the monitors comes by itself.
    const services = (wantedServices & ~EntityType.auth) >>> 0
    this.#state = {
      name,
      key,
      methods,
      wantedServices: services,
      random,
      tickets: new HeldTickets(),
      globalId: 0n,
      serverChallenge: undefined,
      method: AuthMethod.unknown,
      loginCount: 0,
    }
  }

  /** The number of this client in its cluster; 0 before the first login. */
  get globalId(): bigint {
    return this.#state.globalId
  }

  /** Also where tickets that were not given by a monitor are put. */
  get tickets(): HeldTickets {
    return this.#state.tickets
  }

  /** Goes by another global id, and without the tickets of the last one. 0 has a monitor give a new one. */
  become(globalId: bigint): void {
    this.#state.globalId = globalId
    this.#state.tickets.clear()
    this.#state.serverChallenge = undefined
  }

  /**
   * Begins a login on a new connection to a monitor. Asks for the global id of the last one, if there was one. Of
   * several at the same time the first that comes to its end counts, and the others fail.
   */
  login(nowMs: number): MonLogin {
    return new MonLogin(this.#state, nowMs)
  }

  /**
   * Begins a proof to a service. `undefined` without a ticket that is still good: log in, or renew. After a login by
   * method none, or if that is all there is, no ticket is needed.
   */
  authorizer(serviceId: number, nowMs: number): ClientAuthorizer | undefined {
    const { name, globalId, tickets, random, methods, method } = this.#state
    const ticket = tickets.get(serviceId, nowMs)
    if (ticket !== undefined && methods.includes(AuthMethod.cephx)) {
      return new CephxClientAuthorizer(ticket, globalId, random)
    }
    const isNone = method === AuthMethod.none || methods.every((offered) => offered === AuthMethod.none)
    return isNone ? new NoneClientAuthorizer(name, globalId) : undefined
  }

  /**
   * What to send in the open session with a monitor to get the tickets that end soon, or are missing; `undefined` if
   * there is nothing to do. `session` is that of the login if the ticket for the monitors itself is to be renewed.
   */
  renewal(nowMs: number): SessionTicketRenewal | undefined {
    return TicketRenewal.whatIsDue(this.#state, nowMs)
  }

  /** When `renewal` will next have something to do; `undefined` without tickets. */
  get nextRenewalMs(): number | undefined {
    return this.#state.tickets.nextRenewalMs
  }

  /** Asks a monitor for the secrets of one's own kind of service: for who is an OSD, an MDS or a manager. */
  rotatingSecrets(): RotatingSecretsFetch {
    const { key } = this.#state
    if (key === undefined) throw new KeyError(`${this.name.toString()}: expected a key for cephx, got none`)
    return new RotatingSecretsFetch(key)
  }
}
