import { expect, test } from 'vitest'
import { summarize, summaryLines, type StepOutcome } from '../src/demo-summary.ts'
import type { Stage } from '../src/stage.ts'
import { SIMPLE } from './raw-peer.ts'
import { makeStage } from './small-stage.ts'

const DETECTION = {
  osd: 1,
  what: 'hung',
  afterMs: 2345,
  epoch: 3,
  reporters: [0, 2],
  findings: ['silence', 'silence'],
} as const
const OUTCOMES: readonly StepOutcome[] = [
  { name: 'hang', title: 'osd.1 hangs', ok: true, tookMs: 2400, detail: 'it was found out', detection: DETECTION },
  {
    name: 'wake',
    title: 'osd.1 goes on',
    ok: true,
    tookMs: 900,
    detail: 'it is back',
    comeback: { osd: 1, what: 'woken', afterMs: 46, epoch: 4 },
  },
]

function makeWatchedStage(): Stage {
  const stage = makeStage()
  const osds = [0, 1, 2].map((id) => ({ id, isUp: true, upFrom: 1, front: 'f', back: 'b' }))
  stage.watch.monitorTells({ kind: 'map', map: { epoch: 4, osds }, peers: [] })
  const report = { target: 1, targetUpFrom: 1, finding: 'silence', failedForMs: 2000 } as const
  stage.watch.monitorTells({ kind: 'report', reporter: 0, report, counts: true })
  const rttsMs = { front: [1, 2], back: [3] }
  stage.watch.osdTells(0, { kind: 'links', links: [{ peer: 1, pings: 4, missed: 1, waiting: 0, rttsMs }] })
  return stage
}

test('a summary says how it went, in numbers', () => {
  const summary = summarize(makeWatchedStage(), { outcomes: OUTCOMES, stepCount: 2, interruptedBy: undefined })
  expect(summary).toMatchObject({
    ok: true,
    messenger: 'simple',
    driver: undefined,
    osds: 3,
    seed: 1,
    epoch: 4,
    reports: 1,
    pings: { sent: 4, answered: 3, missed: 1 },
    rttMs: { min: 1, p50: expect.closeTo(2, 1) as number, max: 3 },
    detections: [DETECTION],
    comebacks: [{ osd: 1, what: 'woken', afterMs: 46, epoch: 4 }],
  })
  expect(summary.events.map(({ kind }) => kind)).toEqual(['up', 'up', 'up', 'report'])
  expect(JSON.parse(JSON.stringify(summary))).toMatchObject({ steps: [{ name: 'hang' }, { name: 'wake' }] })
})

test('and in words', () => {
  const summary = {
    ...summarize(makeWatchedStage(), { outcomes: OUTCOMES, stepCount: 2, interruptedBy: undefined }),
    tookMs: 19_800,
  }
  expect(summaryLines(summary, SIMPLE)).toEqual([
    'osd.1 hung: found out after 2.35 s (silence; 2 reporters)',
    'osd.1 went on: up again after 46.0 ms',
    '4 pings, 3 answered, 1 missed; round trip p50 2.00 ms, p99 3.00 ms',
    '1 failure reports, 4 maps; messenger simple, seed 1',
    'all 2 steps went as they should, in 19.80 s',
  ])
})

test('it is no success if a step failed, if one is missing, or if it was called off', () => {
  const stage = makeWatchedStage()
  const failed = OUTCOMES.map((outcome) => ({ ...outcome, ok: outcome.name !== 'wake', detail: 'it slept on' }))
  const failure = summarize(stage, { outcomes: failed, stepCount: 2, interruptedBy: undefined })
  expect(failure.ok).toBe(false)
  expect(summaryLines(failure, SIMPLE).at(-1)).toBe('FAILED at "osd.1 goes on": it slept on')
  expect(summarize(stage, { outcomes: OUTCOMES, stepCount: 3, interruptedBy: undefined }).ok).toBe(false)
  const interrupted = summarize(stage, { outcomes: OUTCOMES, stepCount: 2, interruptedBy: 'SIGINT' })
  expect(interrupted.ok).toBe(false)
  expect(summaryLines(interrupted, SIMPLE).at(-1)).toBe('called off: SIGINT')
})
