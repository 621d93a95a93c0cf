import { type Codec } from './codec.ts'
import { MalformedInputError } from './errors.ts'
import { readVarint, safe, writeVarint, zeroNibbles } from './varint.ts'

// Ceph: src/include/denc.h, denc_lba. A disk address is usually a multiple of a power of 16. A 32-bit word says in its
// lowest bits how many zero nibbles were left out, holds what data fits up to bit 30, and in bit 31 whether the rest
// follows as a varint:
//
//   low bits   zero nibbles left out   data from bit
//       ...0             3                   1
//      ...01             4                   2
//     ...011             5                   3
//     ...111             0                   3

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn
const MORE = 0x8000_0000
const DATA_END = 31

/** A 64-bit address in as few bytes as its zeros allow: 4 or more. */
export const lba64: Codec<bigint> = {
  minLength: 4,
  encode: (encoder, value) => {
    if (value < 0n || value > MAX_UINT64) throw new RangeError(`expected an unsigned 64-bit integer, got ${value}`)
    const zeros = zeroNibbles(value, 5)
    const dropped = zeros < 3 ? 0 : zeros
    const dataStart = dropped === 0 ? 3 : dropped - 2
    const marker = dropped === 0 ? 7 : (1 << (dropped - 3)) - 1
    const data = value >> BigInt(4 * dropped)
    const rest = data >> BigInt(DATA_END - dataStart)
    const word = Number(BigInt.asUintN(DATA_END, (data << BigInt(dataStart)) | BigInt(marker)))
    encoder.writeUInt32LE(rest > 0n ? word + MORE : word)
    if (rest > 0n) writeVarint(encoder, rest)
  },
  decode: (cursor) => {
    const word = cursor.readUInt32LE()
    const dropped = (word & 1) === 0 ? 3 : (word & 2) === 0 ? 4 : (word & 4) === 0 ? 5 : 0
    const dataStart = dropped === 0 ? 3 : dropped - 2
    let data = BigInt((word & ~MORE) >>> dataStart)
    if (word >= MORE) data |= readVarint(cursor) << BigInt(DATA_END - dataStart)
    const value = data << BigInt(4 * dropped)
    if (value <= MAX_UINT64) return value
    throw new MalformedInputError('expected an address of up to 64 bits, got a larger one', { value: Number(value) })
  },
}

/** `lba64` for numbers up to 2^53 - 1. */
export const lba: Codec<number> = safe(lba64)
