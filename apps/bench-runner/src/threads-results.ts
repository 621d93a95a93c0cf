import type { BenchResult } from './bench-result.ts'
import { LatencyDistribution, type LatencyCurve } from './latency.ts'
import { hundredths, renderPlainTable, spreadCells, threeDigits } from './plain-table.ts'
import { spreadOf, spreadOfRatios } from './spread.ts'
import type { ThreadsFigures } from './threads-contestants.ts'
import type { TurnsSeries } from './turns.ts'

const HEAD = ['case', 'subject', 'metric', 'median', 'min…max', '× reference', 'min…max']

/** All rounds of one subject in one case. */
export interface ThreadsSeries extends TurnsSeries<ThreadsFigures> {
  /** The subject that this one is compared with. */
  readonly reference: string | undefined
}

/** A result for each series and metric, in their order; ratios are to the reference in the same round. */
export function threadsResults(suite: string, series: readonly ThreadsSeries[]): readonly BenchResult[] {
  return series.flatMap(({ case: caseName, subject, reference, rounds }) => {
    const other = series.find((candidate) => candidate.case === caseName && candidate.subject === reference)
    return Object.keys(rounds[0]?.values ?? {}).map((metric) => {
      const valuesOf = (of: ThreadsSeries['rounds']): number[] => of.map(({ values }) => values[metric] ?? Number.NaN)
      const values = valuesOf(rounds)
      const ratioToReference =
        other === undefined || other.subject === subject
          ? undefined
          : { reference: other.subject, ...spreadOfRatios(values, valuesOf(other.rounds)) }
      const none = { ratioToNodeNet: undefined, ratioToBestPeer: undefined }
      const found = { values: spreadOf(values), roundCount: rounds.length, ...none, ratioToReference }
      return { suite, case: caseName, subject, metric, ...found }
    })
  })
}

/** The latencies of those series that have any, over all their rounds. */
export function threadsCurves(suite: string, series: readonly ThreadsSeries[]): readonly LatencyCurve[] {
  return series.flatMap(({ case: name, subject, rounds }) => {
    const packs = rounds.flatMap(({ latencies }) => latencies ?? [])
    return packs.length === 0 ? [] : [{ suite, case: name, subject, points: new LatencyDistribution(packs).points }]
  })
}

/** A table of those results: a row for each case, subject and metric. */
export function renderThreadsTable(results: readonly BenchResult[]): string {
  const cases = [...new Set(results.map((result) => result.case))]
  const groups = cases.map((title) => ({
    title,
    rows: results
      .filter((result) => result.case === title)
      .map(({ subject, metric, values, ratioToReference }) => [
        ...[subject, metric, ...spreadCells(values, threeDigits)],
        ...spreadCells(ratioToReference, hundredths, '–'),
      ]),
  }))
  return renderPlainTable(HEAD, groups)
}
