import { loadInt32LE } from './little-endian.ts'

/** The generator polynomial 0x1EDC6F41 with its bits reversed. */
export const CRC32C_POLYNOMIAL = 0x82f63b78

// TABLES[256 * k + byte] is the CRC of that byte followed by k zero bytes.
const TABLES = new Int32Array(8 * 256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CRC32C_POLYNOMIAL : 0)
  TABLES[byte] = crc
}
for (let i = 256; i < TABLES.length; i++) {
  const shorter = TABLES[i - 256] ?? 0
  TABLES[i] = (shorter >>> 8) ^ (TABLES[shorter & 255] ?? 0)
}

/**
 * CRC-32C (Castagnoli) of `bytes[start..end)`, continued from `seed`, as an unsigned 32-bit integer. There is no
 * inversion before or after: the CRC of nothing is the seed, and `crc32c(b, crc32c(a))` is the CRC of a followed by b.
 * Ceph: src/include/crc32c.h, ceph_crc32c
 */
export function crc32c(bytes: Uint8Array, seed = 0, start = 0, end: number = bytes.length): number {
  let crc = seed | 0
  let at = start
  for (const last = end - 8; at <= last; at += 8) {
    const low = crc ^ loadInt32LE(bytes, at)
    const high = loadInt32LE(bytes, at + 4)
    crc =
      (TABLES[1792 + (low & 255)] ?? 0) ^
      (TABLES[1536 + ((low >>> 8) & 255)] ?? 0) ^
      (TABLES[1280 + ((low >>> 16) & 255)] ?? 0) ^
      (TABLES[1024 + (low >>> 24)] ?? 0) ^
      (TABLES[768 + (high & 255)] ?? 0) ^
      (TABLES[512 + ((high >>> 8) & 255)] ?? 0) ^
      (TABLES[256 + ((high >>> 16) & 255)] ?? 0) ^
      (TABLES[high >>> 24] ?? 0)
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (TABLES[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0)
  return crc >>> 0
}

/** A function that computes what `crc32c` computes, for example one that uses the processor's own instruction. */
export type Crc32cFunction = (bytes: Uint8Array, seed?: number, start?: number, end?: number) => number
