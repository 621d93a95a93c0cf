import type { BenchResult } from './bench-result.ts'
import type { EchoMetric } from './echo-results.ts'
import { hundredths, renderPlainTable, spreadCells, tenths, thousands } from './plain-table.ts'

const HEAD = [
  'case',
  'subject',
  'k msgs/s',
  'min…max',
  '× node-net',
  'min…max',
  'p50 µs',
  'p99 µs',
  'p99.9 µs',
  'CPU µs/msg',
]

/** A table of the results of an echo: a row for each case and subject, medians over the rounds. */
export function renderEchoTable(results: readonly BenchResult[]): string {
  const rates = results.filter(({ metric }) => isMetric(metric, 'msgs_per_s'))
  const cases = [...new Set(rates.map((rate) => rate.case))]
  const groups = cases.map((title) => ({
    title,
    rows: rates.filter((rate) => rate.case === title).map((rate) => [rate.subject, ...renderRow(rate, results)]),
  }))
  return renderPlainTable(HEAD, groups)
}

function renderRow(rate: BenchResult, results: readonly BenchResult[]): readonly string[] {
  const medianOf = (metric: EchoMetric): number | undefined => {
    const found = results.find((other) => {
      return other.case === rate.case && other.subject === rate.subject && isMetric(other.metric, metric)
    })
    return found?.values.median
  }
  const client = medianOf('client_cpu_us_per_msg')
  const server = medianOf('server_cpu_us_per_msg')
  const { values, ratioToNodeNet } = rate
  return [
    ...spreadCells(values, thousands),
    ...spreadCells(ratioToNodeNet, hundredths, '–'),
    tenths(medianOf('rtt_p50_us')),
    tenths(medianOf('rtt_p99_us')),
    tenths(medianOf('rtt_p999_us')),
    `${tenths(client)}+${tenths(server)}`,
  ]
}

function isMetric(metric: string, wanted: EchoMetric): boolean {
  return metric === wanted
}
