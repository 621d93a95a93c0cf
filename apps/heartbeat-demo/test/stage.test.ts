import { expect, test } from 'vitest'
import type { FromMonitor, FromOsd } from '../src/process-protocol.ts'
import type { Stage } from '../src/stage.ts'
import { makeStage } from './small-stage.ts'

/** OSDs 0 and 1 ping each other. */
function tellMap(stage: Stage, epoch: number, isUp: readonly [boolean, boolean] = [true, true]): void {
  const osds = isUp.map((up, id) => ({ id, isUp: up, upFrom: 1, front: 'f', back: 'b' }))
  const news: FromMonitor = {
    kind: 'map',
    map: { epoch, osds },
    peers: [
      [0, [1]],
      [1, [0]],
    ],
  }
  stage.watch.monitorTells(news)
}

function tellDown(stage: Stage, id: number): void {
  stage.watch.monitorTells({ kind: 'markedDown', id, epoch: 2, reporters: [0, 2], findings: ['silence', 'silence'] })
}

function answers(peer: number, front: number, back: number): FromOsd {
  const rttsMs = { front: Array<number>(front).fill(1), back: Array<number>(back).fill(1) }
  return { kind: 'links', links: [{ peer, pings: front + back, missed: 0, waiting: 0, rttsMs }] }
}

test('what is waited for comes true when something happens', async () => {
  const stage = makeStage()
  const waiting = stage.until('two OSDs', () => stage.watch.upIds.length === 2)
  tellMap(stage, 1)
  await waiting
})

test('what does not come true in time fails, with what was seen instead', async () => {
  const stage = makeStage({ stepDeadlineMs: 20 })
  tellMap(stage, 7, [true, false])
  await expect(stage.until('two OSDs', () => false)).rejects.toThrow(
    'expected within 0.02 s: two OSDs; got: at epoch 7 osd.0 up, osd.1 down',
  )
})

test('an OSD that goes down for no reason fails whatever is waited for', async () => {
  const stage = makeStage()
  const waiting = stage.until('pigs fly', () => false)
  tellDown(stage, 1)
  await expect(waiting).rejects.toThrow('osd.1 was marked down at epoch 2 (reported by osd.0, osd.2), and nobody')
  await expect(stage.until('anything', () => true)).rejects.toThrow('osd.1 was marked down')
})

test('one that the script has struck down does not', async () => {
  const stage = makeStage()
  stage.mayBeDown.add(1)
  tellDown(stage, 1)
  await stage.until('anything', () => true)
})

test('a signal calls everything off', async () => {
  const controller = new AbortController()
  const stage = makeStage({}, controller)
  const waiting = stage.until('pigs fly', () => false)
  controller.abort(new Error('called off: SIGINT'))
  await expect(waiting).rejects.toThrow('called off: SIGINT')
})

test('a round is over when everyone has been answered by everyone, at front and back', async () => {
  const stage = makeStage()
  tellMap(stage, 1)
  stage.watch.osdTells(0, answers(1, 5, 5))
  let isOver = false
  const rounds = stage.rounds(2).then(() => {
    isOver = true
  })
  for (const [from, news] of [
    [0, answers(1, 2, 1)],
    [1, answers(0, 2, 2)],
  ] as const) {
    stage.watch.osdTells(from, news)
    await Promise.resolve()
    expect(isOver).toBe(false)
  }
  stage.watch.osdTells(0, answers(1, 0, 1))
  await rounds
})

test('a round that does not end tells who is not answered', async () => {
  const stage = makeStage({ stepDeadlineMs: 20 })
  tellMap(stage, 1)
  stage.watch.osdTells(0, answers(1, 2, 2))
  stage.watch.osdTells(1, answers(0, 2, 1))
  const rounds = stage.rounds(2)
  stage.watch.osdTells(0, answers(1, 2, 2))
  stage.watch.osdTells(1, answers(0, 2, 0))
  await expect(rounds).rejects.toThrow('got: osd.1 → osd.0: 0 more')
})

test('a map is known when everyone who should has it', async () => {
  const stage = makeStage({ stepDeadlineMs: 20 })
  stage.watch.osdTells(0, { kind: 'map', epoch: 4 })
  stage.watch.osdTells(1, { kind: 'map', epoch: 3 })
  await stage.untilKnown(4, [0])
  await stage.untilKnown(3, [0, 1])
  await expect(stage.untilKnown(4, [0, 1])).rejects.toThrow('got: osd.0 has 4, osd.1 has 3')
})
