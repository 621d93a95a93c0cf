import type { BenchResult } from './bench-result.ts'
import type { Contest } from './contest.ts'
import type { ContestSeries } from './contest-turns.ts'
import { spreadOf, spreadOfRatios } from './spread.ts'

const BYTES_PER_GB = 1e9

/**
 * Operations per second of processor time of each series, and bytes where they are known. Those that are ours are
 * compared with the best of the others, which is the one with the highest median.
 */
export function contestResults(contest: Contest, series: readonly ContestSeries[]): readonly BenchResult[] {
  const { name, ours, lesser = [] } = contest
  const noPeers = [...ours, ...lesser]
  return series.flatMap(({ case: contestCase, subject, rates }) => {
    const peers = series.filter((other) => other.case === contestCase && !noPeers.includes(other.subject))
    const best = bestOf(peers)
    const ratioToBestPeer =
      best === undefined || !ours.includes(subject)
        ? undefined
        : { peer: best.subject, ...spreadOfRatios(rates, best.rates) }
    const common = { suite: name, case: contestCase.name, subject, roundCount: rates.length, ratioToNodeNet: undefined }
    const operations = { ...common, metric: 'ops_per_s', values: spreadOf(rates), ratioToBestPeer }
    const bytes = contestCase.bytesPerOperation
    if (bytes === undefined) return [operations]
    const gigabytes = spreadOf(rates.map((rate) => (rate * bytes) / BYTES_PER_GB))
    return [operations, { ...common, metric: 'gb_per_s', values: gigabytes, ratioToBestPeer }]
  })
}

function bestOf(series: readonly ContestSeries[]): ContestSeries | undefined {
  const medianOf = ({ rates }: ContestSeries): number => spreadOf(rates).median
  return series.reduce<ContestSeries | undefined>((best, candidate) => {
    return best === undefined || medianOf(candidate) > medianOf(best) ? candidate : best
  }, undefined)
}
