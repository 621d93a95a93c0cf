import { describe, expect, test, vi } from 'vitest'
import { EVENT_READABLE, EventCenter } from '../src/index.ts'
import { ScriptedDriver } from './scripted-driver.ts'

function open(): { driver: ScriptedDriver; center: EventCenter } {
  const driver = new ScriptedDriver()
  return { driver, center: new EventCenter(driver, { now: driver.now }) }
}

describe('time events', () => {
  test('a timer runs once, with its id, when its time has come', () => {
    const { driver, center } = open()
    const callback = vi.fn()
    const id = center.createTimeEvent(5, callback)

    expect(center.processEvents(4)).toBe(0)
    expect(callback).not.toHaveBeenCalled()
    expect(center.processEvents(4)).toBe(1)
    expect(driver.nowMs).toBe(1_005)
    expect(callback).toHaveBeenCalledExactlyOnceWith(id)
    expect(center.processEvents(100)).toBe(0)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('ids count from 1 and are not given twice', () => {
    const { center } = open()
    expect(center.createTimeEvent(1, vi.fn())).toBe(1)
    center.deleteTimeEvent(1)
    expect(center.createTimeEvent(1, vi.fn())).toBe(2)
    center.processEvents(1)
    expect(center.createTimeEvent(1, vi.fn())).toBe(3)
  })

  test('timers run in the order of their times, and of creation when those are equal', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.createTimeEvent(3, () => calls.push('c1'))
    center.createTimeEvent(1, () => calls.push('a1'))
    center.createTimeEvent(3, () => calls.push('c2'))
    center.createTimeEvent(2, () => calls.push('b'))
    center.createTimeEvent(1, () => calls.push('a2'))

    driver.nowMs += 3
    expect(center.processEvents(0)).toBe(5)
    expect(calls).toEqual(['a1', 'a2', 'b', 'c1', 'c2'])
  })

  test('the wait is cut short to the time of the first timer', () => {
    const { driver, center } = open()
    center.createTimeEvent(7.5, vi.fn())
    center.createTimeEvent(30, vi.fn())
    center.processEvents(Infinity)
    center.processEvents(10)
    expect(driver.waits).toEqual([7.5, 10])
  })

  test('an overdue timer makes the wait a look', () => {
    const { driver, center } = open()
    const callback = vi.fn()
    center.createTimeEvent(5, callback)
    driver.nowMs += 50
    center.processEvents(Infinity)
    expect(driver.waits).toEqual([0])
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('a timer that is due exactly when the wait ends runs in that pass', () => {
    const { center } = open()
    const callback = vi.fn()
    center.createTimeEvent(5, callback)
    expect(center.processEvents(5)).toBe(1)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('a wait that a descriptor ends early runs no timer before its time', () => {
    const { driver, center } = open()
    const timer = vi.fn()
    const file = vi.fn()
    center.createTimeEvent(10, timer)
    center.createFileEvent(7, EVENT_READABLE, file)
    driver.plan(4, () => driver.setReady(7, EVENT_READABLE))

    expect(center.processEvents(Infinity)).toBe(1)
    expect(driver.nowMs).toBe(1_004)
    expect(file).toHaveBeenCalledTimes(1)
    expect(timer).not.toHaveBeenCalled()
    expect(center.nextTimeEventMs).toBe(6)
  })

  test('a delay below 0 is none', () => {
    const { center } = open()
    const calls: string[] = []
    center.createTimeEvent(0, () => calls.push('first'))
    center.createTimeEvent(-1_000, () => calls.push('second'))
    center.processEvents(0)
    expect(calls).toEqual(['first', 'second'])
  })

  test.each([NaN, Infinity, -Infinity])('a delay of %s is refused', (delayMs) => {
    const { center } = open()
    expect(() => center.createTimeEvent(delayMs, vi.fn())).toThrow(
      expect.objectContaining({ code: 'ERR_MSGR_BAD_DURATION', argument: 'delayMs', durationMs: delayMs }),
    )
    expect(center.timeEventCount).toBe(0)
  })

  test('a deleted timer does not run', () => {
    const { center } = open()
    const callback = vi.fn()
    const id = center.createTimeEvent(1, callback)
    center.deleteTimeEvent(id)
    expect(center.nextTimeEventMs).toBeUndefined()
    expect(center.processEvents(10)).toBe(0)
    expect(callback).not.toHaveBeenCalled()
  })

  test('ids that are 0, never given or over are ignored when deleted', () => {
    const { center } = open()
    const over = center.createTimeEvent(0, vi.fn())
    center.processEvents(0)
    const callback = vi.fn()
    center.createTimeEvent(0, callback)

    for (const id of [0, -1, over, 99]) center.deleteTimeEvent(id)
    expect(center.processEvents(0)).toBe(1)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('a timer may delete one that is due in the same pass, and itself', () => {
    const { center } = open()
    const later = vi.fn()
    center.createTimeEvent(0, (id) => {
      center.deleteTimeEvent(id)
      center.deleteTimeEvent(id + 1)
    })
    center.createTimeEvent(0, later)
    expect(center.processEvents(0)).toBe(1)
    expect(later).not.toHaveBeenCalled()
  })

  test('a timer that makes the next one without a delay does not keep the pass from ending', () => {
    const { center } = open()
    let runs = 0
    const again = (): void => {
      runs++
      center.createTimeEvent(0, again)
    }
    center.createTimeEvent(0, again)
    expect(center.processEvents(0)).toBe(1)
    expect(center.processEvents(0)).toBe(1)
    expect(runs).toBe(2)
  })

  test('timers that fall due while timers run wait for the next pass', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.createTimeEvent(1, () => {
      calls.push('first')
      driver.nowMs += 10
    })
    center.createTimeEvent(5, () => calls.push('second'))

    center.processEvents(1)
    expect(calls).toEqual(['first'])
    center.processEvents(0)
    expect(calls).toEqual(['first', 'second'])
  })

  test('nextTimeEventMs says how long until the first timer, never less than 0', () => {
    const { driver, center } = open()
    expect(center.nextTimeEventMs).toBeUndefined()
    center.createTimeEvent(20, vi.fn())
    center.createTimeEvent(8, vi.fn())
    driver.nowMs += 5
    expect(center.nextTimeEventMs).toBe(3)
    driver.nowMs += 5
    expect(center.nextTimeEventMs).toBe(0)
    expect(center.timeEventCount).toBe(2)
  })

  test('the clock is performance.now by default', () => {
    const clock = vi.spyOn(performance, 'now')
    try {
      const center = new EventCenter(new ScriptedDriver())
      clock.mockReturnValue(500)
      center.createTimeEvent(40, vi.fn())
      clock.mockReturnValue(530)
      expect(center.nextTimeEventMs).toBe(10)
    } finally {
      clock.mockRestore()
    }
  })
})
