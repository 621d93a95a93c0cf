import { checkResult } from './errors.ts'
import { kqueueBinding, REFUSED } from './native-binding.ts'

// kqueue(2) of macOS and the BSDs. The numbers are the same on all of them; the C part is not compiled where they are
// not, and translates the filters of NetBSD, which has others.

/** The filter that reports a descriptor from which a read would not wait. */
export const EVFILT_READ = -1
/** The filter that reports a descriptor to which a write would not wait. */
export const EVFILT_WRITE = -2

/** Adds a filter, level triggered. One that is there already stays. */
export const EV_ADD = 0x0001
/** Deletes a filter. */
export const EV_DELETE = 0x0002
/** Reported: the filter could not be looked at. */
export const EV_ERROR = 0x4000
/** Reported: the other side has closed this direction, or the connection has failed. There may be bytes to read yet. */
export const EV_EOF = 0x8000

/** A new kqueue descriptor, close-on-exec. The caller owns it. Throws PosixError; PosixUnavailableError on Linux. */
export function kqueue(): number {
  return checkResult('kqueue', kqueueBinding().kqueue())
}

/**
 * EV_ADD or EV_DELETE of one filter of `fd`: 0, or a negated errno. -ENOENT says that there is no such filter: it goes
 * by itself when the descriptor is closed. Throws RangeError for a filter other than EVFILT_READ and EVFILT_WRITE.
 */
export function keventChange(kqueueFd: number, fd: number, filter: number, flags: number): number {
  const result = kqueueBinding().keventChange(kqueueFd, fd, filter, flags)
  if (result === REFUSED) throw new RangeError(`keventChange: expected EVFILT_READ or EVFILT_WRITE, got ${filter}`)
  return result
}

/**
 * Waits for events and writes them to `out` as triples [fd, EVFILT_*, EV_* bits], at most `out.length / 3` and 1024 of
 * them: the number of triples, 0 when the time is up, or a negated errno. A descriptor with both filters may come
 * twice. -EINTR is ordinary. Blocks the thread for up to `timeoutMs` (0: not at all; negative: without limit). `out`
 * must hold one triple.
 */
export function keventWait(kqueueFd: number, out: Int32Array, timeoutMs: number): number {
  const result = kqueueBinding().keventWait(kqueueFd, out, timeoutMs)
  if (result === REFUSED)
    throw new RangeError(`keventWait: expected room for a triple of numbers, got ${out.length} numbers`)
  return result
}
