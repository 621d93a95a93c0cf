import { type Codec } from './codec.ts'

const NANOSECONDS = 1_000_000_000
const MAX_SECONDS = 0xffff_ffff

/**
 * A point in time since 1970, or a span of time: whole seconds up to 2^32 - 1, and nanoseconds.
 * Ceph: src/include/utime.h, utime_t
 */
export interface UTime {
  readonly seconds: number
  readonly nanoseconds: number
}

/** Seconds, then nanoseconds, 32 bits each. Also the encoding of Ceph's real_time and ceph_timespec. */
export const utime: Codec<UTime> = {
  minLength: 8,
  encode: (encoder, { seconds, nanoseconds }) => void encoder.writeUInt32LE(seconds).writeUInt32LE(nanoseconds),
  decode: (cursor) => {
    const seconds = cursor.readUInt32LE()
    return { seconds, nanoseconds: cursor.readUInt32LE() }
  },
}

/**
 * Carries whole seconds over from the nanoseconds. As in Ceph, exactly 10^9 nanoseconds stay as they are, and seconds
 * stop at 2^32 - 1.
 */
export function normalizeUTime({ seconds, nanoseconds }: UTime): UTime {
  if (nanoseconds <= NANOSECONDS) return { seconds: Math.min(seconds, MAX_SECONDS), nanoseconds }
  const carried = seconds + Math.floor(nanoseconds / NANOSECONDS)
  return { seconds: Math.min(carried, MAX_SECONDS), nanoseconds: nanoseconds % NANOSECONDS }
}

/** Parts of a nanosecond are dropped; a negative number gives zero. */
export function utimeFromSeconds(value: number): UTime {
  if (!(value > 0)) return { seconds: 0, nanoseconds: 0 }
  const seconds = Math.trunc(value)
  return normalizeUTime({ seconds, nanoseconds: Math.trunc((value - seconds) * NANOSECONDS) })
}

/** For example of `Date.now()`. Parts of a nanosecond are dropped; a negative number gives zero. */
export function utimeFromMs(valueMs: number): UTime {
  if (!(valueMs > 0)) return { seconds: 0, nanoseconds: 0 }
  const seconds = Math.floor(valueMs / 1000)
  return normalizeUTime({ seconds, nanoseconds: Math.trunc((valueMs - seconds * 1000) * 1_000_000) })
}

export function utimeToSeconds({ seconds, nanoseconds }: UTime): number {
  return seconds + nanoseconds / NANOSECONDS
}

export function utimeToMs({ seconds, nanoseconds }: UTime): number {
  return seconds * 1000 + nanoseconds / 1_000_000
}

export function addUTime(a: UTime, b: UTime): UTime {
  return normalizeUTime({ seconds: a.seconds + b.seconds, nanoseconds: a.nanoseconds + b.nanoseconds })
}

/** The span from `b` to `a`; zero if `a` is the earlier. */
export function subtractUTime(a: UTime, b: UTime): UTime {
  if (compareUTime(a, b) <= 0) return { seconds: 0, nanoseconds: 0 }
  const borrow = a.nanoseconds < b.nanoseconds ? 1 : 0
  return normalizeUTime({
    seconds: a.seconds - b.seconds - borrow,
    nanoseconds: a.nanoseconds - b.nanoseconds + borrow * NANOSECONDS,
  })
}

/** By seconds, then by nanoseconds. */
export function compareUTime(a: UTime, b: UTime): -1 | 0 | 1 {
  const order = a.seconds - b.seconds || a.nanoseconds - b.nanoseconds
  return order < 0 ? -1 : order > 0 ? 1 : 0
}
