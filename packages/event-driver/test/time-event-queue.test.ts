import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimeEventQueue } from '../src/time-event-queue.ts'

const nothing = (): void => undefined

test('takes the earliest timer that is due, and of equals the one made first', () => {
  const queue = new TimeEventQueue()
  const late = queue.add(20, nothing)
  const early = queue.add(10, nothing)
  const equal = queue.add(10, nothing)

  expect(queue.firstDueMs).toBe(10)
  expect(queue.isFirst(early)).toBe(true)
  expect(queue.isFirst(equal)).toBe(false)
  expect(queue.takeDue(9.999, Infinity)).toBeUndefined()
  expect(queue.takeDue(10, Infinity)?.id).toBe(early)
  expect(queue.takeDue(30, Infinity)?.id).toBe(equal)
  expect(queue.takeDue(30, Infinity)?.id).toBe(late)
  expect(queue.takeDue(30, Infinity)).toBeUndefined()
  expect(queue.firstDueMs).toBeUndefined()
})

test('does not take a timer whose id is not below the given end', () => {
  const queue = new TimeEventQueue()
  const id = queue.add(1, nothing)
  expect(queue.nextId).toBe(id + 1)
  expect(queue.takeDue(5, id)).toBeUndefined()
  expect(queue.takeDue(5, id + 1)?.id).toBe(id)
})

test('clear forgets the timers but not which ids were given', () => {
  const queue = new TimeEventQueue()
  const id = queue.add(1, nothing)
  queue.clear()
  expect(queue.count).toBe(0)
  expect(queue.delete(id)).toBe(false)
  expect(queue.add(1, nothing)).toBe(id + 1)
})

test('any sequence of additions, deletions and takings is that of a sorted list', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), dueMs: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), id: fc.nat(60) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const), nowMs: fc.nat(20), endId: fc.nat(60) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const queue = new TimeEventQueue()
      let model: { id: number; dueMs: number }[] = []
      for (const step of steps) {
        if (step.kind === 'add') {
          model.push({ id: queue.add(step.dueMs, nothing), dueMs: step.dueMs })
          model.sort((a, b) => a.dueMs - b.dueMs || a.id - b.id)
        } else if (step.kind === 'delete') {
          expect(queue.delete(step.id)).toBe(model.some(({ id }) => id === step.id))
          model = model.filter(({ id }) => id !== step.id)
        } else {
          const first = model[0]
          const expected = first && first.dueMs <= step.nowMs && first.id < step.endId ? first : undefined
          expect(queue.takeDue(step.nowMs, step.endId)?.id).toBe(expected?.id)
          if (expected !== undefined) model.shift()
        }
        expect(queue.count).toBe(model.length)
        expect(queue.firstDueMs).toBe(model[0]?.dueMs)
      }
      const rest: (number | undefined)[] = []
      while (queue.count > 0) rest.push(queue.takeDue(Infinity, Infinity)?.id)
      expect(rest).toEqual(model.map(({ id }) => id))
    }),
  )
})

test('a hundred thousand timers that are made and deleted leave nothing behind', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const queue = new TimeEventQueue()
  const survivor = queue.add(50, nothing)
  const samples: WeakRef<() => void>[] = []
  for (let round = 0; round < 100; round++) {
    const ids: number[] = []
    for (let i = 0; i < 1_000; i++) {
      const callback = (): void => {
        ids.length = 0
      }
      if (i === 500) samples.push(new WeakRef(callback))
      ids.push(queue.add((i * 7_919) % 1_000, callback))
    }
    for (const id of ids) queue.delete(id)
    expect(queue.count).toBe(1)
  }

  // A WeakRef keeps its target for the rest of the turn in which it was made.
  await nextTurn()
  collectGarbage()
  expect(samples.filter((sample) => sample.deref() !== undefined)).toEqual([])
  expect(queue.takeDue(50, Infinity)?.id).toBe(survivor)
})
