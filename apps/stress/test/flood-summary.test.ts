import { expect, test } from 'vitest'
import type { FloodPlan } from '../src/flood-plan.ts'
import type { ServerReport } from '../src/flood-protocol.ts'
import { renderFlood, summarizeFlood, type FloodOutcome } from '../src/flood-summary.ts'

const MIB = 1024 * 1024
const plan: FloodPlan = {
  name: 'slow',
  messenger: { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' },
  attackerCount: 5,
  seconds: 2,
}
const roundTrip = { count: 9, p50Ms: 1, p99Ms: 2, maxMs: 3 }
const server = (mib: number, connections: number): ServerReport => ({ rssBytes: mib * MIB, dropped: 0, connections })
const calm: FloodOutcome = {
  good: {
    roundTrips: { before: roundTrip, during: roundTrip, after: roundTrip },
    sent: 30,
    answered: 30,
    breaches: [],
  },
  attack: { connected: 5, closed: 5, failed: 0, open: 5, mostOpen: 5 },
  newPeersDuring: 3,
  newPeersAfter: 20,
  before: server(50, 4),
  during: [server(50, 4), server(300, 9), server(200, 8)],
  after: server(139, 4),
}

test('a flood that did no harm is fine, whatever it took while it lasted', () => {
  const summary = summarizeFlood(plan, calm)
  expect(summary).toMatchObject({ ok: true, lost: 0, breaches: [], connectionsDuring: 9, rssBytesMost: 300 * MIB })
  expect(renderFlood(summary)).toContain('30 pings, 0 lost; new peers: 3 of 20 during, 20 after')
})

test.each<[string, Partial<FloodOutcome>, string]>([
  ['an answer is lost', { good: { ...calm.good, answered: 29 } }, 'good peers: 1 of 30 pings have no answer'],
  ['a good peer saw something wrong', { good: { ...calm.good, breaches: ['alas'] } }, 'alas'],
  [
    'good peers were not answered at all while it lasted',
    { good: { ...calm.good, roundTrips: { ...calm.good.roundTrips, during: { ...roundTrip, count: 0 } } } },
    'good peers: expected round trips during the flood, got none',
  ],
  [
    'new peers cannot connect afterwards',
    { newPeersAfter: 19 },
    'new peers after the flood: expected 20 to connect, 19 did',
  ],
  [
    'memory does not come back',
    { after: server(140, 4) },
    'memory: expected at most 139 MiB after the flood, got 140 MiB',
  ],
  [
    'there was no flood',
    { attack: { ...calm.attack, connected: 0 } },
    'the flood: expected bad peers to connect, none did',
  ],
])('it is not fine if %s', (_, change, breach) => {
  const summary = summarizeFlood(plan, { ...calm, ...change })
  expect(summary).toMatchObject({ ok: false, breaches: [breach] })
  expect(renderFlood(summary)).toContain(`✘ ${breach}`)
})
