import * as posix from '@msgr/posix'
import { EVENT_READABLE, EVENT_WRITABLE, type EventDriver } from './event-driver.ts'
import { toWholeWaitMs } from './wait-timeout.ts'

/**
 * select(2): a fallback that works with descriptors below `FD_SETSIZE` (1024) only, and whose every wait costs in
 * proportion to the number of watched descriptors. There is no `pollFd`, so another loop cannot wait for the set.
 *
 * Descriptors come back in ascending order.
 *
 * Ceph: src/msg/async/EventSelect.cc, SelectDriver.
 * Differs from Ceph: it does not look at `FD_SETSIZE`, and writes beyond its sets.
 */
export class SelectDriver implements EventDriver {
  readonly name = 'select'
  readonly pollFd = undefined
  /** The result of select has the masks of `EventDriver` as it is, so it is given out as it is. */
  readonly fired: Int32Array = new Int32Array(2 * posix.FD_SETSIZE)
  readonly #readFds = new DescriptorList()
  readonly #writeFds = new DescriptorList()

  /** @throws FdSetSizeError of `@msgr/posix`, for a descriptor that select cannot watch. */
  addEvent(fd: number, currentMask: number, mask: number): void {
    if (fd < 0 || fd >= posix.FD_SETSIZE) throw new posix.FdSetSizeError(fd)
    if ((mask & EVENT_READABLE) !== 0) this.#readFds.add(fd)
    if ((mask & EVENT_WRITABLE) !== 0) this.#writeFds.add(fd)
  }

  delEvent(fd: number, currentMask: number, delMask: number): void {
    if ((delMask & EVENT_READABLE) !== 0) this.#readFds.delete(fd)
    if ((delMask & EVENT_WRITABLE) !== 0) this.#writeFds.delete(fd)
  }

  /** @throws PosixError: EBADF if a descriptor was closed while it was watched. */
  eventWait(timeoutMs: number): number {
    const count = posix.select(this.#readFds.view, this.#writeFds.view, this.fired, toWholeWaitMs(timeoutMs))
    if (count === -posix.EINTR) return 0
    if (count < 0) throw new posix.PosixError('select', -count)
    return count
  }

  /** The sets have the size that they have. */
  resizeEvents(): void {
    // A descriptor that has no place in them is refused by addEvent.
  }

  close(): void {
    this.#readFds.clear()
    this.#writeFds.clear()
  }
}

/** Distinct descriptors below FD_SETSIZE, packed to the front of one array, in any order. */
class DescriptorList {
  readonly #fds = new Int32Array(posix.FD_SETSIZE)
  /** Where each descriptor stands in the array, -1 for those that do not. */
  readonly #places = new Int16Array(posix.FD_SETSIZE).fill(-1)
  #view = this.#fds.subarray(0, 0)

  /** The descriptors, as part of the array itself: valid until the next change. */
  get view(): Int32Array {
    return this.#view
  }

  add(fd: number): void {
    if (this.#places[fd] !== -1) return
    const count = this.#view.length
    this.#fds[count] = fd
    this.#places[fd] = count
    this.#view = this.#fds.subarray(0, count + 1)
  }

  delete(fd: number): void {
    const place = this.#places[fd] ?? -1
    if (place === -1) return
    const lastPlace = this.#view.length - 1
    const lastFd = this.#fds[lastPlace] ?? fd
    this.#fds[place] = lastFd
    this.#places[lastFd] = place
    this.#places[fd] = -1
    this.#view = this.#fds.subarray(0, lastPlace)
  }

  clear(): void {
    this.#places.fill(-1)
    this.#view = this.#fds.subarray(0, 0)
  }
}
