import { type Codec } from './codec.ts'

const NANOSECONDS = 1_000_000_000n

/**
 * A span of time in nanoseconds, which may be negative: whole seconds, then nanoseconds, 32 bits each and both rounded
 * toward zero, so that both are negative or neither.
 * Ceph: src/include/encoding.h, encode of std::chrono::duration (signedspan, timespan)
 */
export const duration: Codec<bigint> = {
  minLength: 8,
  encode: (encoder, value) => {
    encoder.writeInt32LE(Number(value / NANOSECONDS)).writeInt32LE(Number(value % NANOSECONDS))
  },
  decode: (cursor) => {
    const seconds = cursor.readInt32LE()
    return BigInt(seconds) * NANOSECONDS + BigInt(cursor.readInt32LE())
  },
}
