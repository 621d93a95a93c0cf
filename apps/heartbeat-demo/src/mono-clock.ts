import type { UTime } from '@msgr/bufferlist'
import { utimeFromMs } from '@msgr/bufferlist'

/** Milliseconds since this process began, by a clock that never goes back. The messenger stamps messages with it. */
export function nowMs(): number {
  return performance.now()
}

/** The same, in nanoseconds, as a MOSDPing carries it. */
export function toNanoseconds(timeMs: number): bigint {
  return BigInt(Math.round(timeMs * 1e6))
}

/** The wall clock's time at a moment of the monotonic clock. */
export function wallStamp(timeMs: number): UTime {
  return utimeFromMs(performance.timeOrigin + timeMs)
}

/** What to file a stamp under. */
export function stampKey({ seconds, nanoseconds }: UTime): string {
  return `${seconds}.${nanoseconds}`
}
