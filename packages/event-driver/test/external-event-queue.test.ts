import { expect, test } from 'vitest'
import { ExternalEventQueue } from '../src/external-event-queue.ts'

const a = (): void => undefined
const b = (): void => undefined

test('a pass gives out what was queued when it started, in order', () => {
  const queue = new ExternalEventQueue()
  expect([queue.push(a), queue.push(b), queue.push(a)]).toEqual([true, true, true])
  expect(queue.startPass()).toBe(3)
  expect(queue.queuedCount).toBe(0)
  queue.push(b)
  expect([queue.takeNext(), queue.takeNext(), queue.takeNext(), queue.takeNext()]).toEqual([a, b, a, undefined])
  expect(queue.queuedCount).toBe(1)
  expect(queue.startPass()).toBe(1)
  expect([queue.takeNext(), queue.takeNext()]).toEqual([b, undefined])
})

test('only the event queued last keeps the same callback out', () => {
  const queue = new ExternalEventQueue()
  expect([queue.push(a), queue.push(a), queue.push(b), queue.push(a)]).toEqual([true, false, true, true])
  expect(queue.queuedCount).toBe(3)
})

test('an event of the pass does not keep the same callback out of the queue', () => {
  const queue = new ExternalEventQueue()
  queue.push(a)
  queue.startPass()
  expect(queue.push(a)).toBe(true)
})

test('without a pass there is nothing to take', () => {
  const queue = new ExternalEventQueue()
  queue.push(a)
  expect(queue.takeNext()).toBeUndefined()
  expect(queue.startPass()).toBe(1)
  expect(queue.takeNext()).toBe(a)
})

test('clear drops what is queued, says how much, and leaves the pass alone', () => {
  const queue = new ExternalEventQueue()
  queue.push(a)
  queue.startPass()
  queue.push(a)
  queue.push(b)
  expect(queue.clear()).toBe(2)
  expect(queue.queuedCount).toBe(0)
  expect(queue.takeNext()).toBe(a)
})
