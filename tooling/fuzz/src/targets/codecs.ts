import {
  arrayOf,
  bool,
  BufferList,
  duration,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  lba,
  lba64,
  mapOf,
  multimapOf,
  openLegacyStruct,
  optionalOf,
  pairOf,
  safeInt64,
  safeUint64,
  setOf,
  signedVarint,
  signedVarint64,
  signedVarintLowz,
  signedVarintLowz64,
  sizedBytes,
  sizedList,
  string,
  structOf,
  tupleOf,
  uint16,
  uint32,
  uint64,
  uint8,
  utime,
  Uuid,
  uuid,
  varint,
  varint64,
  varintLowz,
  varintLowz64,
  vectorOf,
  type Codec,
} from '@msgr/bufferlist'
import fc from 'fast-check'
import { arbitraryU32, arbitraryU64 } from '../arbitrary-frames.ts'
import { failureCode, outcomeOf } from '../documented-error.ts'
import { promise } from '../errors.ts'
import { readHexFiles } from '../hex-file.ts'
import { readingOf, reread, type Reading } from '../reread.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import { concat } from '../v1-stream.ts'

// An input: which codec, and how the bytes are cut; then the bytes.

const SETUP_LENGTH = 2

/** A struct with most kinds of fields, of which a newer version has one more. */
const point = structOf<{ readonly name: string; readonly at: readonly number[]; readonly extra: bigint | undefined }>({
  name: 'point',
  version: 2,
  compat: 1,
  oldest: 1,
  encode: (encoder, value) => {
    string.encode(encoder, value.name)
    vectorOf(uint16).encode(encoder, value.at)
    optionalOf(uint64).encode(encoder, value.extra)
  },
  decode: (cursor, version) => {
    const name = string.decode(cursor)
    const at = vectorOf(uint16).decode(cursor)
    return { name, at, extra: version < 2 ? undefined : optionalOf(uint64).decode(cursor) }
  },
})

/** A codec, where the type of what it reads does not matter. */
function anyReading<T>(codec: Codec<T>): Reading<unknown> {
  const reading = readingOf(codec)
  return {
    decode: reading.decode,
    encode: (encoder, value) => {
      reading.encode(encoder, value as T)
    },
  }
}

/** Old encodings, whose frame came in bit by bit; they are only ever read. */
const legacyStruct: Reading<number> = {
  decode: (cursor) => {
    const struct = openLegacyStruct(cursor, 'old', 5, { compatSince: 2, lengthSince: 3, oldVersionBytes: 2 })
    const value = struct.remaining < 4 ? 0 : cursor.readUInt32LE()
    struct.finish()
    return value
  },
  encode: (encoder, value) => {
    encoder.writeUInt8(3).writeUInt8(1).writeUInt32LE(4).writeUInt32LE(value)
  },
}

const readings: readonly Reading<unknown>[] = [
  ...[uint8, int8, uint16, int16, uint32, int32, safeUint64, safeInt64, float32, float64].map(anyReading),
  ...[varint, signedVarint, varintLowz, signedVarintLowz, lba].map(anyReading),
  ...[uint64, int64, varint64, signedVarint64, varintLowz64, signedVarintLowz64, lba64, duration].map(anyReading),
  anyReading(bool),
  anyReading(string),
  anyReading(sizedBytes),
  anyReading(sizedList),
  anyReading(utime),
  anyReading(uuid),
  anyReading(vectorOf(string)),
  anyReading(vectorOf(uint8)),
  anyReading(vectorOf(vectorOf(vectorOf(bool)))),
  anyReading(setOf(uint32)),
  anyReading(setOf(string)),
  anyReading(mapOf(uint8, sizedList)),
  anyReading(mapOf(string, mapOf(uint16, point))),
  anyReading(multimapOf(uint8, varint)),
  anyReading(pairOf(optionalOf(utime), optionalOf(optionalOf(string)))),
  anyReading(tupleOf<[number, string, bigint]>(uint8, string, varint64)),
  anyReading(arrayOf(pairOf(uint8, uint32), 5)),
  anyReading(point),
  anyReading(vectorOf(point)),
  anyReading(legacyStruct as unknown as Codec<number>),
]

/** Text that a person or a peer wrote. */
const texts: readonly ((text: string) => string)[] = [
  (text) => BufferList.fromBase64(text).toBase64(),
  (text) => Uuid.parse(text).toString(),
]

function readText(normalize: (text: string) => string, bytes: Uint8Array): Trace {
  const trace = new Trace(1)
  const outcome = outcomeOf(() => normalize(Buffer.from(bytes).toString('latin1')))
  trace.note(outcome.failure === undefined ? outcome.value.length : failureCode(outcome.failure))
  if (outcome.failure !== undefined) return trace
  promise(normalize(outcome.value) === outcome.value, () => `${outcome.value} is read back otherwise`)
  return trace
}

const u32Bytes = arbitraryU32.map((value) => Uint8Array.from(Buffer.from(Uint32Array.of(value).buffer)))
const u64Bytes = arbitraryU64.map((value) => Uint8Array.from(Buffer.from(BigUint64Array.of(value).buffer)))
const sizedText = fc.string({ maxLength: 12 }).map((text) => {
  const bytes = Buffer.from(text)
  return concat(Uint8Array.of(bytes.length, 0, 0, 0), bytes)
})
const kindCount = readings.length + texts.length

/** Everything that bufferlist decodes: numbers, strings, structs, collections; and base64 and uuids as text. */
export const codecs: Target = {
  name: 'codecs',
  seeds: () => {
    const golden = readHexFiles('packages/bufferlist/test/golden', /\.hex$/)
    const small = [Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 104, 105), new Uint8Array(40), new Uint8Array(12).fill(255)]
    const written = ['aGVsbG8=', '9a6bfa0c-2f6b-4d1e-8a57-6a1b0c9d8e7f'].map((text) =>
      Uint8Array.from(Buffer.from(text)),
    )
    const inputs = [...golden, ...small, ...written]
    return inputs.flatMap((bytes) =>
      Array.from({ length: kindCount }, (_, kind) => concat(Uint8Array.of(kind, 5), bytes)),
    )
  },
  structured: fc
    .tuple(
      fc.nat(kindCount - 1),
      fc.nat(255),
      fc.array(
        fc.oneof(
          fc.nat(9).map((count) => Uint8Array.of(count, 0, 0, 0)),
          u32Bytes,
          u64Bytes,
          sizedText,
          fc.uint8Array({ maxLength: 9 }),
        ),
        { maxLength: 12 },
      ),
    )
    .map(([kind, seed, parts]) => concat(Uint8Array.of(kind, seed), ...parts)),
  maxAllocatedBytes: (inputLength) => 128 * 1024 + 2048 * inputLength,
  run: (bytes) => {
    const kind = (bytes[0] ?? 0) % kindCount
    const rest = bytes.subarray(SETUP_LENGTH)
    const reading = readings[kind]
    const text = texts[kind - readings.length]
    const trace = reading !== undefined ? reread(reading, rest, (bytes[1] ?? 0) + 1) : readText(text ?? String, rest)
    trace.note(kind)
    return trace.signature
  },
}
