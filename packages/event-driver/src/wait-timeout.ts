const FOREVER = -1
/** The longest that the kernel's `int` can say: 24 days. */
const MAX_WAIT_MS = 0x7fff_ffff

/**
 * What epoll_wait(2) and the like take, for a timeout in milliseconds with fractions, from 0 to `Infinity`.
 *
 * A longer one than the kernel can express ends early, which every caller has to expect of a wait anyway.
 *
 * Differs from Ceph: it rounds down, and so asks the kernel over and over during the last millisecond before a timer.
 * Rounded up, the timer is late by less than a millisecond and the processor sleeps.
 */
export function toWholeWaitMs(timeoutMs: number): number {
  if (timeoutMs === Infinity) return FOREVER
  return Math.min(Math.ceil(timeoutMs), MAX_WAIT_MS)
}
