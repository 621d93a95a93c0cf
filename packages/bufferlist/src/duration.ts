import { type Codec } from './codec.ts'

const NANOSECONDS = 1_000_000_000n
const MIN_SECONDS = -(2n ** 31n)
const MAX_SECONDS = 2n ** 31n - 1n
const SAFE_NANOSECONDS = 1e9
/** Spans up to 104 days, in nanoseconds, are numbers that can be counted with, which is several times as fast. */
const MAX_SAFE_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / SAFE_NANOSECONDS) - 3
const MAX_SAFE_SPAN = BigInt(MAX_SAFE_SECONDS) * NANOSECONDS

/**
 * A span of time in nanoseconds, which may be negative: whole seconds, then nanoseconds, 32 bits each and both rounded
 * toward zero, so that both are negative or neither. What a peer gives more nanoseconds than a second has is read as it
 * stands; so that it can be written again, seconds end where 32 bits do, and the nanoseconds hold what is beyond.
 * Ceph: src/include/encoding.h, encode of std::chrono::duration (signedspan, timespan)
 */
export const duration: Codec<bigint> = {
  minLength: 8,
  encode: (encoder, value) => {
    if (value <= MAX_SAFE_SPAN && value >= -MAX_SAFE_SPAN) {
      const span = Number(value)
      const seconds = Math.trunc(span / SAFE_NANOSECONDS)
      encoder.writeInt32LE(seconds).writeInt32LE(span - seconds * SAFE_NANOSECONDS)
      return
    }
    const whole = value / NANOSECONDS
    const seconds = whole > MAX_SECONDS ? MAX_SECONDS : whole < MIN_SECONDS ? MIN_SECONDS : whole
    encoder.writeInt32LE(Number(seconds)).writeInt32LE(Number(value - seconds * NANOSECONDS))
  },
  decode: (cursor) => {
    const seconds = cursor.readInt32LE()
    const nanoseconds = cursor.readInt32LE()
    if (Math.abs(seconds) <= MAX_SAFE_SECONDS) return BigInt(seconds * SAFE_NANOSECONDS + nanoseconds)
    return BigInt(seconds) * NANOSECONDS + BigInt(nanoseconds)
  },
}
