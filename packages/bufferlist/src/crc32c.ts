/** The generator polynomial 0x1EDC6F41 with its bits reversed. */
const POLYNOMIAL = 0x82f63b78
/** From this many bytes, the view that reads words instead of bytes costs less than it saves. */
const MIN_LENGTH_FOR_WORDS = 2048
const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

// Tn[b] is the CRC of the byte b followed by n zero bytes. Eight of them (8 KiB) leave the first-level cache room for
// other things; sixteen were not faster. All are of length 256, and all indices below are within it.
const T0 = new Int32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0)
  T0[byte] = crc
}
const T1 = oneZeroMore(T0)
const T2 = oneZeroMore(T1)
const T3 = oneZeroMore(T2)
const T4 = oneZeroMore(T3)
const T5 = oneZeroMore(T4)
const T6 = oneZeroMore(T5)
const T7 = oneZeroMore(T6)

function oneZeroMore(table: Int32Array): Int32Array {
  return table.map((crc) => (crc >>> 8) ^ look(T0, crc & 255))
}

/** `table[index]`; the compiler cannot see that the index is in range, and V8 removes the `?? 0`. */
function look(table: Int32Array | Uint8Array, index: number): number {
  return table[index] ?? 0
}

/**
 * CRC-32C (Castagnoli) of `bytes[start..end)`, continued from `seed`, as an unsigned 32-bit integer. There is no
 * inversion before or after: the CRC of nothing is the seed, and `crc32c(b, crc32c(a))` is the CRC of a followed by b.
 * The widespread form with inversions is `~crc32c(bytes, ~0) >>> 0`. Allocates nothing below 2 KiB. `start` and `end`
 * must lie within `bytes`; this is not checked.
 * Ceph: src/include/crc32c.h, ceph_crc32c
 */
export function crc32c(bytes: Uint8Array, seed = 0, start = 0, end: number = bytes.length): number {
  let crc = seed | 0
  let at = start
  if (end - at >= MIN_LENGTH_FOR_WORDS && HOST_IS_LITTLE_ENDIAN) {
    while (((bytes.byteOffset + at) & 3) !== 0) crc = (crc >>> 8) ^ look(T0, (crc ^ look(bytes, at++)) & 255)
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, ((end - at) >>> 3) * 2)
    crc = crcOfWords(words, crc)
    at += words.length * 4
  }
  // What depends on the previous round comes last in each sum, so that the processor can start on the rest.
  for (const last = end - 8; at <= last; at += 8) {
    crc =
      look(T3, look(bytes, at + 4)) ^
      look(T2, look(bytes, at + 5)) ^
      look(T1, look(bytes, at + 6)) ^
      look(T0, look(bytes, at + 7)) ^
      (look(T7, (crc ^ look(bytes, at)) & 255) ^
        look(T6, ((crc >>> 8) ^ look(bytes, at + 1)) & 255) ^
        (look(T5, ((crc >>> 16) ^ look(bytes, at + 2)) & 255) ^ look(T4, (crc >>> 24) ^ look(bytes, at + 3))))
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ look(T0, (crc ^ look(bytes, at)) & 255)
  return crc >>> 0
}

/** Takes an even number of words. */
function crcOfWords(words: Int32Array, seed: number): number {
  let crc = seed
  for (let i = 0; i < words.length; i += 2) {
    const low = crc ^ (words[i] ?? 0)
    const high = words[i + 1] ?? 0
    crc =
      look(T3, high & 255) ^
      look(T2, (high >>> 8) & 255) ^
      look(T1, (high >>> 16) & 255) ^
      look(T0, high >>> 24) ^
      (look(T7, low & 255) ^ look(T6, (low >>> 8) & 255) ^ (look(T5, (low >>> 16) & 255) ^ look(T4, low >>> 24)))
  }
  return crc
}

/** A function that computes what `crc32c` computes, for example one that uses the processor's own instruction. */
export type Crc32cFunction = (bytes: Uint8Array, seed?: number, start?: number, end?: number) => number
