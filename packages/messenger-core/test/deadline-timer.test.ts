import { expect, test } from 'vitest'
import { DeadlineTimer } from '../src/deadline-timer.ts'
import { ManualTimers } from './manual-timers.ts'

function setUp() {
  const timers = new ManualTimers()
  const dueAtMs: number[] = []
  const timer = new DeadlineTimer(timers, () => dueAtMs.push(timers.now()))
  return { timers, timer, dueAtMs, startMs: timers.now() }
}

test('it calls once when the deadline has come', () => {
  const { timers, timer, dueAtMs, startMs } = setUp()
  timer.arm(startMs + 30)
  timers.advance(29)
  expect(dueAtMs).toEqual([])
  timers.advance(100)
  expect(dueAtMs).toEqual([startMs + 30])
})

test('a deadline that comes nearer is kept to, and one that is called off is not', () => {
  const { timers, timer, dueAtMs, startMs } = setUp()
  timer.arm(startMs + 100)
  timer.arm(startMs + 10)
  timers.advance(10)
  expect(dueAtMs).toEqual([startMs + 10])
  timer.arm(startMs + 50)
  timer.arm(undefined)
  timers.advance(200)
  expect(dueAtMs).toHaveLength(1)
})

test('for a deadline that has moved away it calls too early, and again when it is armed', () => {
  const { timers, timer, dueAtMs, startMs } = setUp()
  timer.arm(startMs + 10)
  timer.arm(startMs + 40)
  timers.advance(10)
  expect(dueAtMs).toEqual([startMs + 10])
  timer.arm(startMs + 40)
  timers.advance(30)
  expect(dueAtMs).toEqual([startMs + 10, startMs + 40])
})

test('a deadline that has passed is due at once', () => {
  const { timers, timer, dueAtMs, startMs } = setUp()
  timer.arm(startMs - 5)
  timers.advance(0)
  expect(dueAtMs).toEqual([startMs])
})
