export { type ChunkAlignment, type RebuildOptions } from './aligned-chunks.ts'
export { BufferCursor } from './buffer-cursor.ts'
export { BufferEncoder } from './buffer-encoder.ts'
export { BufferHash } from './buffer-hash.ts'
export { BufferHole } from './buffer-hole.ts'
export { BufferList } from './buffer-list.ts'
export { type Codec } from './codec.ts'
export { arrayOf, mapOf, multimapOf, optionalOf, pairOf, setOf, tupleOf, vectorOf } from './collection-codecs.ts'
export { crc32c, type Crc32cFunction } from './crc32c.ts'
export { crc32cZeros } from './crc32c-zeros.ts'
export { duration } from './duration.ts'
export { EndOfBufferError, ListTooLongError, MalformedInputError } from './errors.ts'
export { type KeyOrder, naturalOrder } from './key-order.ts'
export { lba, lba64 } from './lba.ts'
export {
  bool,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  safeInt64,
  safeUint64,
  sizedBytes,
  sizedList,
  string,
  uint16,
  uint32,
  uint64,
  uint8,
} from './primitive-codecs.ts'
export {
  type ByteSource,
  collect,
  type CollectOptions,
  createWritable,
  toReadable,
  toReadableStream,
} from './streams.ts'
export { structOf, type StructDefinition } from './struct-codec.ts'
export { decodeStruct, type LegacyFrame, openLegacyStruct, openStruct, type StructReader } from './struct-reader.ts'
export { encodeStruct, startStruct, type StructWriter } from './struct-writer.ts'
export {
  addUTime,
  compareUTime,
  normalizeUTime,
  subtractUTime,
  type UTime,
  utime,
  utimeFromMs,
  utimeFromSeconds,
  utimeToMs,
  utimeToSeconds,
} from './utime.ts'
export { Uuid, uuid } from './uuid.ts'
export {
  signedVarint,
  signedVarint64,
  signedVarintLowz,
  signedVarintLowz64,
  varint,
  varint64,
  varintLowz,
  varintLowz64,
} from './varint.ts'
