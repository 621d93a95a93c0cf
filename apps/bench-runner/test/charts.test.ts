import { expect, test } from 'vitest'
import type { BenchResult } from '../src/bench-result.ts'
import { chartsOf } from '../src/charts.ts'

const values = { median: 2, min: 1, max: 3 }
const result = (suite: string, name: string, subject: string, metric: string): BenchResult => {
  const common = { suite, case: name, subject, metric, values, roundCount: 3 }
  return { ...common, ratioToNodeNet: undefined, ratioToBestPeer: undefined }
}
const point = { y: 2, min: 1, max: 3 }

test('rates are plotted by case and subject, with their ratios where there are any', () => {
  const ratioToNodeNet = { median: 0.5, min: 0.4, max: 0.6 }
  const charts = chartsOf(
    [
      { ...result('echo', '64B-d1', 'a', 'msgs_per_s'), ratioToNodeNet },
      result('echo', '64B-d1', 'b', 'msgs_per_s'),
      result('echo', '4KiB-d64', 'a', 'msgs_per_s'),
      result('echo', '64B-5k/s', 'a', 'msgs_per_s'),
      result('echo', '64B-d1', 'a', 'rtt_p50_us'),
    ],
    [],
  )
  expect(charts.map(({ suite, title }) => [suite, title])).toEqual([
    ['echo', 'Throughput by size'],
    ['echo', 'Rate over that of node-net in the same round'],
  ])
  expect(charts[0]?.series).toEqual([
    {
      name: 'a',
      points: [
        { x: '64B-d1', ...point },
        { x: '4KiB-d64', ...point },
      ],
    },
    { name: 'b', points: [{ x: '64B-d1', ...point }] },
  ])
  expect(charts[1]?.series).toEqual([{ name: 'a', points: [{ x: '64B-d1', y: 0.5, min: 0.4, max: 0.6 }] }])
})

test('cases that count something become a series over the count', () => {
  const charts = chartsOf(
    ['connections-1', 'connections-1000', 'queued-10'].flatMap((name) =>
      ['client_cpu_us_per_msg', 'server_cpu_us_per_msg'].map((metric) => result('scaling', name, 'a', metric)),
    ),
    [],
  )
  expect(charts.map(({ title, x }) => [title, x])).toEqual([
    ['Cost by connections', 'log'],
    ['Cost by messages under way', 'log'],
  ])
  expect(charts[0]?.series).toEqual([
    {
      name: 'a, client',
      points: [
        { x: 1, ...point },
        { x: 1000, ...point },
      ],
    },
    {
      name: 'a, server',
      points: [
        { x: 1, ...point },
        { x: 1000, ...point },
      ],
    },
  ])
})

test('latencies have a chart for each case, those at a given rate too', () => {
  const points = [{ percentile: 50, micros: 7 }]
  const charts = chartsOf(
    [result('echo', '64B-5k/s', 'a', 'msgs_per_s')],
    [{ suite: 'echo', case: '64B-5k/s', subject: 'a', points }],
  )
  expect(charts.map(({ title, x, series }) => [title, x, series])).toEqual([
    ['Latency, 64B-5k/s', 'percentile', [{ name: 'a', points: [{ x: 50, y: 7 }] }]],
  ])
})
