import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { EVENT_READABLE, EVENT_WRITABLE, EventCenter } from '../src/index.ts'
import { ScriptedDriver } from './scripted-driver.ts'

const BOTH = EVENT_READABLE | EVENT_WRITABLE

function open(capacity = 100): { driver: ScriptedDriver; center: EventCenter } {
  const driver = new ScriptedDriver()
  return { driver, center: new EventCenter(driver, { capacity, now: driver.now }) }
}

describe('file events', () => {
  test('a descriptor that is ready for both calls its read callback, then its write callback, with its number', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.createFileEvent(7, EVENT_WRITABLE, (fd) => calls.push(`write ${fd}`))
    center.createFileEvent(7, EVENT_READABLE, (fd) => calls.push(`read ${fd}`))
    driver.setReady(7, BOTH)

    expect(center.processEvents(0)).toBe(1)
    expect(calls).toEqual(['read 7', 'write 7'])
  })

  test('only the callback of the direction that is ready is called', () => {
    const { driver, center } = open()
    const calls: string[] = []
    center.createFileEvent(7, EVENT_READABLE, () => calls.push('read'))
    center.createFileEvent(7, EVENT_WRITABLE, () => calls.push('write'))
    driver.setReady(7, EVENT_WRITABLE)

    center.processEvents(0)
    expect(calls).toEqual(['write'])
  })

  test('an event stays until it is deleted', () => {
    const { driver, center } = open()
    const callback = vi.fn()
    center.createFileEvent(7, EVENT_READABLE, callback)
    driver.setReady(7, EVENT_READABLE)

    center.processEvents(0)
    center.processEvents(0)
    expect(callback).toHaveBeenCalledTimes(2)

    center.deleteFileEvent(7, EVENT_READABLE)
    expect(center.processEvents(0)).toBe(0)
    expect(callback).toHaveBeenCalledTimes(2)
  })

  test('one callback for both directions is called once when both are ready', () => {
    const { driver, center } = open()
    const callback = vi.fn()
    center.createFileEvent(7, BOTH, callback)
    driver.setReady(7, BOTH)

    expect(center.processEvents(0)).toBe(1)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('one callback for both directions is called for the one that is ready', () => {
    const { driver, center } = open()
    const callback = vi.fn()
    center.createFileEvent(7, BOTH, callback)
    driver.setReady(7, EVENT_WRITABLE)

    center.processEvents(0)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('bits that nobody asked for call nobody', () => {
    const { driver, center } = open()
    const read = vi.fn()
    const write = vi.fn()
    center.createFileEvent(7, EVENT_READABLE, read)
    center.createFileEvent(7, EVENT_WRITABLE, write)
    center.deleteFileEvent(7, EVENT_WRITABLE)
    driver.setReady(7, BOTH)

    center.processEvents(0)
    expect(read).toHaveBeenCalledTimes(1)
    expect(write).not.toHaveBeenCalled()
  })

  test('a mask that is watched already keeps the old callback', () => {
    const { driver, center } = open()
    const first = vi.fn()
    const second = vi.fn()
    center.createFileEvent(7, EVENT_READABLE, first)
    center.createFileEvent(7, EVENT_READABLE, second)
    driver.setReady(7, EVENT_READABLE)

    center.processEvents(0)
    expect(first).toHaveBeenCalledTimes(1)
    expect(second).not.toHaveBeenCalled()
    expect(driver.changes).toEqual([['add', 7, 0, EVENT_READABLE]])
  })

  test('a mask that is a part of what is watched replaces the callback of that part', () => {
    const { driver, center } = open()
    const first = vi.fn()
    const second = vi.fn()
    center.createFileEvent(7, BOTH, first)
    center.createFileEvent(7, EVENT_WRITABLE, second)
    driver.setReady(7, BOTH)

    center.processEvents(0)
    expect(first).toHaveBeenCalledTimes(1)
    expect(second).toHaveBeenCalledTimes(1)
    expect(driver.changes[1]).toEqual(['add', 7, BOTH, EVENT_WRITABLE])
  })

  test('deleting one direction leaves the other', () => {
    const { driver, center } = open()
    const callback = vi.fn()
    center.createFileEvent(7, BOTH, callback)
    center.deleteFileEvent(7, EVENT_WRITABLE)
    expect(driver.changes[1]).toEqual(['del', 7, BOTH, EVENT_WRITABLE])
    expect(center.fileEventCount).toBe(1)

    driver.setReady(7, EVENT_READABLE)
    center.processEvents(0)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('deleting what is not watched does not reach the driver', () => {
    const { driver, center } = open()
    center.createFileEvent(7, EVENT_READABLE, vi.fn())
    driver.changes.length = 0

    center.deleteFileEvent(7, EVENT_WRITABLE)
    center.deleteFileEvent(8, BOTH)
    center.deleteFileEvent(-1, BOTH)
    center.deleteFileEvent(100_000, BOTH)
    expect(driver.changes).toEqual([])
    expect(center.fileEventCount).toBe(1)
  })

  test('a descriptor counts once, whatever it is watched for', () => {
    const { center } = open()
    center.createFileEvent(7, EVENT_READABLE, vi.fn())
    center.createFileEvent(7, EVENT_WRITABLE, vi.fn())
    center.createFileEvent(8, EVENT_READABLE, vi.fn())
    expect(center.fileEventCount).toBe(2)
    center.deleteFileEvent(7, BOTH)
    expect(center.fileEventCount).toBe(1)
  })
})

describe('file events that callbacks change', () => {
  test('a read callback that deletes the write event keeps the write callback from being called', () => {
    const { driver, center } = open()
    const write = vi.fn()
    center.createFileEvent(7, EVENT_WRITABLE, write)
    center.createFileEvent(7, EVENT_READABLE, () => center.deleteFileEvent(7, EVENT_WRITABLE))
    driver.setReady(7, BOTH)

    center.processEvents(0)
    expect(write).not.toHaveBeenCalled()
  })

  test('a read callback that replaces the write callback has the new one called', () => {
    const { driver, center } = open()
    const old = vi.fn()
    const fresh = vi.fn()
    center.createFileEvent(7, EVENT_WRITABLE, old)
    center.createFileEvent(7, EVENT_READABLE, () => center.createFileEvent(7, EVENT_WRITABLE, fresh))
    driver.setReady(7, BOTH)

    center.processEvents(0)
    expect(old).not.toHaveBeenCalled()
    expect(fresh).toHaveBeenCalledTimes(1)
  })

  test('a callback that deletes the event of a descriptor further on keeps that from being called', () => {
    const { driver, center } = open()
    const later = vi.fn()
    center.createFileEvent(7, EVENT_READABLE, () => center.deleteFileEvent(8, EVENT_READABLE))
    center.createFileEvent(8, EVENT_READABLE, later)
    driver.setReady(7, EVENT_READABLE)
    driver.setReady(8, EVENT_READABLE)

    center.processEvents(0)
    expect(later).not.toHaveBeenCalled()
  })

  test('a callback may delete its own event', () => {
    const { driver, center } = open()
    const callback = vi.fn(() => center.deleteFileEvent(7, BOTH))
    center.createFileEvent(7, BOTH, callback)
    driver.setReady(7, BOTH)

    center.processEvents(0)
    expect(center.processEvents(0)).toBe(0)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('a callback that makes the table grow does not disturb the rest of the pass', () => {
    const { driver, center } = open()
    const later = vi.fn()
    center.createFileEvent(7, EVENT_READABLE, () => center.createFileEvent(9_000, EVENT_READABLE, vi.fn()))
    center.createFileEvent(8, EVENT_READABLE, later)
    driver.setReady(7, EVENT_READABLE)
    driver.setReady(8, EVENT_READABLE)

    center.processEvents(0)
    expect(later).toHaveBeenCalledTimes(1)
    expect(center.fileEventCount).toBe(3)
  })
})

describe('file events the center refuses', () => {
  test.each([-1, 1.5, NaN, 1_048_576, Infinity])('descriptor %s is out of range', (fd) => {
    const { driver, center } = open()
    expect(() => center.createFileEvent(fd, EVENT_READABLE, vi.fn())).toThrow(
      expect.objectContaining({ code: 'ERR_MSGR_FD_OUT_OF_RANGE', fd, limit: 1_048_576 }),
    )
    expect(driver.changes).toEqual([])
    expect(driver.resizes).toEqual([])
  })

  test.each([0, 4, 7, -1, 1.5, NaN])('mask %s is no mask', (mask) => {
    const { driver, center } = open()
    const badMask = expect.objectContaining({ code: 'ERR_MSGR_BAD_EVENT_MASK', mask }) as Error
    expect(() => center.createFileEvent(7, mask, vi.fn())).toThrow(badMask)
    expect(() => center.deleteFileEvent(7, mask)).toThrow(badMask)
    expect(driver.changes).toEqual([])
  })

  test('a descriptor that the driver refuses is not watched', () => {
    const refusal = new Error('no')
    class RefusingDriver extends ScriptedDriver {
      override addEvent(): void {
        throw refusal
      }
    }
    const center = new EventCenter(new RefusingDriver())
    expect(() => center.createFileEvent(7, EVENT_READABLE, vi.fn())).toThrow(refusal)
    expect(center.fileEventCount).toBe(0)
  })

  test('a descriptor that the driver cannot let go of is forgotten all the same', () => {
    const refusal = new Error('closed too early')
    class ForgetfulDriver extends ScriptedDriver {
      override delEvent(): void {
        throw refusal
      }
    }
    const driver = new ForgetfulDriver()
    const center = new EventCenter(driver)
    const callback = vi.fn()
    center.createFileEvent(7, EVENT_READABLE, callback)
    expect(() => center.deleteFileEvent(7, EVENT_READABLE)).toThrow(refusal)

    expect(center.fileEventCount).toBe(0)
    driver.setReady(7, EVENT_READABLE)
    center.processEvents(0)
    expect(callback).not.toHaveBeenCalled()
  })

  test.each([0, -1, 1.5, NaN, 1_048_577])('capacity %s is no capacity', (capacity) => {
    expect(() => new EventCenter(new ScriptedDriver(), { capacity })).toThrow(
      expect.objectContaining({ code: 'ERR_MSGR_BAD_EVENT_CENTER_OPTION', option: 'capacity', value: capacity }),
    )
  })
})

describe('the table', () => {
  test('grows by a factor of four, or by several, and tells the driver before', () => {
    const { driver, center } = open(100)
    center.createFileEvent(99, EVENT_READABLE, vi.fn())
    expect(driver.resizes).toEqual([])
    center.createFileEvent(100, EVENT_READABLE, vi.fn())
    expect(driver.resizes).toEqual([400])
    center.createFileEvent(1_600, EVENT_READABLE, vi.fn())
    expect(driver.resizes).toEqual([400, 6_400])
  })

  test('keeps what it held when it grows', () => {
    const { driver, center } = open(10)
    const callback = vi.fn()
    center.createFileEvent(3, EVENT_READABLE, callback)
    center.createFileEvent(1_000, EVENT_READABLE, vi.fn())
    driver.setReady(3, EVENT_READABLE)
    center.processEvents(0)
    expect(callback).toHaveBeenCalledWith(3)
    expect(center.fileEventCount).toBe(2)
  })

  test('stops growing at the highest descriptor there can be', () => {
    const { driver, center } = open(5_000)
    center.createFileEvent(1_048_575, EVENT_READABLE, vi.fn())
    expect(driver.resizes).toEqual([1_048_576])
  })

  test('does not grow when the driver refuses', () => {
    const refusal = new Error('too many')
    class SmallDriver extends ScriptedDriver {
      override resizeEvents(): void {
        throw refusal
      }
    }
    const driver = new SmallDriver()
    const center = new EventCenter(driver, { capacity: 10 })
    expect(() => center.createFileEvent(10, EVENT_READABLE, vi.fn())).toThrow(refusal)
    expect(() => center.createFileEvent(10, EVENT_READABLE, vi.fn())).toThrow(refusal)
    expect(driver.changes).toEqual([])
  })
})

// The calls of a pass follow from the masks and callbacks at its beginning, as no callback changes anything here.
test('any sequence of creations and deletions calls whom a plain map says', () => {
  const mask = fc.integer({ min: 1, max: 3 })
  const fd = fc.nat(5)
  const step = fc.oneof(
    fc.record({ kind: fc.constant('create' as const), fd, mask, who: fc.nat(2) }),
    fc.record({ kind: fc.constant('delete' as const), fd, mask }),
    fc.record({ kind: fc.constant('ready' as const), fd, mask: fc.nat(3) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const { driver, center } = open(2)
      const called: string[] = []
      const callbacks = [0, 1, 2].map((who) => (at: number) => void called.push(`${who}@${at}`))
      const model = new Map<number, { mask: number; read: number; write: number }>()
      const ready = new Map<number, number>()

      for (const step of steps) {
        const entry = model.get(step.fd) ?? { mask: 0, read: -1, write: -1 }
        model.set(step.fd, entry)
        if (step.kind === 'create') {
          center.createFileEvent(step.fd, step.mask, callbacks[step.who]!)
          if (entry.mask !== step.mask) {
            if ((step.mask & EVENT_READABLE) !== 0) entry.read = step.who
            if ((step.mask & EVENT_WRITABLE) !== 0) entry.write = step.who
            entry.mask |= step.mask
          }
        } else if (step.kind === 'delete') {
          center.deleteFileEvent(step.fd, step.mask)
          entry.mask &= ~step.mask
        } else {
          driver.setReady(step.fd, step.mask)
          ready.delete(step.fd)
          ready.set(step.fd, step.mask)
        }

        const expected: string[] = []
        let firedCount = 0
        for (const [at, readyMask] of ready) {
          const { mask = 0, read = -1, write = -1 } = model.get(at) ?? {}
          const hit = mask & readyMask
          if (hit !== 0) firedCount++
          if ((hit & EVENT_READABLE) !== 0) expected.push(`${read}@${at}`)
          if ((hit & EVENT_WRITABLE) !== 0 && !((hit & EVENT_READABLE) !== 0 && read === write)) {
            expected.push(`${write}@${at}`)
          }
        }
        called.length = 0
        expect(center.processEvents(0)).toBe(firedCount)
        expect(called).toEqual(expected)
        expect(center.fileEventCount).toBe([...model.values()].filter((held) => held.mask !== 0).length)
      }
    }),
  )
})
