import { describe, expect, test, vi } from 'vitest'
import { EVENT_READABLE, EVENT_WRITABLE, EventCenter, EventCallbacksError } from '../src/index.ts'
import { ScriptedDriver } from './scripted-driver.ts'

const BOTH = EVENT_READABLE | EVENT_WRITABLE

function open(onWakeup?: () => void): { driver: ScriptedDriver; center: EventCenter } {
  const driver = new ScriptedDriver()
  return { driver, center: new EventCenter(driver, { now: driver.now, ...(onWakeup && { onWakeup }) }) }
}

function caught(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('expected a throw')
}

describe('external events', () => {
  test('run in the order in which they came, with 0, in a pass that does not wait', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.dispatchEventExternal((zero) => calls.push(`a${zero}`))
    center.dispatchEventExternal((zero) => calls.push(`b${zero}`))
    expect(center.hasExternalEvents).toBe(true)

    expect(center.processEvents(Infinity)).toBe(2)
    expect(calls).toEqual(['a0', 'b0'])
    expect(driver.waits).toEqual([0])
    expect(center.hasExternalEvents).toBe(false)
  })

  test('one that is the last of the queue already is not queued again', () => {
    const { center } = open()
    const a = vi.fn()
    const b = vi.fn()
    center.dispatchEventExternal(a)
    center.dispatchEventExternal(a)
    expect(center.processEvents(0)).toBe(1)

    center.dispatchEventExternal(a)
    center.dispatchEventExternal(b)
    center.dispatchEventExternal(a)
    expect(center.processEvents(0)).toBe(3)
    expect(a).toHaveBeenCalledTimes(3)
  })

  test('those queued by external events wait for the next pass', () => {
    const { center } = open()
    const calls: string[] = []
    const again = (): void => {
      calls.push('again')
      center.dispatchEventExternal(again)
    }
    center.dispatchEventExternal(again)
    expect(center.processEvents(0)).toBe(1)
    expect(center.hasExternalEvents).toBe(true)
    expect(center.processEvents(Infinity)).toBe(1)
    expect(calls).toEqual(['again', 'again'])
  })

  test('an event of the pass that is queued again by an earlier one runs in both passes', () => {
    const { center } = open()
    const last = vi.fn()
    center.dispatchEventExternal(() => center.dispatchEventExternal(last))
    center.dispatchEventExternal(last)
    expect(center.processEvents(0)).toBe(2)
    expect(last).toHaveBeenCalledTimes(1)
    expect(center.processEvents(0)).toBe(1)
    expect(last).toHaveBeenCalledTimes(2)
  })

  test('those queued by file events and timers run in the same pass', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.createFileEvent(7, EVENT_READABLE, () => center.dispatchEventExternal(() => calls.push('of file')))
    center.createTimeEvent(0, () => center.dispatchEventExternal(() => calls.push('of timer')))
    driver.setReady(7, EVENT_READABLE)
    expect(center.processEvents(0)).toBe(4)
    expect(calls).toEqual(['of file', 'of timer'])
  })
})

describe('processEvents', () => {
  test('runs file events, then timers, then external events, and returns how many there were', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.dispatchEventExternal(() => calls.push('external'))
    center.createTimeEvent(0, () => calls.push('timer'))
    center.createFileEvent(7, EVENT_READABLE, () => calls.push('file'))
    driver.setReady(7, EVENT_READABLE)
    expect(center.processEvents(Infinity)).toBe(3)
    expect(calls).toEqual(['file', 'timer', 'external'])
  })

  test('passes its timeout on when nothing else limits it', () => {
    const { driver, center } = open()
    driver.plan(0, () => driver.setReady(1, EVENT_READABLE))
    center.createFileEvent(1, EVENT_READABLE, vi.fn())
    expect(center.processEvents(Infinity)).toBe(1)
    driver.setReady(1, 0)
    expect(center.processEvents(0)).toBe(0)
    expect(center.processEvents(2.5)).toBe(0)
    expect(driver.waits).toEqual([Infinity, 0, 2.5])
  })

  test.each([-1, NaN, -Infinity])('a timeout of %s is refused', (timeoutMs) => {
    const { driver, center } = open()
    expect(() => center.processEvents(timeoutMs)).toThrow(
      expect.objectContaining({ code: 'ERR_MSGR_BAD_DURATION', argument: 'timeoutMs', durationMs: timeoutMs }),
    )
    expect(driver.waits).toEqual([])
  })

  test('refuses to be called by a callback, and can be called again afterwards', () => {
    const { center } = open()
    center.dispatchEventExternal(() => center.processEvents(0))
    expect(caught(() => center.processEvents(0))).toMatchObject({ code: 'ERR_MSGR_EVENT_CENTER_REENTRY' })
    expect(center.processEvents(0)).toBe(0)
  })

  test('passes on what the wait throws, and can be called again', () => {
    const failure = new Error('wait failed')
    class FailingDriver extends ScriptedDriver {
      failing = true
      override eventWait(timeoutMs: number): number {
        if (this.failing) throw failure
        return super.eventWait(timeoutMs)
      }
    }
    const driver = new FailingDriver()
    const center = new EventCenter(driver, { now: driver.now })
    const callback = vi.fn()
    center.dispatchEventExternal(callback)
    expect(caught(() => center.processEvents(0))).toBe(failure)
    expect(callback).not.toHaveBeenCalled()

    driver.failing = false
    expect(center.processEvents(0)).toBe(1)
    expect(callback).toHaveBeenCalledTimes(1)
  })
})

