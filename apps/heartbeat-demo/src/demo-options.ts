import type { MessengerChoice } from './messenger-choice.ts'

/** What the demo is run with. */
export interface DemoOptions {
  readonly osdCount: number
  readonly messenger: MessengerChoice
  /** Of everything that is left to chance: who is killed, who hangs, and when pings are sent. */
  readonly seed: number
  readonly intervalMs: number
  readonly graceMs: number
  readonly minMessageSize: number
  readonly minReporters: number
  readonly fastFail: boolean
  /** How many rounds of pings each step looks on for; 1 is what it takes to see anything at all. */
  readonly rounds: number
  /** After so long a step has failed, in milliseconds. */
  readonly stepDeadlineMs: number
}
