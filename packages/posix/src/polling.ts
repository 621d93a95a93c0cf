import { FD_SETSIZE } from './constants.ts'
import { checkResult, FdSetSizeError } from './errors.ts'
import { descriptorBinding, native, REFUSED } from './native-binding.ts'

/** `select` reports that a read would not wait. */
export const SELECT_READABLE = 1
/** `select` reports that a write would not wait. */
export const SELECT_WRITABLE = 2

/** A new epoll descriptor, close-on-exec. The caller owns it. Throws PosixError. */
export function epollCreate(): number {
  return checkResult('epoll_create1', native().epollCreate())
}

/** EPOLL_CTL_ADD, _MOD or _DEL of `fd` with EPOLL* bits. Throws PosixError (EEXIST, ENOENT, EPERM for a file). */
export function epollCtl(epfd: number, op: number, fd: number, events: number): void {
  checkResult('epoll_ctl', native().epollCtl(epfd, op, fd, events))
}

/**
 * Waits for events and writes them to `out` as pairs [fd, EPOLL* bits], at most `out.length / 2` and 1024 of them: the
 * number of pairs, 0 when the time is up, or a negated errno. -EINTR is ordinary: a profiler's signals cause it. Blocks
 * the thread for up to `timeoutMs` (0: not at all; negative: without limit). `out` must hold one pair.
 */
export function epollWait(epfd: number, out: Int32Array, timeoutMs: number): number {
  const result = native().epollWait(epfd, out, timeoutMs)
  if (result === REFUSED)
    throw new RangeError(`epollWait: expected room for a pair of numbers, got ${out.length} numbers`)
  return result
}

/**
 * Waits as `epollWait` does, for the descriptors listed, and writes pairs [fd, SELECT_* bits] in ascending order of the
 * descriptors. One that is in both lists gets one pair. What `out` has no room for is reported by the next call. A
 * fallback: each call costs in proportion to the highest descriptor. Throws FdSetSizeError for a descriptor that is
 * negative or not below FD_SETSIZE (1024).
 */
export function select(readFds: Int32Array, writeFds: Int32Array, out: Int32Array, timeoutMs: number): number {
  const result = descriptorBinding().select(readFds, writeFds, out, timeoutMs)
  if (result === REFUSED) throw refusedSelect(readFds, writeFds, out)
  return result
}

/** A new eventfd(2) counter at 0, close-on-exec and non-blocking. The caller owns it. Throws PosixError. */
export function eventfd(): number {
  return checkResult('eventfd', native().eventfd())
}

/**
 * Adds `count` (1 to 2^32 - 1) and so makes the descriptor readable, from any thread: 0, or a negated errno. -EAGAIN says
 * that the counter is full: it is readable then, all the same.
 */
export function eventfdWrite(fd: number, count = 1): number {
  const result = native().eventfdWrite(fd, count)
  if (result === REFUSED) throw new RangeError(`eventfdWrite: expected a count from 1 to 2^32 - 1, got ${count}`)
  return result
}

/** Takes the whole count and leaves 0: the count, or a negated errno; -EAGAIN if it was 0. */
export function eventfdRead(fd: number): number {
  return native().eventfdRead(fd)
}

function refusedSelect(readFds: Int32Array, writeFds: Int32Array, out: Int32Array): RangeError {
  const outside = (fd: number): boolean => fd < 0 || fd >= FD_SETSIZE
  const fd = readFds.find(outside) ?? writeFds.find(outside)
  if (fd !== undefined) return new FdSetSizeError(fd)
  return new RangeError(`select: expected room for a pair of numbers, got ${out.length} numbers`)
}
