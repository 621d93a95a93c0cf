import { expect, test, vi } from 'vitest'
import { BadEventCenterOptionError, EVENT_READABLE, EventCenter } from '../src/index.ts'
import { ScriptedDriver } from './scripted-driver.ts'

const FD = 7

/** A center that stays awake for half a millisecond, of which each look takes an eighth. */
function open(idlePollMicros = 500): { driver: ScriptedDriver; center: EventCenter; reader: (fd: number) => void } {
  const driver = new ScriptedDriver()
  driver.costMs = 0.125
  const center = new EventCenter(driver, { now: driver.now, idlePollMicros })
  const reader = vi.fn()
  center.createFileEvent(FD, EVENT_READABLE, reader)
  return { driver, center, reader }
}

test('what comes while a center is awake is met without sleep', () => {
  const { driver, center, reader } = open()
  driver.plan(0.3, () => {
    driver.setReady(FD, EVENT_READABLE)
  })
  expect(center.processEvents(Infinity)).toBe(1)
  expect(reader).toHaveBeenCalledExactlyOnceWith(FD)
  expect(driver.waits).toEqual([0, 0, 0])
})

test('a center that found nothing sleeps for what is left of its wait', () => {
  const { driver, center, reader } = open()
  expect(center.processEvents(2)).toBe(0)
  expect(driver.waits).toEqual([0, 0, 0, 0, 1.5])
  driver.waits.length = 0
  driver.plan(30, () => {
    driver.setReady(FD, EVENT_READABLE)
  })
  expect(center.processEvents(Infinity)).toBe(1)
  expect(reader).toHaveBeenCalledExactlyOnceWith(FD)
  expect(driver.waits).toEqual([0, 0, 0, 0, Infinity])
})

test('a center is not awake beyond its wait, nor beyond the first timer', () => {
  const { driver, center } = open()
  expect(center.processEvents(0.25)).toBe(0)
  expect(driver.waits).toEqual([0, 0, 0])
  driver.waits.length = 0
  const timer = vi.fn()
  center.createTimeEvent(0.25, timer)
  expect(center.processEvents(Infinity)).toBe(1)
  expect(timer).toHaveBeenCalledTimes(1)
  expect(driver.waits).toEqual([0, 0, 0])
})

test('a center with work at hand looks once, and so does one that is not to wait', () => {
  const { driver, center } = open()
  center.dispatchEventExternal(vi.fn())
  expect(center.processEvents(Infinity)).toBe(1)
  expect(center.processEvents(0)).toBe(0)
  expect(driver.waits).toEqual([0, 0])
})

test('without the option, a center sleeps at once', () => {
  const { driver, center } = open(0)
  expect(center.processEvents(2)).toBe(0)
  expect(driver.waits).toEqual([2])
})

test.each([-1, Number.NaN, Infinity])('%f microseconds are refused', (idlePollMicros) => {
  expect(() => open(idlePollMicros)).toThrow(
    new BadEventCenterOptionError('idlePollMicros', 'a number of at least 0', idlePollMicros),
  )
})
