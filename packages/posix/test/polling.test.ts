import { describeNeeding } from '@msgr-tooling/native-tests'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as posix from '../src/index.ts'
import { closeOwnedAfterEach, connected, disown, own } from './loopback.ts'
import { missingShim } from './missing-shim.ts'

/** What a wait reported: events by descriptor. */
function pairs(out: Int32Array, count: number): Record<number, number> {
  expect(count).toBeGreaterThanOrEqual(0)
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [out[2 * index]!, out[2 * index + 1]!]))
}

const one = Uint8Array.of(1)

describeNeeding(missingShim, 'polling', () => {
  closeOwnedAfterEach()

  describe('epoll', () => {
    function epollWith(fd: number, events: number): number {
      const epfd = own(posix.epollCreate())
      posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, events)
      return epfd
    }

    function now(epfd: number): Record<number, number> {
      const out = new Int32Array(64)
      return pairs(out, posix.epollWait(epfd, out, 0))
    }

    test('reports a descriptor with its events, and nothing when nothing is ready', () => {
      const [readFd, writeFd] = posix.pipe().map(own) as [number, number]
      const epfd = epollWith(readFd, posix.EPOLLIN)
      expect(now(epfd)).toEqual({})
      posix.write(writeFd, one, 0, 1)
      expect(now(epfd)).toEqual({ [readFd]: posix.EPOLLIN })
      posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, writeFd, posix.EPOLLOUT)
      expect(now(epfd)).toEqual({ [readFd]: posix.EPOLLIN, [writeFd]: posix.EPOLLOUT })
    })

    test('level triggered it reports until the bytes are read, edge triggered once for each arrival', () => {
      const [readFd, writeFd] = posix.pipe().map(own) as [number, number]
      const level = epollWith(readFd, posix.EPOLLIN)
      const edge = epollWith(readFd, posix.EPOLLIN | posix.EPOLLET)
      for (let arrival = 0; arrival < 2; arrival++) {
        posix.write(writeFd, one, 0, 1)
        expect([now(edge), now(edge)]).toEqual([{ [readFd]: posix.EPOLLIN }, {}])
        expect([now(level), now(level)]).toEqual([{ [readFd]: posix.EPOLLIN }, { [readFd]: posix.EPOLLIN }])
      }
      posix.epollCtl(edge, posix.EPOLL_CTL_MOD, readFd, posix.EPOLLIN | posix.EPOLLET)
      expect(now(edge)).toEqual({ [readFd]: posix.EPOLLIN })
      posix.read(readFd, new Uint8Array(2), 0, 2)
      expect(now(level)).toEqual({})
    })

    test('follows what it is told to change and to forget', () => {
      const [fd] = posix.socketPair().map(own) as [number, number]
      const epfd = epollWith(fd, posix.EPOLLIN)
      posix.epollCtl(epfd, posix.EPOLL_CTL_MOD, fd, posix.EPOLLOUT)
      expect(now(epfd)).toEqual({ [fd]: posix.EPOLLOUT })
      posix.epollCtl(epfd, posix.EPOLL_CTL_DEL, fd, 0)
      expect(now(epfd)).toEqual({})
    })

    test('reports that the peer is gone, asked or not', () => {
      const { client, server } = connected()
      const epfd = epollWith(client, posix.EPOLLIN | posix.EPOLLRDHUP)
      posix.setLinger(server, 0)
      disown(server)
      const gone = posix.EPOLLERR | posix.EPOLLHUP | posix.EPOLLRDHUP | posix.EPOLLIN
      expect(now(epfd)).toEqual({ [client]: gone })
    })

    test('reports no more than there is room for, and the others next', () => {
      const epfd = own(posix.epollCreate())
      const fds = Array.from({ length: 5 }, () => own(posix.eventfd()))
      for (const fd of fds) {
        posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLIN | posix.EPOLLET)
        posix.eventfdWrite(fd)
      }
      const out = new Int32Array(7).fill(-1)
      expect(posix.epollWait(epfd, out, 0)).toBe(3)
      expect(out[6]).toBe(-1)
      const first = [out[0], out[2], out[4]]
      expect(posix.epollWait(epfd, out, 0)).toBe(2)
      expect([...first, out[0], out[2]].sort()).toEqual([...fds].sort())
      expect(() => posix.epollWait(epfd, new Int32Array(1), 0)).toThrow('expected room for a pair of numbers, got 1')
    })

    test('waits until the time is up', () => {
      const epfd = own(posix.epollCreate())
      const start = performance.now()
      expect(posix.epollWait(epfd, new Int32Array(2), 30)).toBe(0)
      expect(performance.now() - start).toBeGreaterThan(29)
    })

    test('is itself readable when one of its descriptors is', () => {
      const fd = own(posix.eventfd())
      const inner = epollWith(fd, posix.EPOLLIN)
      const outer = epollWith(inner, posix.EPOLLIN)
      expect(now(outer)).toEqual({})
      posix.eventfdWrite(fd)
      expect(now(outer)).toEqual({ [inner]: posix.EPOLLIN })
    })

    test('names what it was told wrong', () => {
      const epfd = own(posix.epollCreate())
      const fd = own(posix.eventfd())
      const failing = (code: string): Error => expect.objectContaining({ syscall: 'epoll_ctl', code }) as Error
      expect(() => posix.epollCtl(epfd, posix.EPOLL_CTL_DEL, fd, 0)).toThrow(failing('ENOENT'))
      posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLIN)
      expect(() => posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLIN)).toThrow(failing('EEXIST'))
      expect(() => posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, -1, posix.EPOLLIN)).toThrow(failing('EBADF'))
      expect(posix.epollWait(fd, new Int32Array(2), 0)).toBe(-posix.EINVAL)
    })
  })

  describe('select', () => {
    const none = new Int32Array(0)

    test('reports in ascending order, one pair for each descriptor', () => {
      const [a, b] = posix.socketPair().map(own) as [number, number]
      const [readFd, writeFd] = posix.pipe().map(own) as [number, number]
      posix.send(b, one, 0, 1, false)
      const out = new Int32Array(8)
      expect(posix.select(Int32Array.of(readFd, b, a), Int32Array.of(writeFd, a), out, 0)).toBe(2)
      const both = posix.SELECT_READABLE | posix.SELECT_WRITABLE
      expect([...out.subarray(0, 4)]).toEqual([a, both, writeFd, posix.SELECT_WRITABLE])
    })

    test('reports what there is room for, and all of it again the next time', () => {
      const [a, b] = posix.socketPair().map(own) as [number, number]
      const out = new Int32Array(2)
      for (let time = 0; time < 2; time++) {
        expect(posix.select(none, Int32Array.of(a, b), out, 0)).toBe(1)
        expect([...out]).toEqual([a, posix.SELECT_WRITABLE])
      }
      expect(() => posix.select(none, none, new Int32Array(1), 0)).toThrow('expected room for a pair of numbers, got 1')
    })

    test('refuses a descriptor beyond FD_SETSIZE, and says so', () => {
      const fd = own(posix.dup(own(posix.eventfd()), posix.FD_SETSIZE))
      expect(fd).toBeGreaterThanOrEqual(1024)
      posix.eventfdWrite(fd)
      const out = new Int32Array(2)
      for (const fds of [[Int32Array.of(fd), none] as const, [none, Int32Array.of(fd)] as const]) {
        expect(() => posix.select(...fds, out, 0)).toThrow(posix.FdSetSizeError)
        expect(() => posix.select(...fds, out, 0)).toThrow(`FD_SETSIZE - 1), got ${fd}; epoll has no such limit`)
      }
      const epfd = own(posix.epollCreate())
      posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLIN)
      expect(pairs(out, posix.epollWait(epfd, out, 0))).toEqual({ [fd]: posix.EPOLLIN })
    })

    test('takes the last descriptor that fits, and none that is negative', () => {
      const fd = own(posix.dup(own(posix.eventfd()), posix.FD_SETSIZE - 1))
      const out = new Int32Array(2)
      expect(posix.select(none, Int32Array.of(fd), out, 0)).toBe(1)
      expect(out[0]).toBe(1023)
      expect(() => posix.select(Int32Array.of(-1), none, out, 0)).toThrow('got -1')
    })

    test('answers a descriptor that is not open with -EBADF', () => {
      const fd = posix.eventfd()
      posix.close(fd)
      expect(posix.select(Int32Array.of(fd), none, new Int32Array(2), 0)).toBe(-posix.EBADF)
    })

    test('waits until the time is up', () => {
      const start = performance.now()
      expect(posix.select(Int32Array.of(own(posix.eventfd())), none, new Int32Array(2), 30)).toBe(0)
      expect(performance.now() - start).toBeGreaterThan(29)
    })

    test('reports what epoll reports, for any set of descriptors', () => {
      fc.assert(
        fc.property(fc.array(fc.record({ ready: fc.boolean(), wanted: fc.nat(3) }), { maxLength: 20 }), (plan) => {
          const epfd = posix.epollCreate()
          const fds = plan.map(() => posix.eventfd())
          plan.forEach(({ ready, wanted }, index) => {
            if (ready) posix.eventfdWrite(fds[index]!)
            const events = (wanted & 1 ? posix.EPOLLIN : 0) | (wanted & 2 ? posix.EPOLLOUT : 0)
            posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fds[index]!, events)
          })
          const wanting = (bit: number): Int32Array =>
            Int32Array.from(fds.filter((_, index) => plan[index]!.wanted & bit))
          const out = new Int32Array(64)
          const selected = pairs(out, posix.select(wanting(1), wanting(2), out, 0))
          const polled = pairs(out, posix.epollWait(epfd, out, 0))
          for (const fd of [...fds, epfd]) posix.close(fd)
          // 1 is EPOLLIN as well; writable is 2 here and 4 there.
          const translated = Object.entries(polled).map(([fd, events]) => [fd, (events & 1) | ((events & 4) >> 1)])
          expect(selected).toEqual(Object.fromEntries(translated))
        }),
      )
    })
  })

  describe('eventfd', () => {
    test('adds up what is written and gives it out at once', () => {
      const fd = own(posix.eventfd())
      expect(posix.eventfdRead(fd)).toBe(-posix.EAGAIN)
      expect(posix.eventfdWrite(fd)).toBe(0)
      expect(posix.eventfdWrite(fd, 2 ** 32 - 1)).toBe(0)
      expect(posix.eventfdRead(fd)).toBe(2 ** 32)
      expect(posix.eventfdRead(fd)).toBe(-posix.EAGAIN)
    })

    test.each([0, -1, 2 ** 32])('refuses to add %d', (count) => {
      const fd = own(posix.eventfd())
      expect(() => posix.eventfdWrite(fd, count)).toThrow(`expected a count from 1 to 2^32 - 1, got ${count}`)
    })

    test('on a bad descriptor is -EBADF', () => {
      expect(posix.eventfdWrite(-1)).toBe(-posix.EBADF)
      expect(posix.eventfdRead(-1)).toBe(-posix.EBADF)
    })
  })
})
