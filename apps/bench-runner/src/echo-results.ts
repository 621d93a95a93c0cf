import type { BenchResult } from './bench-result.ts'
import type { EchoFigures } from './echo-contestant.ts'
import { BASELINE } from './echo-subjects.ts'
import { LatencyDistribution, type LatencyCurve } from './latency.ts'
import { spreadOf, spreadOfRatios } from './spread.ts'
import type { TurnsSeries } from './turns.ts'

/** One of the things that the echo measures, under the name that the JSON has. */
export type EchoMetric =
  'msgs_per_s' | 'rtt_p50_us' | 'rtt_p99_us' | 'rtt_p999_us' | 'client_cpu_us_per_msg' | 'server_cpu_us_per_msg'

const METRICS: Readonly<Record<EchoMetric, (figures: EchoFigures) => number>> = {
  msgs_per_s: (figures) => figures.msgsPerSecond,
  rtt_p50_us: (figures) => figures.p50Micros,
  rtt_p99_us: (figures) => figures.p99Micros,
  rtt_p999_us: (figures) => figures.p999Micros,
  client_cpu_us_per_msg: (figures) => figures.clientCpuMicrosPerMsg,
  server_cpu_us_per_msg: (figures) => figures.serverCpuMicrosPerMsg,
}

/** A result for each series and metric, in their order. */
export function echoResults(suite: string, series: readonly TurnsSeries<EchoFigures>[]): readonly BenchResult[] {
  return series.flatMap(({ case: caseName, subject, rounds }) => {
    const baseline = series.find((other) => other.case === caseName && other.subject === BASELINE)
    return Object.entries(METRICS).map(([metric, valueOf]) => {
      const values = rounds.map(valueOf)
      const ratioToNodeNet = baseline && spreadOfRatios(values, baseline.rounds.map(valueOf))
      const roundCount = rounds.length
      const found = { values: spreadOf(values), roundCount, ratioToNodeNet, ratioToBestPeer: undefined }
      return { suite, case: caseName, subject, metric, ...found }
    })
  })
}

/** The latencies of each series, over all its rounds. */
export function latencyCurves(suite: string, series: readonly TurnsSeries<EchoFigures>[]): readonly LatencyCurve[] {
  return series.map(({ case: name, subject, rounds }) => {
    const { points } = new LatencyDistribution(rounds.map(({ latencies }) => latencies))
    return { suite, case: name, subject, points }
  })
}
