import { BufferRangeError } from './errors.ts'
import { native } from './native-binding.ts'

/**
 * CRC-32C (Castagnoli, reflected 0x82F63B78) of bytes[start, end), without inversion before or after, as Ceph's wire and
 * `@msgr/bufferlist` have it: the result of one call is the seed of the next. Uses SSE4.2 or the ARMv8 CRC instructions
 * where the processor has them. From 0 to 2^32 - 1. Throws BufferRangeError.
 *
 * Ceph: src/include/crc32c.h, ceph_crc32c
 */
export function crc32c(bytes: Uint8Array, seed = 0, start = 0, end: number = bytes.length): number {
  const crc = native().crc32c(bytes, seed, start, end)
  if (crc === undefined) throw new BufferRangeError('crc32c', start, end - start, bytes.length)
  return crc
}
