import { expect, test } from 'vitest'
import { packLatencies } from '../src/latency.ts'
import { renderThreadsTable, threadsCurves, threadsResults } from '../src/threads-results.ts'

const rounds = (...micros: number[]) => micros.map((value) => ({ values: { main_thread_cpu_us_per_msg: value } }))
const series = [
  { case: 'large', subject: 'inline', reference: 'inline', rounds: rounds(8, 10, 40) },
  { case: 'large', subject: 'threads', reference: 'inline', rounds: rounds(4, 4, 4) },
  {
    case: 'hand-over',
    subject: 'threads',
    reference: undefined,
    rounds: [{ values: { p50: 7 }, latencies: packLatencies([7000]) }],
  },
]

test('each is compared with the reference of its case in the same round', () => {
  const results = threadsResults('threads', series)
  expect(
    results.map(({ case: name, subject, metric, ratioToReference }) => [name, subject, metric, ratioToReference]),
  ).toEqual([
    ['large', 'inline', 'main_thread_cpu_us_per_msg', undefined],
    ['large', 'threads', 'main_thread_cpu_us_per_msg', { reference: 'inline', median: 0.4, min: 0.1, max: 0.5 }],
    ['hand-over', 'threads', 'p50', undefined],
  ])
  expect(results[0]?.values).toEqual({ median: 10, min: 8, max: 40 })
})

test('latencies are handed on where there are any', () => {
  expect(threadsCurves('threads', series)).toEqual([
    {
      suite: 'threads',
      case: 'hand-over',
      subject: 'threads',
      points: [{ percentile: 100, micros: expect.closeTo(7, 1) as number }],
    },
  ])
})

test('the table has a row for each case, subject and metric', () => {
  const rows = renderThreadsTable(threadsResults('threads', series))
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/ {2,}/))
  expect(rows).toEqual([
    ['large', 'inline', 'main_thread_cpu_us_per_msg', '10', '8…40', '–', '–'],
    ['threads', 'main_thread_cpu_us_per_msg', '4', '4…4', '0.40', '0.10…0.50'],
    [''],
    ['hand-over', 'threads', 'p50', '7', '7…7', '–', '–'],
  ])
})
