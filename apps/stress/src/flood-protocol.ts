import type { RoundTripFigures } from './round-trips.ts'

// What a flood and its processes say to each other, over the pipe that Node opens between a process and its children.

/** How a process with peers, good or bad, is started. */
export interface PeersConfig<Plan> {
  readonly plan: Plan
  readonly serverAddr: string
}

export type Phase = 'before' | 'during' | 'after'

/** What good peers have seen. */
export interface GoodPeersReport {
  readonly roundTrips: Readonly<Record<Phase, RoundTripFigures>>
  readonly sent: number
  readonly answered: number
  readonly breaches: readonly string[]
}

/** What bad peers have done. */
export interface AttackFigures {
  readonly connected: number
  /** Connections that the server has closed. */
  readonly closed: number
  /** Attempts that failed. */
  readonly failed: number
  /** Open at this moment, and the most there ever were. */
  readonly open: number
  readonly mostOpen: number
}

/** What the server has seen. */
export interface ServerReport {
  readonly rssBytes: number
  /** Peers it has dropped because they read nothing. */
  readonly dropped: number
  readonly connections: number
}

export type ToFlood =
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'newPeers'; readonly count: number }
  | { readonly kind: 'stopFlood' }
  | { readonly kind: 'report' }
  /** To the server: tell how much memory you have when what you no longer need is gone. */
  | { readonly kind: 'reportAtRest' }
  /** To good peers: send no more, and tell when every answer is there. */
  | { readonly kind: 'drain' }

export type FromFlood =
  | { readonly kind: 'ready'; readonly addr: string }
  | { readonly kind: 'newPeers'; readonly connected: number }
  | { readonly kind: 'floodStopped' }
  | { readonly kind: 'drained' }
  | { readonly kind: 'server'; readonly report: ServerReport }
  | { readonly kind: 'goodPeers'; readonly report: GoodPeersReport }
  | { readonly kind: 'attack'; readonly figures: AttackFigures }

/** Accepts messages of one kind. */
export function isKind<K extends FromFlood['kind']>(kind: K) {
  return (message: FromFlood): message is Extract<FromFlood, { kind: K }> => message.kind === kind
}
