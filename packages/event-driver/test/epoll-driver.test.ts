import * as posix from '@msgr/posix'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EpollDriver, EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE } from '../src/index.ts'
import { describeDriver } from './driver-suite.ts'
import { countOpen, OWN_FDS } from './open-descriptors.ts'

describeDriver({ name: 'epoll', create: () => new EpollDriver() })

const reason = posix.unavailableReason()

describe.skipIf(reason !== undefined)(
  `epoll alone${reason === undefined ? '' : ` (skipped: ${reason.message})`}`,
  () => {
    const open = (): EpollDriver => {
      const driver = new EpollDriver()
      onTestFinished(() => driver.close())
      return driver
    }

    test('an error and a hang-up count as both bits, whatever was asked for', () => {
      const driver = open()
      const [readFd, writeFd] = posix.pipe()
      driver.addEvent(readFd, EVENT_NONE, EVENT_READABLE)
      posix.close(writeFd)
      expect(driver.eventWait(20_000)).toBe(1)
      expect([...driver.fired.subarray(0, 2)]).toEqual([readFd, EVENT_READABLE | EVENT_WRITABLE])
      driver.delEvent(readFd, EVENT_READABLE, EVENT_READABLE)
      posix.close(readFd)

      const [brokenFd, peerFd] = posix.pipe()
      driver.addEvent(peerFd, EVENT_NONE, EVENT_WRITABLE)
      posix.close(brokenFd)
      expect(driver.eventWait(20_000)).toBe(1)
      expect([...driver.fired.subarray(0, 2)]).toEqual([peerFd, EVENT_READABLE | EVENT_WRITABLE])
      posix.close(peerFd)
    })

    test('100 ready descriptors come in turns, so that a few waits have reported every one', () => {
      const driver = open()
      const fds = Array.from({ length: 100 }, () => posix.eventfd())
      for (const fd of fds) {
        driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
        posix.eventfdWrite(fd)
      }
      const reported = new Set<number>()
      for (let waits = 0; waits < 2; waits++) {
        const count = driver.eventWait(0)
        expect(count).toBe(64)
        for (let i = 0; i < 2 * count; i += 2) reported.add(driver.fired[i]!)
      }
      expect(reported).toEqual(new Set(fds))
      for (const fd of fds) posix.close(fd)
    })

    test('pollFd is readable for as long as anything in the set is ready', () => {
      const outer = open()
      const inner = open()
      const fd = posix.eventfd()
      onTestFinished(() => posix.close(fd))
      inner.addEvent(fd, EVENT_NONE, EVENT_READABLE)
      outer.addEvent(inner.pollFd, EVENT_NONE, EVENT_READABLE)
      expect(outer.eventWait(0)).toBe(0)

      posix.eventfdWrite(fd)
      for (let waits = 0; waits < 3; waits++) {
        expect(outer.eventWait(20_000)).toBe(1)
        expect(inner.eventWait(0)).toBe(1)
      }
      posix.eventfdRead(fd)
      expect(outer.eventWait(0)).toBe(0)
    })

    test('what the kernel refuses is a PosixError', () => {
      const driver = open()
      const other = posix.eventfd()
      onTestFinished(() => posix.close(other))
      const fd = posix.dup(other, OWN_FDS)
      expect(() => driver.delEvent(fd, EVENT_READABLE, EVENT_READABLE)).toThrow(
        expect.objectContaining({ syscall: 'epoll_ctl', code: 'ENOENT' }),
      )
      driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
      expect(() => driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)).toThrow(
        expect.objectContaining({ syscall: 'epoll_ctl', code: 'EEXIST' }),
      )
      posix.close(fd)
      expect(() => driver.delEvent(fd, EVENT_READABLE, EVENT_READABLE)).toThrow(
        expect.objectContaining({ syscall: 'epoll_ctl', code: 'EBADF' }),
      )
    })

    test('close gives the descriptor back, and what is called later fails', () => {
      const before = countOpen('eventpoll')
      const driver = open()
      expect(countOpen('eventpoll')).toBe(before + 1)
      driver.close()
      expect(countOpen('eventpoll')).toBe(before)

      // The number may be another's by now, so it must not be used again.
      expect(driver.pollFd).toBe(-1)
      const fd = posix.eventfd()
      onTestFinished(() => posix.close(fd))
      const badDescriptor = expect.objectContaining({ code: 'EBADF' }) as Error
      expect(() => driver.addEvent(fd, EVENT_NONE, EVENT_WRITABLE)).toThrow(badDescriptor)
      expect(() => driver.eventWait(0)).toThrow(badDescriptor)
      driver.close()
    })
  },
)
