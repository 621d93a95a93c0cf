import { type CryptoKey } from './crypto-key.ts'
import { type HeldTickets } from './held-tickets.ts'
import { type PrincipalName } from './principal-name.ts'
import { type RandomBytes } from './random-bytes.ts'

/** What the conversations of one client share, and leave to each other. */
export interface ClientState {
  readonly name: PrincipalName
  readonly key: CryptoKey | undefined
  readonly methods: readonly number[]
  /** Without `auth`. */
  readonly wantedServices: number
  readonly random: RandomBytes
  readonly tickets: HeldTickets
  globalId: bigint
  /** Of the last login: a new ticket for the monitors in the same session is asked for with it. */
  serverChallenge: bigint | undefined
  /** By which the last login was. */
  method: number
  /** Logins that have come to their end. */
  loginCount: number
}
