import type { BenchResult } from './bench-result.ts'
import { BenchError } from './errors.ts'
import type { LatencyCurve } from './latency.ts'
import type { LeftOut, Suite, SuiteStage } from './suite.ts'

/** What all suites together have found. */
export interface RunOutcome {
  readonly results: readonly BenchResult[]
  readonly leftOut: readonly LeftOut[]
  /** One sentence for each suite, or subject of ours, that gave no figures. */
  readonly failures: readonly string[]
  readonly latencies: readonly LatencyCurve[]
}

/** Runs one suite after the other. One that fails does not keep the next from running. */
export async function runSuites(suites: readonly Suite[], stage: SuiteStage): Promise<RunOutcome> {
  const results: BenchResult[] = []
  const leftOut: LeftOut[] = []
  const failures: string[] = []
  const latencies: LatencyCurve[] = []
  for (const suite of suites) {
    try {
      const outcome = await suite.run(stage)
      results.push(...outcome.results)
      leftOut.push(...outcome.leftOut)
      failures.push(...outcome.failures)
      latencies.push(...(outcome.latencies ?? []))
    } catch (error) {
      if (!(error instanceof BenchError)) throw error
      failures.push(`${suite.name}: ${error.message}`)
    }
  }
  return { results, leftOut, failures, latencies }
}
