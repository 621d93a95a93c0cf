import type { Figures } from './figures.ts'
import type { StressPlan } from './stress-plan.ts'

// What the stress and its processes say to each other, over the pipe that Node opens between a process and its
// children. It only steers and watches: what is tested goes over messengers.

/** How a process is started: the JSON text of its only argument. */
export interface StressProcessConfig {
  readonly plan: StressPlan
  readonly role: 'server' | 'client'
  /** Which of the processes of its role it is, and of how many. */
  readonly index: number
  readonly count: number
}

/** How a process is doing. */
export interface ProcessFigures {
  readonly figures: Figures
  readonly rssBytes: number
  /** The most it ever had, as the kernel says. */
  readonly peakRssBytes: number
}

/** What a process has found, when all is over. */
export interface ProcessReport extends ProcessFigures {
  readonly breaches: readonly string[]
  readonly breachCount: number
  readonly missingCount: number
  /** For each stream, the number of messages of each class that a client sent, or that a server has got. */
  readonly counts: readonly (readonly [stream: number, counts: readonly number[]])[]
}

export type ToProcess =
  /** To a client: go on. The addresses are in the order of the servers' numbers. */
  | { readonly kind: 'begin'; readonly serverAddrs: readonly string[] }
  /** To a server: drop your side of a stream's connection. To a client: it is dropped. */
  | { readonly kind: 'drop'; readonly stream: number }
  | { readonly kind: 'report' }
  /** Tell how each connection is, as the run is stuck. */
  | { readonly kind: 'describe' }
  | { readonly kind: 'end' }

export type FromProcess =
  | { readonly kind: 'ready'; readonly addrs: readonly string[] }
  | { readonly kind: 'figures'; readonly figures: ProcessFigures }
  | { readonly kind: 'drop'; readonly stream: number }
  /** From a client: all is sent and answered. */
  | { readonly kind: 'drained' }
  | { readonly kind: 'report'; readonly report: ProcessReport }
  | { readonly kind: 'description'; readonly lines: readonly string[] }
  /** All is shut down; what was left in the dispatch queues. */
  | { readonly kind: 'ended'; readonly leftCount: number }
