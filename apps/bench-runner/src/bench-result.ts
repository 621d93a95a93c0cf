import type { Spread } from './spread.ts'

/** One thing that was measured of one subject in one case. */
export interface BenchResult {
  readonly suite: string
  readonly case: string
  readonly subject: string
  /** What was measured; the unit ends the name. */
  readonly metric: string
  /** Over the rounds. */
  readonly values: Spread
  readonly roundCount: number
  /** Over the rounds, each value over that of `node-net` in the same round; none if it did not take part. */
  readonly ratioToNodeNet: Spread | undefined
  /** The same over the best of those that are not ours; none for that which is not ours, or has no peer. */
  readonly ratioToBestPeer: (Spread & { readonly peer: string }) | undefined
  /** The same over another subject of ours, in suites that compare ways to run one; none for that one. */
  readonly ratioToReference?: (Spread & { readonly reference: string }) | undefined
}
