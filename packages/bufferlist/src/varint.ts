import { type BufferCursor } from './buffer-cursor.ts'
import { type BufferEncoder } from './buffer-encoder.ts'
import { type Codec } from './codec.ts'
import { MalformedInputError } from './errors.ts'

// Ceph: src/include/denc.h. Seven bits to a byte, the least significant first; the high bit says that more follow.
// "lowz" forms leave out up to three zero nibbles at the low end, and say how many. All hold up to 64 bits; the codecs
// of numbers take only safe integers, in the same bytes.

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn
const MAX_ZERO_NIBBLES = 3
/** Seven bits each of 64. */
const MAX_BYTES = 10

/** Up to 64 bits, unsigned. */
export const varint64: Codec<bigint> = {
  minLength: 1,
  encode: (encoder, value) => {
    writeVarint(encoder, checkWord(value))
  },
  decode: readVarint,
}

/** A magnitude and, as the lowest bit, a sign. Up to 63 bits. */
export const signedVarint64: Codec<bigint> = {
  minLength: 1,
  encode: (encoder, value) => {
    writeVarint(encoder, checkWord((magnitude(value) << 1n) | signBit(value)))
  },
  decode: (cursor) => {
    const word = readVarint(cursor)
    return word & 1n ? -(word >> 1n) : word >> 1n
  },
}

/** A value and, in the lowest two bits, the number of zero nibbles that belong below it. */
export const varintLowz64: Codec<bigint> = {
  minLength: 1,
  encode: (encoder, value) => {
    checkWord(value)
    const zeros = zeroNibbles(value, MAX_ZERO_NIBBLES)
    writeVarint(encoder, checkWord(((value >> BigInt(4 * zeros)) << 2n) | BigInt(zeros)))
  },
  decode: (cursor) => {
    const word = readVarint(cursor)
    return checkDecoded((word >> 2n) << (4n * (word & 3n)))
  },
}

/** A magnitude and, in the lowest three bits, the number of zero nibbles that belong below it and a sign. */
export const signedVarintLowz64: Codec<bigint> = {
  minLength: 1,
  encode: (encoder, value) => {
    const zeros = zeroNibbles(magnitude(value), MAX_ZERO_NIBBLES)
    const word = ((magnitude(value) >> BigInt(4 * zeros)) << 3n) | BigInt(zeros << 1) | signBit(value)
    writeVarint(encoder, checkWord(word))
  },
  decode: (cursor) => {
    const word = readVarint(cursor)
    const value = checkDecoded((word >> 3n) << (4n * ((word >> 1n) & 3n)))
    return word & 1n ? -value : value
  },
}

/** `varint64` for numbers. */
export const varint: Codec<number> = safe(varint64)
/** `signedVarint64` for numbers. */
export const signedVarint: Codec<number> = safe(signedVarint64)
/** `varintLowz64` for numbers. */
export const varintLowz: Codec<number> = safe(varintLowz64)
/** `signedVarintLowz64` for numbers. */
export const signedVarintLowz: Codec<number> = safe(signedVarintLowz64)

/** How many of the lowest nibbles are zero, at most `max`; 0 for 0. */
export function zeroNibbles(value: bigint, max: number): number {
  let zeros = 0
  if (value !== 0n) while (zeros < max && ((value >> BigInt(4 * zeros)) & 15n) === 0n) zeros++
  return zeros
}

/** Seven bits to a byte. `word` has at most 64 bits. */
export function writeVarint(encoder: BufferEncoder, word: bigint): void {
  let rest = word
  for (; rest > 0x7fn; rest >>= 7n) encoder.writeUInt8(Number(rest & 0x7fn) | 0x80)
  encoder.writeUInt8(Number(rest))
}

/** Seven bits to a byte. More than 64 bits are malformed, however many bytes say that more follow. */
export function readVarint(cursor: BufferCursor): bigint {
  let word = 0n
  for (let i = 0; i < MAX_BYTES; i++) {
    const byte = cursor.readUInt8()
    word |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return checkDecoded(word)
  }
  throw new MalformedInputError(`expected a varint of up to ${MAX_BYTES} bytes, got a longer one`, { max: MAX_BYTES })
}

/** A codec of numbers with the bytes of one of bigints. */
export function safe(codec: Codec<bigint>): Codec<number> {
  return {
    minLength: codec.minLength,
    encode: (encoder, value) => {
      if (!Number.isSafeInteger(value)) throw new RangeError(`expected an integer within ±(2^53 - 1), got ${value}`)
      codec.encode(encoder, BigInt(value))
    },
    decode: (cursor) => {
      const value = Number(codec.decode(cursor))
      if (Number.isSafeInteger(value)) return value
      throw new MalformedInputError(`expected an integer within ±(2^53 - 1), got about ${value}`, { value })
    },
  }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

function signBit(value: bigint): bigint {
  return value < 0n ? 1n : 0n
}

/** Throws for what does not fit: Ceph would drop its high bits. */
function checkWord(word: bigint): bigint {
  if (word >= 0n && word <= MAX_UINT64) return word
  throw new RangeError(`expected a value that takes up to 64 bits with its flags, got ${word}`)
}

function checkDecoded(value: bigint): bigint {
  if (value <= MAX_UINT64) return value
  throw new MalformedInputError('expected a value of up to 64 bits, got a larger one', { value: Number(value) })
}
