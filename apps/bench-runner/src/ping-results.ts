import type { BenchResult } from './bench-result.ts'
import type { PingRound } from './ping-contestant.ts'
import { hundredths, renderPlainTable, spreadCells, tenths, thousands } from './plain-table.ts'
import { spreadOf, spreadOfRatios } from './spread.ts'
import type { TurnsSeries } from './turns.ts'

/** The one that is not ours. */
export const CEPH_OSD = 'ceph-osd'

type PingMetric = 'pings_per_cpu_s' | 'pings_per_s' | 'rtt_p50_us' | 'rtt_p99_us'

const METRICS: Readonly<Record<PingMetric, (round: PingRound) => number>> = {
  pings_per_cpu_s: (round) => round.pingsPerCpuSecond,
  pings_per_s: (round) => round.pingsPerSecond,
  rtt_p50_us: (round) => round.p50Micros,
  rtt_p99_us: (round) => round.p99Micros,
}
const HEAD = ['case', 'subject', 'k pings/CPU s', 'min…max', '× ceph-osd', 'min…max', 'k pings/s', 'p50 µs', 'p99 µs']

/** A result for each series and metric; ratios are to the real OSD in the same round. */
export function pingResults(suite: string, series: readonly TurnsSeries<PingRound>[]): readonly BenchResult[] {
  return series.flatMap(({ case: caseName, subject, rounds }) => {
    const real = series.find((other) => other.case === caseName && other.subject === CEPH_OSD)
    return Object.entries(METRICS).map(([metric, valueOf]) => {
      const values = rounds.map(valueOf)
      const ratioToBestPeer =
        real === undefined || subject === CEPH_OSD
          ? undefined
          : { peer: CEPH_OSD, ...spreadOfRatios(values, real.rounds.map(valueOf)) }
      const found = { values: spreadOf(values), roundCount: rounds.length, ratioToNodeNet: undefined, ratioToBestPeer }
      return { suite, case: caseName, subject, metric, ...found }
    })
  })
}

/** A table of those results: a row for each padding and subject. */
export function renderPingTable(results: readonly BenchResult[]): string {
  const isOf = (metric: string, wanted: PingMetric): boolean => metric === wanted
  const rates = results.filter(({ metric }) => isOf(metric, 'pings_per_cpu_s'))
  const cases = [...new Set(rates.map((rate) => rate.case))]
  const groups = cases.map((title) => ({
    title,
    rows: rates
      .filter((rate) => rate.case === title)
      .map(({ subject, values, ratioToBestPeer }) => {
        const medianOf = (wanted: PingMetric): number | undefined =>
          results.find((other) => other.case === title && other.subject === subject && isOf(other.metric, wanted))
            ?.values.median
        return [
          subject,
          ...spreadCells(values, thousands),
          ...spreadCells(ratioToBestPeer, hundredths),
          thousands(medianOf('pings_per_s') ?? Number.NaN),
          tenths(medianOf('rtt_p50_us')),
          tenths(medianOf('rtt_p99_us')),
        ]
      }),
  }))
  return renderPlainTable(HEAD, groups)
}
