/**
 * A function that computes what `crc32c` computes, for example one that uses the processor's own instruction.
 * `bytes[start..end)` must lie within `bytes`; `seed` is 0, `start` 0 and `end` the length, unless given.
 */
export type Crc32cFunction = (bytes: Uint8Array, seed?: number, start?: number, end?: number) => number

/** The generator polynomial 0x1EDC6F41 with its bits reversed. */
const POLYNOMIAL = 0x82f63b78
/** From this many bytes, the view that reads words instead of bytes costs less than it saves. */
const MIN_LENGTH_FOR_WORDS = 2048
const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/**
 * CRC-32C (Castagnoli) of `bytes[start..end)`, continued from `seed`, as an unsigned 32-bit integer. There is no
 * inversion before or after: the CRC of nothing is the seed, and `crc32c(b, crc32c(a))` is the CRC of a followed by b.
 * The widespread form with inversions is `~crc32c(bytes, ~0) >>> 0`. Allocates nothing below 2 KiB.
 * Ceph: src/include/crc32c.h, ceph_crc32c
 */
export const crc32c: Crc32cFunction = makeCrc32c()

/**
 * The tables are constants of this function, not of the module: bundlers make variables of the latter, which V8 then
 * reads and checks again for every byte, and that costs half the speed.
 */
function makeCrc32c(): Crc32cFunction {
  // tN[b] is the CRC of the byte b followed by N zero bytes. Eight of them (8 KiB) leave the first-level cache room for
  // other things; sixteen were not faster. Every index is in range: `?? 0` only tells the compiler so, and V8 removes
  // it. What depends on the round before comes last in each sum, so that the processor can start on the rest.
  const t0 = tableOfBytes()
  const [t1, t2, t3] = [tableOfZeros(t0, 1), tableOfZeros(t0, 2), tableOfZeros(t0, 3)]
  const [t4, t5, t6, t7] = [tableOfZeros(t0, 4), tableOfZeros(t0, 5), tableOfZeros(t0, 6), tableOfZeros(t0, 7)]

  /**
   * Small, so that V8 makes it part of its callers. The functions with the loops take and give signed integers, which
   * need no memory when they are passed on; an unsigned one from 2^31 up does, unless it stays within one function.
   */
  function crcOfAny(bytes: Uint8Array, seed = 0, start = 0, end: number = bytes.length): number {
    const areMany = end - start >= MIN_LENGTH_FOR_WORDS && HOST_IS_LITTLE_ENDIAN
    return (areMany ? crcOfMany(bytes, seed | 0, start, end) : crcOfBytes(bytes, seed | 0, start, end)) >>> 0
  }

  function crcOfBytes(bytes: Uint8Array, seed: number, start: number, end: number): number {
    let crc = seed
    let at = start
    for (const last = end - 8; at <= last; at += 8) {
      crc =
        (t3[bytes[at + 4] ?? 0] ?? 0) ^
        (t2[bytes[at + 5] ?? 0] ?? 0) ^
        (t1[bytes[at + 6] ?? 0] ?? 0) ^
        (t0[bytes[at + 7] ?? 0] ?? 0) ^
        ((t7[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0) ^
          (t6[((crc >>> 8) ^ (bytes[at + 1] ?? 0)) & 255] ?? 0) ^
          ((t5[((crc >>> 16) ^ (bytes[at + 2] ?? 0)) & 255] ?? 0) ^ (t4[(crc >>> 24) ^ (bytes[at + 3] ?? 0)] ?? 0)))
    }
    for (; at < end; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0)
    return crc
  }

  /** Bytes up to the first word boundary, words, bytes. */
  function crcOfMany(bytes: Uint8Array, seed: number, start: number, end: number): number {
    const firstWord = start + (-(bytes.byteOffset + start) & 3)
    const wordCount = ((end - firstWord) >>> 3) * 2
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + firstWord, wordCount)
    const crc = crcOfWords(words, wordCount, crcOfBytes(bytes, seed, start, firstWord))
    return crcOfBytes(bytes, crc, firstWord + 4 * wordCount, end)
  }

  /** Takes an even number of words: all of them. Their `length` itself would not be known to fit in 32 bits. */
  function crcOfWords(words: Int32Array, wordCount: number, seed: number): number {
    let crc = seed
    for (let i = 0; i < wordCount; i += 2) {
      const low = crc ^ (words[i] ?? 0)
      const high = words[i + 1] ?? 0
      crc =
        (t3[high & 255] ?? 0) ^
        (t2[(high >>> 8) & 255] ?? 0) ^
        (t1[(high >>> 16) & 255] ?? 0) ^
        (t0[high >>> 24] ?? 0) ^
        ((t7[low & 255] ?? 0) ^ (t6[(low >>> 8) & 255] ?? 0) ^ ((t5[(low >>> 16) & 255] ?? 0) ^ (t4[low >>> 24] ?? 0)))
    }
    return crc
  }

  return crcOfAny
}

/** The CRC of each byte. */
function tableOfBytes(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0)
    return crc
  })
}

/** The CRC of each byte followed by so many zero bytes. */
function tableOfZeros(ofBytes: Int32Array, zeroCount: number): Int32Array {
  return ofBytes.map((ofByte) => {
    let crc = ofByte
    for (let i = 0; i < zeroCount; i++) crc = (crc >>> 8) ^ (ofBytes[crc & 255] ?? 0)
    return crc
  })
}
