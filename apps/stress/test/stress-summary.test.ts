import { expect, test } from 'vitest'
import { noFigures, type Figures } from '../src/figures.ts'
import { makePlan } from '../src/make-plan.ts'
import type { ProcessReport } from '../src/process-protocol.ts'
import { renderSummary } from '../src/render.ts'
import { summarize, type RunOutcome, type StressSummary } from '../src/stress-summary.ts'

const MIB = 1024 * 1024
const plan = makePlan({
  preset: 'plain',
  messenger: { type: 'async', driver: 'select', workers: 2, opThreads: 0, wire: 'v2-crc' },
  seed: 5,
  inFlight: 64,
  processes: 2,
})

function report(figures: Partial<Figures>, changes: Partial<ProcessReport> = {}): ProcessReport {
  return {
    figures: { ...noFigures(), ...figures },
    rssBytes: 100 * MIB,
    peakRssBytes: 110 * MIB,
    breaches: [],
    breachCount: 0,
    missingCount: 0,
    counts: [[0, [1, 2, 3, 4]]],
    ...changes,
  }
}

const server = report({ delivered: 10, cuts: 1, reconnects: 2 })
const client = report({ sent: 10, answered: 10, cuts: 2, reconnects: 3 })

function summary(reports: readonly ProcessReport[], changes: Partial<RunOutcome> = {}): StressSummary {
  const rest = { seconds: 2, rssBytesAtTenth: 150 * MIB, leftCount: 0, stuck: undefined }
  return summarize('plain', plan, { reports, ...rest, ...changes })
}

test('adds up all processes, and begins with what everyone asks for', () => {
  const all = summary([server, client])
  expect(Object.entries(all).slice(0, 9)).toEqual([
    ['sent', 10],
    ['delivered', 10],
    ['lost', 0],
    ['duplicated', 0],
    ['reordered', 0],
    ['cuts', 3],
    ['reconnects', 5],
    ['seconds', 2],
    ['peakRssBytes', 220 * MIB],
  ])
  expect(all).toMatchObject({
    ok: true,
    messagesPerCut: 6.7,
    messagesPerSecond: 10,
    messenger: 'async (select, 2 workers), v2-crc',
  })
  expect(all).toMatchObject({ rssBytesAtTenth: 150 * MIB, rssBytesAtEnd: 200 * MIB, rssBytesBound: 353 * MIB })
})

test.each<{
  what: string
  reports: readonly ProcessReport[]
  changes?: Partial<RunOutcome>
  breach: string
  lost?: number
}>([
  {
    what: 'a request without a reply',
    reports: [server, report({ sent: 10, answered: 9 })],
    breach: '1 of 10 requests have no reply',
    lost: 1,
  },
  { what: 'a breach that a process has seen', reports: [server, { ...client, breaches: ['alas'] }], breach: 'alas' },
  {
    what: 'requests that came and were never sent',
    reports: [{ ...server, counts: [[0, [1, 2, 4, 4]]] }, client],
    breach: 'client.0 with osd.0: 1/2/3/4 requests were sent, 1/2/4/4 came',
  },
  { what: 'a run that is stuck', reports: [server, client], changes: { stuck: 'stuck: alas' }, breach: 'stuck: alas' },
  {
    what: 'messages that nobody took out of the queues',
    reports: [server, client],
    changes: { leftCount: 2 },
    breach: '2 messages were left in dispatch queues',
  },
  {
    what: 'memory that grows',
    reports: [server, { ...client, rssBytes: 254 * MIB }],
    breach: 'memory: 150 MiB after a tenth of the run, expected at most 353 MiB at its end, got 354',
  },
])('$what is a breach', ({ reports, changes, breach, lost = 0 }) => {
  const bad = summary(reports, changes)
  expect(bad).toMatchObject({ ok: false, lost, breaches: [breach] })
  expect(renderSummary(bad)).toContain(`✘ ${breach}\nagain: --seed 5`)
})

test('what the application was told of, or has given up itself, is not lost', () => {
  const told = summary([{ ...server, counts: [] }, report({ sent: 10, answered: 7, told: 2, forgiven: 1 })])
  expect(told).toMatchObject({ ok: true, lost: 0, told: 2, forgiven: 1 })
})

test('tells ten breaches at most', () => {
  const breaches = Array.from({ length: 12 }, (_, index) => `breach ${index}`)
  expect(summary([server, { ...client, breaches }]).breaches).toEqual(breaches.slice(0, 10))
})
