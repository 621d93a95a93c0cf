import Table from 'cli-table3'
import type { BenchResult } from './bench-result.ts'
import type { EchoMetric } from './echo-results.ts'
import type { Spread } from './spread.ts'

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
const TEXT_COLUMN_COUNT = 2

/** Nothing but a line below the head: narrow enough for a terminal, and for a note. */
const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', left: '', right: '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', 'left-mid': '', 'right-mid': '' },
  ...{ mid: '─', 'mid-mid': '─', middle: ' ' },
}

/** A table of the results of the echo: a row for each case and subject, medians over the rounds. */
export function renderEchoTable(results: readonly BenchResult[]): string {
  const table = new Table({
    head: HEAD,
    colAligns: HEAD.map((_, index) => (index < TEXT_COLUMN_COUNT ? 'left' : 'right')),
    // No colours: they would end up in files.
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 },
    chars: NO_LINES,
  })
  const rates = results.filter(({ metric }) => isMetric(metric, 'msgs_per_s'))
  rates.forEach((rate, index) => {
    const isNewCase = rates[index - 1]?.case !== rate.case
    if (isNewCase && index > 0) table.push(HEAD.map(() => ''))
    table.push([isNewCase ? rate.case : '', rate.subject, ...renderRow(rate, results)])
  })
  return table.toString()
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
    thousands(values.median),
    renderRange(values, thousands),
    ratioToNodeNet === undefined ? '–' : hundredths(ratioToNodeNet.median),
    ratioToNodeNet === undefined ? '–' : renderRange(ratioToNodeNet, hundredths),
    tenths(medianOf('rtt_p50_us')),
    tenths(medianOf('rtt_p99_us')),
    tenths(medianOf('rtt_p999_us')),
    `${tenths(client)}+${tenths(server)}`,
  ]
}

function isMetric(metric: string, wanted: EchoMetric): boolean {
  return metric === wanted
}

function renderRange({ min, max }: Spread, render: (value: number) => string): string {
  return `${render(min)}…${render(max)}`
}

function thousands(value: number): string {
  return String(Number((value / 1000).toPrecision(3)))
}

function tenths(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1)
}

function hundredths(value: number): string {
  return value.toFixed(2)
}
