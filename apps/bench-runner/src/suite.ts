import type { BenchResult } from './bench-result.ts'
import type { LatencyCurve } from './latency.ts'
import type { Progress } from './progress.ts'

/** One group of benches, as `--suite` names it. */
export interface Suite {
  readonly name: string
  run(stage: SuiteStage): Promise<SuiteOutcome>
}

/** What a suite runs with. */
export interface SuiteStage {
  /** Fewer and shorter rounds. */
  readonly isQuick: boolean
  readonly progress: Progress
  /** Sees to it that peers are installed, if that is to be: a suite that compares with them asks first. */
  preparePeers(): Promise<void>
  /** Puts text on stdout, with a line's end after it. */
  print(text: string): void
}

/** What a suite hands over, besides what it printed. */
export interface SuiteOutcome {
  readonly results: readonly BenchResult[]
  /** Subjects that could not take part, and why. */
  readonly leftOut: readonly LeftOut[]
  /** One sentence for each subject of ours that failed: the others gave figures. */
  readonly failures: readonly string[]
  /** How long messages took, where that was looked at. */
  readonly latencies?: readonly LatencyCurve[]
}

export interface LeftOut {
  readonly suite: string
  readonly subject: string
  readonly reason: string
}
