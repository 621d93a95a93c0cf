import * as posix from '@msgr/posix'
import { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE, type EventDriver } from './event-driver.ts'
import { toWholeWaitMs } from './wait-timeout.ts'

/**
 * How many descriptors one wait reports. Others that are ready come first in the next: the kernel takes turns. Few, as a
 * program that reads from all of them, and then writes to all of them, finds what it knows of each in the cache.
 */
const MAX_FIRED = 64

/**
 * Level-triggered epoll(7), Linux only. `pollFd` lets libuv wait for the whole set at once.
 *
 * Ceph: src/msg/async/EventEpoll.cc, EpollDriver.
 * Differs from Ceph: it sets EPOLLET, see `EventDriver`.
 */
export class EpollDriver implements EventDriver {
  readonly name = 'epoll'
  /** [fd, events] from the kernel, turned into [fd, mask] in place. */
  readonly fired: Int32Array = new Int32Array(2 * MAX_FIRED)
  #epollFd: number = posix.epollCreate()

  /** The epoll descriptor; -1 once closed, so that a late call cannot reach a stranger's. */
  get pollFd(): number {
    return this.#epollFd
  }

  /** @throws PosixError: EEXIST or ENOENT if `currentMask` is not what the kernel knows, EPERM for a regular file. */
  addEvent(fd: number, currentMask: number, mask: number): void {
    const op = currentMask === EVENT_NONE ? posix.EPOLL_CTL_ADD : posix.EPOLL_CTL_MOD
    posix.epollCtl(this.#epollFd, op, fd, toEpoll(currentMask | mask))
  }

  /** @throws PosixError: EBADF or ENOENT if the descriptor was closed while it was watched. */
  delEvent(fd: number, currentMask: number, delMask: number): void {
    const left = currentMask & ~delMask
    const op = left === EVENT_NONE ? posix.EPOLL_CTL_DEL : posix.EPOLL_CTL_MOD
    posix.epollCtl(this.#epollFd, op, fd, toEpoll(left))
  }

  eventWait(timeoutMs: number): number {
    const fired = this.fired
    const count = posix.epollWait(this.#epollFd, fired, toWholeWaitMs(timeoutMs))
    if (count === -posix.EINTR) return 0
    if (count < 0) throw new posix.PosixError('epoll_wait', -count)
    for (let i = 1; i < 2 * count; i += 2) fired[i] = fromEpoll(fired[i] ?? 0)
    return count
  }

  /** The kernel's set grows by itself. */
  resizeEvents(): void {
    // Nothing here depends on how many descriptors are watched.
  }

  close(): void {
    if (this.#epollFd < 0) return
    const epollFd = this.#epollFd
    this.#epollFd = -1
    posix.close(epollFd)
  }
}

function toEpoll(mask: number): number {
  return ((mask & EVENT_READABLE) !== 0 ? posix.EPOLLIN : 0) | ((mask & EVENT_WRITABLE) !== 0 ? posix.EPOLLOUT : 0)
}

function fromEpoll(events: number): number {
  // The kernel reports these two unasked, to whoever watches; a read or a write will find out what they mean.
  if ((events & (posix.EPOLLERR | posix.EPOLLHUP)) !== 0) return EVENT_READABLE | EVENT_WRITABLE
  return ((events & posix.EPOLLIN) !== 0 ? EVENT_READABLE : 0) | ((events & posix.EPOLLOUT) !== 0 ? EVENT_WRITABLE : 0)
}
