import { describe, expect, test, vi } from 'vitest'
import { EVENT_READABLE, EVENT_WRITABLE, EventCenter } from '../src/index.ts'
import { ScriptedDriver } from './scripted-driver.ts'

const BOTH = EVENT_READABLE | EVENT_WRITABLE

function open(): { driver: ScriptedDriver; center: EventCenter } {
  const driver = new ScriptedDriver()
  return { driver, center: new EventCenter(driver, { now: driver.now }) }
}

function caught(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('expected a throw')
}

describe('close', () => {
  test('runs the external events, drops the timers, and closes the driver', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.dispatchEventExternal(() => calls.push('a'))
    center.dispatchEventExternal(() => calls.push(`driver closed ${driver.closeCount} times`))
    center.createTimeEvent(0, () => calls.push('timer'))
    center.createFileEvent(7, EVENT_READABLE, () => calls.push('file'))
    driver.setReady(7, EVENT_READABLE)

    center.close()
    expect(calls).toEqual(['a', 'driver closed 0 times'])
    expect(driver.closeCount).toBe(1)
    expect(center.timeEventCount).toBe(0)
    expect(center.fileEventCount).toBe(0)
    expect(center.nextTimeEventMs).toBeUndefined()
  })

  test('has no effect the second time', () => {
    const { driver, center } = open()
    center.close()
    center.close()
    expect(driver.closeCount).toBe(1)
  })

  test('is what Symbol.dispose does', () => {
    const { driver, center } = open()
    center[Symbol.dispose]()
    expect(driver.closeCount).toBe(1)
  })

  test('also runs external events that external events queue meanwhile, which may delete file events', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.createFileEvent(7, EVENT_READABLE, vi.fn())
    center.dispatchEventExternal(() => {
      calls.push('first')
      center.dispatchEventExternal(() => {
        calls.push('second')
        center.deleteFileEvent(7, EVENT_READABLE)
      })
    })
    center.close()
    expect(calls).toEqual(['first', 'second'])
    expect(driver.changes.at(-1)).toEqual(['del', 7, EVENT_READABLE, EVENT_READABLE])
  })

  test('gives up on external events that queue themselves for ever, and closes all the same', () => {
    const { driver, center } = open()
    let runs = 0
    const again = (): void => {
      runs++
      center.dispatchEventExternal(again)
    }
    center.dispatchEventExternal(again)
    expect(caught(() => center.close())).toMatchObject({
      code: 'ERR_MSGR_ENDLESS_EXTERNAL_EVENTS',
      passCount: 1_000,
      droppedCount: 1,
    })
    expect(runs).toBe(1_000)
    expect(driver.closeCount).toBe(1)
    expect(center.hasExternalEvents).toBe(false)
  })

  test('throws what external events have thrown, after it has closed everything', () => {
    const { driver, center } = open()
    const failure = new Error('cleanup failed')
    const last = vi.fn()
    center.dispatchEventExternal(() => {
      throw failure
    })
    center.dispatchEventExternal(last)
    expect(caught(() => center.close())).toBe(failure)
    expect(last).toHaveBeenCalledTimes(1)
    expect(driver.closeCount).toBe(1)
  })

  test('throws what the driver throws, besides what was thrown before', () => {
    const failure = new Error('close failed')
    class StuckDriver extends ScriptedDriver {
      override close(): void {
        throw failure
      }
    }
    const center = new EventCenter(new StuckDriver())
    const earlier = new Error('cleanup failed')
    center.dispatchEventExternal(() => {
      throw earlier
    })
    expect(caught(() => center.close())).toMatchObject({ errors: [earlier, failure] })
    expect(() => center.processEvents(0)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_EVENT_CENTER_CLOSED' }))
  })

  test.each<[string, (center: EventCenter) => void]>([
    ['createFileEvent', (center) => center.createFileEvent(7, EVENT_READABLE, vi.fn())],
    ['createTimeEvent', (center) => void center.createTimeEvent(1, vi.fn())],
    ['dispatchEventExternal', (center) => center.dispatchEventExternal(vi.fn())],
    ['openWakeupFd', (center) => void center.openWakeupFd()],
    ['processEvents', (center) => void center.processEvents(0)],
  ])('makes %s throw', (method, act) => {
    const { driver, center } = open()
    center.close()
    expect(caught(() => act(center))).toMatchObject({ code: 'ERR_MSGR_EVENT_CENTER_CLOSED', method })
    expect(driver.changes).toEqual([])
  })

  test('lets late clean-up pass', () => {
    const { driver, center } = open()
    center.createFileEvent(7, EVENT_READABLE, vi.fn())
    const id = center.createTimeEvent(1, vi.fn())
    center.close()
    driver.changes.length = 0
    center.deleteFileEvent(7, EVENT_READABLE)
    center.deleteTimeEvent(id)
    center.wakeup()
    expect(driver.changes).toEqual([])
  })

  test('by a file event ends the pass: no other file event and no timer runs', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.createFileEvent(7, EVENT_READABLE, () => center.close())
    center.createFileEvent(7, EVENT_WRITABLE, () => calls.push('write of 7'))
    center.createFileEvent(8, EVENT_READABLE, () => calls.push('read of 8'))
    center.createTimeEvent(0, () => calls.push('timer'))
    center.dispatchEventExternal(() => calls.push('external'))
    driver.setReady(7, BOTH)
    driver.setReady(8, EVENT_READABLE)

    center.processEvents(0)
    expect(calls).toEqual(['external'])
    expect(driver.closeCount).toBe(1)
  })

  test('by an external event runs the rest of its pass before what was queued since', () => {
    const { center } = open()
    const calls: string[] = []
    center.dispatchEventExternal(() => {
      calls.push('closer')
      center.dispatchEventExternal(() => calls.push('queued since'))
      center.close()
    })
    center.dispatchEventExternal(() => calls.push('rest of the pass'))
    expect(center.processEvents(0)).toBe(2)
    expect(calls).toEqual(['closer', 'rest of the pass', 'queued since'])
  })

  test('by a callback leaves what external events throw to the pass around it', () => {
    const { center } = open()
    const failure = new Error('cleanup failed')
    const after = vi.fn()
    center.createTimeEvent(0, () => {
      center.close()
      after()
    })
    center.dispatchEventExternal(() => {
      throw failure
    })
    expect(caught(() => center.processEvents(0))).toBe(failure)
    expect(after).toHaveBeenCalledTimes(1)
  })
})
