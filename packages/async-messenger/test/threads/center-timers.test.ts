import { createEventDriver, EventCenter } from '@msgr/event-driver'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { centerTimers, clockOffsetMs } from '../../src/threads/center-timers.ts'

let center: EventCenter
let nowMs: number

beforeEach(() => {
  nowMs = 0
  center = new EventCenter(createEventDriver(), { now: () => nowMs })
})

afterEach(() => {
  vi.restoreAllMocks()
  center.close()
})

test('a timer runs once its time has come, and no sooner', () => {
  const timers = centerTimers(center, 0)
  const ran: string[] = []
  timers.after(100, () => ran.push('later'))
  timers.after(-5, () => ran.push('at once'))
  center.processEvents(0)
  expect(ran).toEqual(['at once'])
  nowMs = 99
  center.processEvents(0)
  expect(ran).toEqual(['at once'])
  nowMs = 100
  center.processEvents(0)
  expect(ran).toEqual(['at once', 'later'])
})

test('a timer that is called off does not run, and may be called off again', () => {
  const timers = centerTimers(center, 0)
  let ranCount = 0
  const timer = timers.after(1, () => ranCount++)
  timer.cancel()
  timer.cancel()
  nowMs = 10
  center.processEvents(0)
  expect([ranCount, center.timeEventCount]).toEqual([0, 0])
})

test('the clock is that of the thread whose offset was given', () => {
  const performanceNow = vi.spyOn(performance, 'now')
  const hrtime = vi.spyOn(process, 'hrtime')
  // The messenger's thread: 500 ms old when the process's clock shows 7 s.
  performanceNow.mockReturnValue(500)
  hrtime.mockReturnValue([7, 0])
  const offsetMs = clockOffsetMs()
  // The worker's: started 400 ms later, and 2.5 ms old.
  performanceNow.mockReturnValue(2.5)
  hrtime.mockReturnValue([7, 402_500_000])
  const timers = centerTimers(center, offsetMs)
  expect(timers.now()).toBeCloseTo(902.5, 6)
  performanceNow.mockReturnValue(12.5)
  expect(timers.now()).toBeCloseTo(912.5, 6)
  vi.spyOn(Date, 'now').mockReturnValue(1234)
  expect(timers.wallNow()).toBe(1234)
})

test('the offset of a clock is not that of a reading that was interrupted', () => {
  const performanceNow = vi.spyOn(performance, 'now')
  vi.spyOn(process, 'hrtime').mockReturnValue([7, 0])
  performanceNow.mockReturnValue(500)
  const offsetMs = clockOffsetMs()
  performanceNow.mockReturnValueOnce(530).mockReturnValueOnce(504)
  expect(clockOffsetMs()).toBe(offsetMs)
})
