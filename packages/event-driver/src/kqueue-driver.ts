import * as posix from '@msgr/posix'
import { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE, type EventDriver } from './event-driver.ts'
import { toWholeWaitMs } from './wait-timeout.ts'

/** How many events one wait reports, each of one filter. Others come first in the next: the kernel takes turns. */
const MAX_EVENTS = 1_024
const FIRST_CAPACITY = 1_024

/** The calls of the kernel that the driver makes: those of `@msgr/posix`, which describes them, unless told otherwise. */
export interface KqueueCalls {
  kqueue(): number
  keventChange(kqueueFd: number, fd: number, filter: number, flags: number): number
  keventWait(kqueueFd: number, out: Int32Array, timeoutMs: number): number
  close(fd: number): void
}

/**
 * Level-triggered kqueue(2) of macOS and the BSDs. `pollFd` lets libuv wait for the whole set at once.
 *
 * It has been tested on a model of the kernel, and has not run on a real one.
 *
 * To the kernel a descriptor has two filters, added, deleted and reported one by one. They come back here as one pair.
 *
 * Ceph: src/msg/async/EventKqueue.cc, KqueueDriver.
 * Differs from Ceph: it sets EV_CLEAR, see `EventDriver`; it makes the queue anew when another thread waits, while a
 * driver here stays on its thread; and it reports each filter by itself, so that a handler for both is called twice.
 */
export class KqueueDriver implements EventDriver {
  readonly name = 'kqueue'
  readonly fired: Int32Array = new Int32Array(2 * MAX_EVENTS)
  readonly #events = new Int32Array(3 * MAX_EVENTS) // [fd, filter, flags] from the kernel
  readonly #calls: KqueueCalls
  #kqueueFd: number
  /** By descriptor, where in `fired` its pair was last put: a guess, to be compared with what is there. */
  #places = new Int32Array(FIRST_CAPACITY)

  /** @throws PosixUnavailableError on other systems, and where the shim was not compiled. */
  constructor(calls: KqueueCalls = posix) {
    this.#calls = calls
    this.#kqueueFd = calls.kqueue()
  }

  /** The kqueue descriptor; -1 once closed, so that a late call cannot reach a stranger's. */
  get pollFd(): number {
    return this.#kqueueFd
  }

  /**
   * @throws PosixError: EBADF; EPIPE or the like where the kernel has no filter for a descriptor whose other side is
   * gone, which epoll would report as ready. Then nothing has changed.
   */
  addEvent(fd: number, currentMask: number, mask: number): void {
    const added = mask & ~currentMask
    if ((added & EVENT_READABLE) !== 0) this.#mustChange(fd, posix.EVFILT_READ, posix.EV_ADD)
    try {
      if ((added & EVENT_WRITABLE) !== 0) this.#mustChange(fd, posix.EVFILT_WRITE, posix.EV_ADD)
    } catch (error) {
      // A filter that nobody knows of would end every wait.
      this.delEvent(fd, added, EVENT_READABLE)
      throw error
    }
    this.#reserve(fd + 1)
  }

  /** A filter that went with its descriptor, which was closed while it was watched, is deleted already. */
  delEvent(fd: number, currentMask: number, delMask: number): void {
    const deleted = currentMask & delMask
    if ((deleted & EVENT_READABLE) !== 0) this.#delete(fd, posix.EVFILT_READ)
    if ((deleted & EVENT_WRITABLE) !== 0) this.#delete(fd, posix.EVFILT_WRITE)
  }

  eventWait(timeoutMs: number): number {
    const count = this.#calls.keventWait(this.#kqueueFd, this.#events, toWholeWaitMs(timeoutMs))
    if (count === -posix.EINTR) return 0
    if (count < 0) throw new posix.PosixError('kevent', -count)
    return this.#mergeEvents(count)
  }

  resizeEvents(capacity: number): void {
    this.#reserve(capacity)
  }

  close(): void {
    if (this.#kqueueFd < 0) return
    const kqueueFd = this.#kqueueFd
    this.#kqueueFd = -1
    this.#calls.close(kqueueFd)
  }

  /** Turns the events of the kernel into pairs, one for each descriptor, in the order of their first events. */
  #mergeEvents(eventCount: number): number {
    const events = this.#events
    const fired = this.fired
    const places = this.#places
    let pairCount = 0
    for (let at = 0; at < 3 * eventCount; at += 3) {
      const fd = events[at] ?? 0
      const mask = toMask(events[at + 1] ?? 0, events[at + 2] ?? 0)
      const place = places[fd] ?? 0
      if (place < pairCount && fired[2 * place] === fd) {
        fired[2 * place + 1] = (fired[2 * place + 1] ?? EVENT_NONE) | mask
      } else {
        fired[2 * pairCount] = fd
        fired[2 * pairCount + 1] = mask
        places[fd] = pairCount
        pairCount++
      }
    }
    return pairCount
  }

  #mustChange(fd: number, filter: number, flags: number): void {
    const result = this.#calls.keventChange(this.#kqueueFd, fd, filter, flags)
    if (result < 0) throw new posix.PosixError('kevent', -result, `descriptor ${fd}`)
  }

  #delete(fd: number, filter: number): void {
    const result = this.#calls.keventChange(this.#kqueueFd, fd, filter, posix.EV_DELETE)
    // ENOENT: the number is another descriptor's by now. EBADF: it is nobody's.
    if (result === -posix.ENOENT || result === -posix.EBADF) return
    if (result < 0) throw new posix.PosixError('kevent', -result, `descriptor ${fd}`)
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#places.length) return
    const places = new Int32Array(Math.max(capacity, 2 * this.#places.length))
    places.set(this.#places)
    this.#places = places
  }
}

function toMask(filter: number, flags: number): number {
  // A filter that the kernel cannot look at: a read or a write will find out why.
  if ((flags & posix.EV_ERROR) !== 0) return EVENT_READABLE | EVENT_WRITABLE
  // EV_EOF needs no case of its own. The kernel sets it on the filter of the direction that has ended.
  return filter === posix.EVFILT_READ ? EVENT_READABLE : EVENT_WRITABLE
}
