import { type BufferList } from './buffer-list.ts'
import { type Codec } from './codec.ts'

// Everything is little-endian. An enum is the codec of its underlying integer.

export const uint8: Codec<number> = {
  minLength: 1,
  encode: (encoder, value) => void encoder.writeUInt8(value),
  decode: (cursor) => cursor.readUInt8(),
}

export const int8: Codec<number> = {
  minLength: 1,
  encode: (encoder, value) => void encoder.writeInt8(value),
  decode: (cursor) => cursor.readInt8(),
}

export const uint16: Codec<number> = {
  minLength: 2,
  encode: (encoder, value) => void encoder.writeUInt16LE(value),
  decode: (cursor) => cursor.readUInt16LE(),
}

export const int16: Codec<number> = {
  minLength: 2,
  encode: (encoder, value) => void encoder.writeInt16LE(value),
  decode: (cursor) => cursor.readInt16LE(),
}

export const uint32: Codec<number> = {
  minLength: 4,
  encode: (encoder, value) => void encoder.writeUInt32LE(value),
  decode: (cursor) => cursor.readUInt32LE(),
}

export const int32: Codec<number> = {
  minLength: 4,
  encode: (encoder, value) => void encoder.writeInt32LE(value),
  decode: (cursor) => cursor.readInt32LE(),
}

export const uint64: Codec<bigint> = {
  minLength: 8,
  encode: (encoder, value) => void encoder.writeBigUInt64LE(value),
  decode: (cursor) => cursor.readBigUInt64LE(),
}

export const int64: Codec<bigint> = {
  minLength: 8,
  encode: (encoder, value) => void encoder.writeBigInt64LE(value),
  decode: (cursor) => cursor.readBigInt64LE(),
}

/** An unsigned 64-bit integer that is a count or a size: a number up to 2^53 - 1. */
export const safeUint64: Codec<number> = {
  minLength: 8,
  encode: (encoder, value) => void encoder.writeSafeUInt64LE(value),
  decode: (cursor) => cursor.readSafeUInt64LE(),
}

/** A signed 64-bit integer within ±(2^53 - 1), as a number. */
export const safeInt64: Codec<number> = {
  minLength: 8,
  encode: (encoder, value) => void encoder.writeSafeInt64LE(value),
  decode: (cursor) => cursor.readSafeInt64LE(),
}

/** One byte; decoding takes every value but 0 for true. */
export const bool: Codec<boolean> = {
  minLength: 1,
  encode: (encoder, value) => void encoder.writeBoolean(value),
  decode: (cursor) => cursor.readBoolean(),
}

export const float32: Codec<number> = {
  minLength: 4,
  encode: (encoder, value) => void encoder.writeFloatLE(value),
  decode: (cursor) => cursor.readFloatLE(),
}

export const float64: Codec<number> = {
  minLength: 8,
  encode: (encoder, value) => void encoder.writeDoubleLE(value),
  decode: (cursor) => cursor.readDoubleLE(),
}

/** A 32-bit length and UTF-8. For strings in other encodings, which Ceph allows, use `sizedBytes`. */
export const string: Codec<string> = {
  minLength: 4,
  encode: (encoder, value) => void encoder.writeString(value),
  decode: (cursor) => cursor.readString(),
}

/** A 32-bit length and bytes. Encoding copies; decoding gives a view if the bytes lie in one chunk. */
export const sizedBytes: Codec<Uint8Array> = {
  minLength: 4,
  encode: (encoder, value) => void encoder.writeSizedBytes(value),
  decode: (cursor) => cursor.readSizedBytes(),
}

/** A 32-bit length and the bytes of a list. Both ways share memory, except for small chunks when encoding. */
export const sizedList: Codec<BufferList> = {
  minLength: 4,
  encode: (encoder, value) => void encoder.writeSizedList(value),
  decode: (cursor) => cursor.readSizedList(),
}