describe('callbacks that throw', () => {
  test('take nothing from the others, and what one has thrown is thrown after the pass', () => {
    const { driver, center } = open()
    const calls: string[] = []
    const failure = new Error('read failed')
    center.createFileEvent(7, EVENT_READABLE, () => {
      throw failure
    })
    center.createFileEvent(7, EVENT_WRITABLE, () => calls.push('write of 7'))
    center.createFileEvent(8, EVENT_READABLE, () => calls.push('read of 8'))
    center.createTimeEvent(0, () => calls.push('timer'))
    center.dispatchEventExternal(() => calls.push('external'))
    driver.setReady(7, BOTH)
    driver.setReady(8, EVENT_READABLE)

    expect(caught(() => center.processEvents(0))).toBe(failure)
    expect(calls).toEqual(['write of 7', 'read of 8', 'timer', 'external'])
  })

  test('are thrown together when there were several, in the order of the calls', () => {
    const { driver, center } = open()
    const failures = [new Error('file'), new Error('timer'), new Error('external')]
    const throwing = (index: number) => () => {
      throw failures[index]!
    }
    center.dispatchEventExternal(throwing(2))
    center.createTimeEvent(0, throwing(1))
    center.createFileEvent(7, EVENT_READABLE, throwing(0))
    driver.setReady(7, EVENT_READABLE)

    const error = caught(() => center.processEvents(0))
    expect(error).toBeInstanceOf(EventCallbacksError)
    expect(error).toMatchObject({ code: 'ERR_MSGR_EVENT_CALLBACKS', errors: failures })
  })

  test('are wrapped when they threw no Error', () => {
    const { center } = open()
    center.dispatchEventExternal(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the callbacks of users may
      throw 'a string'
    })
    expect(caught(() => center.processEvents(0))).toMatchObject({
      code: 'ERR_MSGR_EVENT_CALLBACKS',
      errors: ['a string'],
    })
  })

  test('do not haunt the next pass', () => {
    const { center } = open()
    center.dispatchEventExternal(() => {
      throw new Error('once')
    })
    expect(() => center.processEvents(0)).toThrow('once')
    expect(center.processEvents(0)).toBe(0)
  })

  test('keep a timer that has thrown from running again', () => {
    const { center } = open()
    const callback = vi.fn(() => {
      throw new Error('once')
    })
    center.createTimeEvent(0, callback)
    expect(() => center.processEvents(0)).toThrow('once')
    expect(center.processEvents(0)).toBe(0)
    expect(callback).toHaveBeenCalledTimes(1)
  })
})

describe('onWakeup', () => {
  test('is called for the first external event of the queue, and not for others', () => {
    const onWakeup = vi.fn()
    const { center } = open(onWakeup)
    center.dispatchEventExternal(() => undefined)
    expect(onWakeup).toHaveBeenCalledTimes(1)
    center.dispatchEventExternal(() => undefined)
    expect(onWakeup).toHaveBeenCalledTimes(1)
    center.processEvents(0)
    center.dispatchEventExternal(() => undefined)
    expect(onWakeup).toHaveBeenCalledTimes(2)
  })

  test('is called for a timer that is due before all others, and not for others', () => {
    const onWakeup = vi.fn()
    const { center } = open(onWakeup)
    center.createTimeEvent(10, vi.fn())
    expect(onWakeup).toHaveBeenCalledTimes(1)
    center.createTimeEvent(10, vi.fn())
    center.createTimeEvent(11, vi.fn())
    expect(onWakeup).toHaveBeenCalledTimes(1)
    center.createTimeEvent(9, vi.fn())
    expect(onWakeup).toHaveBeenCalledTimes(2)
  })

  test('finds the event in the queue when it asks', () => {
    const seen: unknown[] = []
    const { center } = open(() => seen.push(center.hasExternalEvents, center.nextTimeEventMs))
    center.dispatchEventExternal(() => undefined)
    center.createTimeEvent(3, vi.fn())
    expect(seen).toEqual([true, undefined, true, 3])
  })

  test('is not called from inside processEvents, not even for work that outlasts it', () => {
    const onWakeup = vi.fn()
    const { driver, center } = open(onWakeup)
    center.createFileEvent(7, EVENT_READABLE, () => center.createTimeEvent(5, vi.fn()))
    driver.setReady(7, EVENT_READABLE)
    center.processEvents(0)
    center.dispatchEventExternal(() => center.dispatchEventExternal(() => undefined))
    onWakeup.mockClear()

    center.processEvents(0)
    expect(onWakeup).not.toHaveBeenCalled()
    expect(center.hasExternalEvents).toBe(true)
    expect(center.nextTimeEventMs).toBe(5)
  })

  test('is called again after a pass whose callback has thrown', () => {
    const onWakeup = vi.fn()
    const { center } = open(onWakeup)
    center.dispatchEventExternal(() => {
      throw new Error('once')
    })
    expect(() => center.processEvents(0)).toThrow('once')
    onWakeup.mockClear()
    center.dispatchEventExternal(() => undefined)
    expect(onWakeup).toHaveBeenCalledTimes(1)
  })
})
