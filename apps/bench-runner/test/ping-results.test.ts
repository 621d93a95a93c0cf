import { expect, test } from 'vitest'
import { pingResults, renderPingTable } from '../src/ping-results.ts'
import type { PingRound } from '../src/ping-contestant.ts'

const round = (pingsPerCpuSecond: number): PingRound => {
  return { pingsPerCpuSecond, pingsPerSecond: 40_000, p50Micros: 100, p99Micros: 300 }
}
const series = [
  { case: 'pad-0', subject: 'ceph-osd', rounds: [round(100_000), round(200_000), round(50_000)] },
  { case: 'pad-0', subject: 'async-messenger', rounds: [round(300_000), round(300_000), round(300_000)] },
  { case: 'pad-2000', subject: 'async-messenger', rounds: [round(30_000)] },
]

test('ours are compared with the real OSD in the same round', () => {
  const results = pingResults('heartbeat', series)
  const rates = results.filter(({ metric }) => metric === 'pings_per_cpu_s')
  expect(rates.map(({ case: name, subject, ratioToBestPeer }) => [name, subject, ratioToBestPeer])).toEqual([
    ['pad-0', 'ceph-osd', undefined],
    ['pad-0', 'async-messenger', { peer: 'ceph-osd', median: 3, min: 1.5, max: 6 }],
    ['pad-2000', 'async-messenger', undefined],
  ])
  expect(rates[0]?.values).toEqual({ median: 100_000, min: 50_000, max: 200_000 })
})

test('the table has a row for each padding and subject', () => {
  const rows = renderPingTable(pingResults('heartbeat', series))
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/ {2,}/))
  expect(rows).toEqual([
    ['pad-0', 'ceph-osd', '100', '50…200', '40', '100.0', '300.0'],
    ['async-messenger', '300', '300…300', '3.00', '1.50…6.00', '40', '100.0', '300.0'],
    [''],
    ['pad-2000', 'async-messenger', '30', '30…30', '40', '100.0', '300.0'],
  ])
})
