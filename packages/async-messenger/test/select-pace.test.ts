import { nextTurn } from '@msgr-tooling/vitest-preset/until'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SelectPace } from '../src/select-pace.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

/** A pace whose driver finds what `found` says, and how often it was asked. */
function makePace(found: () => number): { pace: SelectPace; asked: () => number } {
  let count = 0
  const pace = new SelectPace(() => {
    count++
    return found()
  })
  return { pace, asked: () => count }
}

test('it is not asked before it is started, nor after it is stopped', () => {
  const { pace, asked } = makePace(() => 1)
  pace.hurry()
  vi.advanceTimersByTime(100)
  expect(asked()).toBe(0)
  pace.start()
  vi.advanceTimersToNextTimer()
  pace.stop()
  const before = asked()
  vi.advanceTimersByTime(1000)
  expect(asked()).toBe(before)
  expect(vi.getTimerCount()).toBe(0)
})

test('without work it is asked on every turn for a while, and then at most every 8 ms', () => {
  const { pace, asked } = makePace(() => 0)
  pace.start()
  for (let i = 0; i < 200; i++) vi.advanceTimersToNextTimer()
  expect(asked()).toBe(200)
  vi.advanceTimersByTime(1000)
  const inOneSecond = asked() - 200
  expect(inOneSecond).toBeGreaterThanOrEqual(1000 / 8)
  expect(inOneSecond).toBeLessThan(1000 / 8 + 10)
  pace.stop()
})

test('as long as its host is awake, it is asked on every turn, and then for a while', async () => {
  vi.useRealTimers()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let count = 0
  const pace = new SelectPace(
    () => {
      count++
      return 0
    },
    () => count < 1000,
  )
  pace.start()
  while (vi.getTimerCount() === 0) await nextTurn() // until it waits
  expect(count).toBe(999 + 200)
  pace.stop()
})

test('work found makes it ask on every turn again, and so does work expected', () => {
  let found = 0
  const { pace, asked } = makePace(() => found)
  pace.start()
  for (let i = 0; i < 300; i++) vi.advanceTimersToNextTimer()
  found = 1
  vi.advanceTimersByTime(8)
  found = 0
  const before = asked()
  for (let i = 0; i < 199; i++) vi.advanceTimersToNextTimer()
  expect(asked() - before).toBe(199)

  for (let i = 0; i < 300; i++) vi.advanceTimersToNextTimer()
  const idle = asked()
  pace.hurry()
  vi.advanceTimersByTime(0)
  expect(asked()).toBeGreaterThan(idle)
  pace.stop()
})

test('the turn itself may hurry or stop it', () => {
  let count = 0
  const pace: SelectPace = new SelectPace(() => {
    count++
    if (count === 3) pace.stop()
    else pace.hurry()
    return 0
  })
  pace.start()
  vi.advanceTimersByTime(100)
  expect(count).toBe(3)
  expect(vi.getTimerCount()).toBe(0)
})
