import type { MessengerChoice } from './messenger-choice.ts'
import type { PayloadMix } from './payload-mix.ts'
import { policyPairs, type PolicyPairName } from './policy-pair.ts'

/** What is held up on purpose, in milliseconds at most; 0 for nothing. */
export interface Delays {
  readonly messageMs: number
  readonly handshakeMs: number
}

/** The dance of Ceph's synthetic tests: a roll from 0 to 99 decides each step. */
export interface DanceRules {
  readonly kind: 'dance'
  /** A roll above opens a connection. */
  readonly connectAbove: number
  /** One above this, but not above that, drops one; or does nothing, if connections are not dropped. */
  readonly dropAbove: number
  readonly drops: boolean
  /** One above this, but not above those, sends a message. Any other rests. */
  readonly sendAbove: number
  readonly restMs: readonly [min: number, max: number]
  /** Connections that are opened first. */
  readonly firstConnections: number
  readonly maxConnections: number
  readonly steps: number
}

/** No connection is dropped: each keeps so many messages under way until all are sent. */
export interface SteadyRules {
  readonly kind: 'steady'
  readonly connections: number
}

/** What is done wrong on purpose with one reply before it is checked, to see that the checks see it. */
export type Sabotage = 'lose' | 'double' | 'swap' | 'alter'

/** Everything about a run. Plain data: each process gets it as JSON. */
export interface StressPlan {
  readonly messenger: MessengerChoice
  readonly policy: PolicyPairName
  readonly seed: number
  /** One in so many reads and writes breaks its socket; 0 for none. */
  readonly cutEvery: number
  readonly delays: Delays
  readonly payload: PayloadMix
  /** Requests without a reply: of each connection when steady, of each client process in the dance. */
  readonly inFlight: number
  /** In bytes; `null` for the messenger's default. */
  readonly dispatchThrottleBytes: number | null
  readonly rules: SteadyRules | DanceRules
  /** Requests to send in all, and how long to send; `null` for no limit. */
  readonly messages: number | null
  readonly seconds: number | null
  readonly serverCount: number
  readonly clientCount: number
  readonly processCount: number
  readonly sabotage: Sabotage | null
}

/** The number of the stream from a client to a server. */
export function streamOf(plan: StressPlan, client: number, server: number): number {
  return client * plan.serverCount + server
}

/** Both ends of a stream, by their numbers. */
export function endsOf(plan: StressPlan, stream: number): { readonly client: number; readonly server: number } {
  return { client: Math.floor(stream / plan.serverCount), server: stream % plan.serverCount }
}

/** `client.3 with osd.1` */
export function nameOf(plan: StressPlan, stream: number): string {
  const { client, server } = endsOf(plan, stream)
  return `client.${client} with osd.${server}`
}

/** Messages may be lost without blame: connections are dropped on purpose, or do not promise to keep anything. */
export function mayLose({ policy, rules }: StressPlan): boolean {
  return policyPairs[policy].isLossy || (rules.kind === 'dance' && rules.drops)
}

/** How many of `total` things the `index`th of `count` takes. */
export function shareOf(total: number, index: number, count: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0)
}
