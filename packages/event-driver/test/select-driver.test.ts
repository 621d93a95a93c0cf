import * as posix from '@msgr/posix'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE, EventCenter, SelectDriver } from '../src/index.ts'
import { describeDriver } from './driver-suite.ts'
import { OWN_FDS } from './open-descriptors.ts'

describeDriver({ name: 'select', create: () => new SelectDriver() })

test('the masks of select are those of a driver, so that they need no translation', () => {
  expect([posix.SELECT_READABLE, posix.SELECT_WRITABLE]).toEqual([EVENT_READABLE, EVENT_WRITABLE])
})

test('there is no descriptor that another loop could watch', () => {
  expect(new SelectDriver().pollFd).toBeUndefined()
})

test.each([-1, 1_024, 5_000])('descriptor %i is refused, and the message says why', (fd) => {
  expect(() => new SelectDriver().addEvent(fd, EVENT_NONE, EVENT_READABLE)).toThrow(
    expect.objectContaining({
      code: 'ERR_POSIX_FD_SETSIZE',
      fd,
      message: expect.stringContaining(`0 to 1023 (FD_SETSIZE - 1), got ${fd}`) as string,
    }),
  )
})

const reason = posix.unavailableReason()
const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

describe.skipIf(reason !== undefined)(`select alone${suffix}`, () => {
  test('watches the highest descriptor that it can, and refuses the next without losing the others', () => {
    const fd = posix.eventfd()
    const highest = posix.dup(fd, 1_023)
    const tooHigh = posix.dup(fd, 1_024)
    onTestFinished(() => [fd, highest, tooHigh].forEach(posix.close))
    expect(highest).toBe(1_023)

    const driver = new SelectDriver()
    const center = new EventCenter(driver, { capacity: 16 })
    onTestFinished(() => center.close())
    const called: number[] = []
    center.createFileEvent(highest, EVENT_WRITABLE, (fd) => called.push(fd))
    expect(() => center.createFileEvent(tooHigh, EVENT_WRITABLE, (fd) => called.push(fd))).toThrow(
      expect.objectContaining({ code: 'ERR_POSIX_FD_SETSIZE' }),
    )
    expect(center.fileEventCount).toBe(1)
    expect(center.processEvents(0)).toBe(1)
    expect(called).toEqual([1_023])
  })

  test('reports the descriptors in ascending order', () => {
    const driver = new SelectDriver()
    const fds = Array.from({ length: 5 }, () => posix.eventfd())
    onTestFinished(() => fds.forEach(posix.close))
    for (const fd of [...fds].reverse()) driver.addEvent(fd, EVENT_NONE, EVENT_WRITABLE)
    expect(driver.eventWait(0)).toBe(5)
    expect(fds.map((_, index) => driver.fired[2 * index])).toEqual([...fds].sort((a, b) => a - b))
  })

  test('a descriptor that was closed while it was watched is a PosixError', () => {
    const driver = new SelectDriver()
    const other = posix.eventfd()
    onTestFinished(() => posix.close(other))
    const fd = posix.dup(other, OWN_FDS)
    driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
    posix.close(fd)
    expect(() => driver.eventWait(0)).toThrow(expect.objectContaining({ syscall: 'select', code: 'EBADF' }))
  })

  test('a closed driver watches nothing', () => {
    const driver = new SelectDriver()
    const fd = posix.eventfd()
    onTestFinished(() => posix.close(fd))
    driver.addEvent(fd, EVENT_NONE, EVENT_WRITABLE)
    driver.close()
    expect(driver.eventWait(0)).toBe(0)
  })
})
