import type { BenchResult } from './bench-result.ts'
import type { Chart, ChartPoint, ChartSeries } from './chart.ts'
import type { LatencyCurve } from './latency.ts'
import type { Spread } from './spread.ts'

/** What is plotted of a suite: a value of each result, by case and subject. */
interface Plot extends Pick<Chart, 'title' | 'kind' | 'yLabel' | 'isLog'> {
  readonly valuesOf: (result: BenchResult) => Spread | undefined
}

/** The values of one metric. */
function metric(name: string): Plot['valuesOf'] {
  return (result) => (result.metric === name ? result.values : undefined)
}

const PLOTS: readonly Plot[] = [
  {
    ...{ title: 'Throughput by size', kind: 'line', isLog: true },
    ...{ yLabel: 'messages a second', valuesOf: metric('msgs_per_s') },
  },
  {
    ...{ title: 'Rate over that of node-net in the same round', kind: 'bar', isLog: true, yLabel: '× node-net' },
    valuesOf: (result) => (result.metric === 'msgs_per_s' ? result.ratioToNodeNet : undefined),
  },
  {
    ...{ title: 'Rate', kind: 'bar', isLog: true },
    ...{ yLabel: 'operations per second of processor time', valuesOf: metric('ops_per_s') },
  },
  {
    ...{ title: 'Rate over that of the best peer in the same round', kind: 'bar', isLog: true, yLabel: '× best peer' },
    valuesOf: (result) => (result.metric === 'ops_per_s' ? result.ratioToBestPeer : undefined),
  },
  {
    ...{ title: 'Heartbeats answered', kind: 'bar', isLog: false },
    ...{ yLabel: 'pings per second of processor time', valuesOf: metric('pings_per_cpu_s') },
  },
  {
    ...{ title: "What the messenger's own thread does", kind: 'bar', isLog: false },
    ...{ yLabel: 'µs of its processor time per message', valuesOf: metric('main_thread_cpu_us_per_msg') },
  },
  {
    ...{ title: 'Heartbeats answered, if each thread had a core', kind: 'bar', isLog: false },
    ...{ yLabel: "pings per second of the busiest thread's time", valuesOf: metric('pings_per_busiest_thread_s') },
  },
  {
    ...{ title: 'Memory of an idle connection', kind: 'bar', isLog: true },
    ...{ yLabel: 'bytes of the server', valuesOf: metric('rss_bytes_per_connection') },
  },
]

/** A case whose name ends with how many there are of something: part of a series over that number. */
const COUNTED_CASE = /^(connections|queued)-(\d+)$/

/** A case at a given rate: that rate is what all have, so only their latencies tell something. */
const PACED = '/s'

/** All charts of what was found, suite by suite. */
export function chartsOf(results: readonly BenchResult[], latencies: readonly LatencyCurve[]): readonly Chart[] {
  const suites = [...new Set(results.map(({ suite }) => suite))]
  return suites.flatMap((suite) => {
    const own = results.filter((result) => result.suite === suite && !result.case.endsWith(PACED))
    if (own.some((result) => COUNTED_CASE.test(result.case))) return countedCharts(suite, own)
    const plots = PLOTS.map((plot) => plotChart(suite, own, plot)).filter((chart) => chart.series.length > 0)
    return [...plots, ...latencyCharts(suite, latencies)]
  })
}

function plotChart(suite: string, results: readonly BenchResult[], plot: Plot): Chart {
  const { valuesOf, ...look } = plot
  const series = seriesBySubject(results, (result) => {
    const values = valuesOf(result)
    return values === undefined ? undefined : pointAt(result.case, values)
  })
  return { suite, ...look, x: 'category', xLabel: '', series }
}

/** What a message costs both ends, over how many connections there are, or how many messages wait. */
function countedCharts(suite: string, results: readonly BenchResult[]): readonly Chart[] {
  const kinds = [...new Set(results.map((result) => COUNTED_CASE.exec(result.case)?.[1]))]
  return kinds.flatMap((kind) => {
    if (kind === undefined) return []
    const of = results.filter((result) => COUNTED_CASE.exec(result.case)?.[1] === kind)
    const series = ['client_cpu_us_per_msg', 'server_cpu_us_per_msg'].flatMap((name) => {
      const found = seriesBySubject(of, (result) => {
        const count = Number(COUNTED_CASE.exec(result.case)?.[2])
        return result.metric === name ? pointAt(count, result.values) : undefined
      })
      return found.map(({ name: subject, points }) => ({ name: `${subject}, ${name.slice(0, 6)}`, points }))
    })
    const title = kind === 'queued' ? 'Cost by messages under way' : 'Cost by connections'
    const axes = { x: 'log', xLabel: kind, yLabel: 'µs of processor time per message', isLog: true } as const
    return [{ suite, title, kind: 'line' as const, ...axes, series }]
  })
}

function latencyCharts(suite: string, latencies: readonly LatencyCurve[]): readonly Chart[] {
  const own = latencies.filter((curve) => curve.suite === suite)
  return [...new Set(own.map((curve) => curve.case))].map((name) => ({
    suite,
    title: `Latency, ${name}`,
    kind: 'line',
    x: 'percentile',
    xLabel: 'percentile',
    yLabel: 'µs',
    isLog: true,
    series: own
      .filter((curve) => curve.case === name)
      .map(({ subject, points }) => ({
        name: subject,
        points: points.map(({ percentile, micros }) => ({ x: percentile, y: micros })),
      })),
  }))
}

function seriesBySubject(
  results: readonly BenchResult[],
  pointOf: (result: BenchResult) => ChartPoint | undefined,
): readonly ChartSeries[] {
  const series = new Map<string, ChartPoint[]>()
  for (const result of results) {
    const point = pointOf(result)
    if (point !== undefined) series.set(result.subject, [...(series.get(result.subject) ?? []), point])
  }
  return [...series].map(([name, points]) => ({ name, points }))
}

function pointAt(x: string | number, { median, min, max }: Spread): ChartPoint {
  return { x, y: median, min, max }
}
