import { crc32c as invertedCrc32c } from '@node-rs/crc32'

/** CRC-32C without inversions, by an implementation that is not ours. */
export function referenceCrc32c(bytes: Uint8Array, seed = 0): number {
  return ~invertedCrc32c(Buffer.from(bytes), ~seed >>> 0) >>> 0
}
