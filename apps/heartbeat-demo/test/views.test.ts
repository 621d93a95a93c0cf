import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ClusterEvent } from '../src/cluster-watch.ts'
import { summarize, type StepOutcome } from '../src/demo-summary.ts'
import { describeEvent, type DemoView } from '../src/demo-view.ts'
import { JsonView } from '../src/json-view.ts'
import { LiveView } from '../src/live-view.ts'
import { PlainView } from '../src/plain-view.ts'
import type { Step } from '../src/scenario.ts'
import type { Stage } from '../src/stage.ts'
import { makeStage } from './small-stage.ts'

const SCRIPT: readonly Step[] = ['one', 'two', 'three'].map((name) => {
  return { name, title: `step ${name}`, run: () => Promise.resolve({ detail: '' }) }
})
const DONE: StepOutcome = { name: 'one', title: 'step one', ok: true, tookMs: 1234, detail: 'as it should' }
const FAILED: StepOutcome = { name: 'two', title: 'step two', ok: false, tookMs: 5, detail: 'x'.repeat(300) }
const DOWN: ClusterEvent = { kind: 'down', id: 4, epoch: 9, reporters: [0], findings: ['refused'] }

/** Shows a step that goes well, an event, a step that fails, and the end. */
function play(stage: Stage, view: DemoView): void {
  view.begin(SCRIPT)
  view.stepBegan(SCRIPT[0]!)
  view.happened(DOWN)
  view.stepEnded(DONE)
  view.stepBegan(SCRIPT[1]!)
  view.stepEnded(FAILED)
  view.finish(summarize(stage, { outcomes: [DONE, FAILED], stepCount: 3, interruptedBy: undefined }))
}

test('the plain view prints a line for each thing', () => {
  const stage = makeStage()
  const lines: string[] = []
  play(stage, new PlainView(stage, (line) => lines.push(line)))
  const withoutTimes = lines.map((line) => line.replace(/^ *\d+\.\d\d {2}/, ''))
  expect(withoutTimes.slice(0, 7)).toEqual([
    '3 OSDs, messenger simple, fsid 11111111-2222-3333-4444-555555555555',
    'interval 600 ms, grace 2000 ms, seed 1',
    '── 1/3 step one',
    'osd.4 is down, since epoch 9',
    'ok (1.23 s): as it should',
    '── 2/3 step two',
    `FAILED (5.00 ms): ${FAILED.detail}`,
  ])
  expect(lines.at(-1)).toContain('FAILED at "step two"')
  expect(lines.join('\n')).toBe(stripVTControlCharacters(lines.join('\n')))
})

test('the JSON view prints one object at the end', () => {
  const stage = makeStage()
  const lines: string[] = []
  play(stage, new JsonView((line) => lines.push(line)))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ ok: false, steps: [{ name: 'one' }, { name: 'two' }] })
})

/** A terminal of a size, that keeps what was written to it. */
class PaperTerminal extends Writable {
  readonly isTTY = true
  readonly columns: number
  readonly rows: number
  text = ''

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }

  /** For `util.styleText`, which asks what a terminal can do. */
  getColorDepth(): number {
    return 1
  }
}

function drawOn(columns: number, rows: number): string[] {
  const stage = makeStage()
  const terminal = new PaperTerminal(columns, rows)
  play(stage, new LiveView(stage, terminal as unknown as WriteStream))
  return stripVTControlCharacters(terminal.text).split('\n')
}

describe('the live view', () => {
  test('ends with the whole picture and the summary', () => {
    const lines = drawOn(100, 50)
    expect(lines).toContainEqual(
      expect.stringMatching(/│ osd +│ map +│ process +│ pings to it │ +p50 │ +p99 │ +missed │ +waiting │/),
    )
    expect(lines).toContain('✔ step one 1.23 s  as it should')
    expect(lines).toContain('· step three')
    expect(lines).toContainEqual(expect.stringContaining('osd.4 is down, since epoch 9'))
    expect(lines.at(-2)).toContain('FAILED at "step two"')
  })

  test('keeps its lines within the terminal', () => {
    const line = drawOn(60, 50).findLast((text) => text.startsWith('✘ step two'))!
    expect(line).toHaveLength(59)
    expect(line.endsWith('x…')).toBe(true)
  })

  test('leaves out events for which there is no room', () => {
    expect(drawOn(100, 9).filter((line) => line.includes('osd.4 is down'))).toEqual([])
  })
})

test.each<[ClusterEvent, string]>([
  [{ kind: 'up', id: 1, epoch: 3 }, 'osd.1 is up, since epoch 3'],
  [DOWN, 'osd.4 is down, since epoch 9'],
  [{ kind: 'wronglyMarkedDown', id: 2, epoch: 8 }, 'osd.2 finds itself down in the map of epoch 8, and comes back'],
  [
    {
      kind: 'report',
      reporter: 0,
      report: { target: 4, targetUpFrom: 1, finding: 'silence', failedForMs: 2345 },
      counts: true,
    },
    'osd.0 reports osd.4: silence for 2.3 s',
  ],
  [
    {
      kind: 'report',
      reporter: 0,
      report: { target: 4, targetUpFrom: 1, finding: 'refused', failedForMs: 1 },
      counts: false,
    },
    'osd.0 reports osd.4: refused (does not count)',
  ],
])('%j in words', (event, words) => {
  expect(describeEvent(event)).toBe(words)
})
