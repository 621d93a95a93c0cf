import type { BenchResult } from './bench-result.ts'
import { hundredths, renderPlainTable, spreadCells, threeDigits } from './plain-table.ts'

const HEAD = ['case', 'subject', 'M ops/s', 'min…max', 'ns', 'GB/s', '× best peer', 'min…max', 'best peer']

/** A table of the results of a contest: a row for each case and subject, medians over the rounds. */
export function renderContestTable(results: readonly BenchResult[]): string {
  const operations = results.filter(({ metric }) => metric === 'ops_per_s')
  const cases = [...new Set(operations.map((result) => result.case))]
  const groups = cases.map((title) => ({
    title,
    rows: operations.filter((result) => result.case === title).map((result) => renderRow(result, results)),
  }))
  return renderPlainTable(HEAD, groups)
}

function renderRow(rate: BenchResult, results: readonly BenchResult[]): readonly string[] {
  const bytes = results.find((other) => {
    return other.case === rate.case && other.subject === rate.subject && other.metric === 'gb_per_s'
  })
  const { values, ratioToBestPeer } = rate
  return [
    rate.subject,
    ...spreadCells(values, millions),
    threeDigits(1e9 / values.median),
    bytes === undefined ? '' : threeDigits(bytes.values.median),
    ...spreadCells(ratioToBestPeer, hundredths),
    ratioToBestPeer?.peer ?? '',
  ]
}

function millions(value: number): string {
  return threeDigits(value / 1e6)
}
