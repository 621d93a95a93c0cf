import { expect, test } from 'vitest'
import { echoResults, latencyCurves } from '../src/echo-results.ts'
import type { EchoFigures } from '../src/echo-contestant.ts'
import { packLatencies } from '../src/latency.ts'

const round = (msgsPerSecond: number): EchoFigures => {
  return {
    msgsPerSecond,
    p50Micros: 10,
    p99Micros: 30,
    p999Micros: 40,
    latencies: '',
    clientCpuMicrosPerMsg: 2,
    serverCpuMicrosPerMsg: 3,
  }
}

test('each series gives a result for each metric, with the ratio to node-net in the same case and round', () => {
  const results = echoResults('echo', [
    { case: 'a', subject: 'node-net', rounds: [round(100), round(400), round(200)] },
    { case: 'b', subject: 'node-net', rounds: [round(1), round(1), round(1)] },
    { case: 'a', subject: 'other', rounds: [round(50), round(100), round(150)] },
  ])
  expect(results).toHaveLength(18)
  expect(results.filter(({ subject, metric }) => subject === 'other' && metric === 'msgs_per_s')).toEqual([
    {
      suite: 'echo',
      case: 'a',
      subject: 'other',
      metric: 'msgs_per_s',
      values: { median: 100, min: 50, max: 150 },
      roundCount: 3,
      ratioToNodeNet: { median: 0.5, min: 0.25, max: 0.75 },
      ratioToBestPeer: undefined,
    },
  ])
  expect(
    results.filter(({ subject }) => subject === 'other').map(({ metric, values }) => [metric, values.median]),
  ).toEqual([
    ['msgs_per_s', 100],
    ['rtt_p50_us', 10],
    ['rtt_p99_us', 30],
    ['rtt_p999_us', 40],
    ['client_cpu_us_per_msg', 2],
    ['server_cpu_us_per_msg', 3],
  ])
})

test('without node-net there is no ratio', () => {
  const results = echoResults('echo', [{ case: 'a', subject: 'other', rounds: [round(50)] }])
  expect(results.map(({ ratioToNodeNet }) => ratioToNodeNet)).toEqual(new Array(6).fill(undefined))
})

test('latencies of all rounds are taken together', () => {
  const rounds = [1000, 3000].map((nanos) => ({ ...round(1), latencies: packLatencies(new Array(100).fill(nanos)) }))
  const [curve] = latencyCurves('echo', [{ case: 'a', subject: 'b', rounds }])
  expect(curve).toMatchObject({ suite: 'echo', case: 'a', subject: 'b' })
  const micros = (wanted: number): number | undefined =>
    curve?.points.find(({ percentile }) => percentile === wanted)?.micros
  expect(micros(25)).toBeCloseTo(1, 2)
  expect(micros(75)).toBeCloseTo(3, 2)
})
