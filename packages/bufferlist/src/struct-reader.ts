import { type BufferCursor } from './buffer-cursor.ts'
import { MalformedInputError } from './errors.ts'

/** A struct that is being read; see `struct-writer.ts` for its bytes. */
export class StructReader {
  /** What the writer knew. */
  readonly version: number
  /** The oldest reader that the writer says can understand it; 0 if the bytes do not say. */
  readonly compat: number
  readonly #cursor: BufferCursor
  readonly #name: string
  readonly #end: number | undefined // undefined in old encodings without a length

  /** `length` is the payload's, and the cursor is at its first byte. */
  constructor(cursor: BufferCursor, name: string, version: number, compat: number, length: number | undefined) {
    this.#cursor = cursor
    this.#name = name
    this.version = version
    this.compat = compat
    if (length !== undefined && length > cursor.remaining) throw pastEnd(name, length, cursor.remaining)
    this.#end = length === undefined ? undefined : cursor.tell + length
  }

  /** Payload bytes not read yet; to the end of the list in old encodings without a length. */
  get remaining(): number {
    return this.#end === undefined ? this.#cursor.remaining : this.#end - this.#cursor.tell
  }

  /** Refuses a struct of an older version than can still be read. Ceph: DECODE_OLDEST */
  requireVersion(oldest: number): void {
    if (this.version >= oldest) return
    throw new MalformedInputError(`${this.#name}: expected version ${oldest} or newer, got ${this.version}`, {
      version: this.version,
      oldest,
    })
  }

  /** Skips the payload that was not read. Throws `MalformedInputError` if more than the payload was read. */
  finish(): void {
    if (this.#end === undefined) return
    if (this.#cursor.tell > this.#end) throw pastEnd(this.#name, this.#cursor.tell, this.#end)
    this.#cursor.seek(this.#end)
  }
}

/** Where the fields of a struct's frame came in, in encodings that are older than the frame. */
export interface LegacyFrame {
  /** The first version that has compat. Ceph: compatv */
  readonly compatSince: number
  /** The first version that has the payload's length. Ceph: lenv */
  readonly lengthSince: number
  /** Bytes of the version before `compatSince`; only the first of them counts. Default 1. */
  readonly oldVersionBytes?: 1 | 2 | 4
}

/**
 * Reads the frame of a struct, of which versions up to `understood` are known. Throws `MalformedInputError`, naming
 * the struct, if it needs a newer reader or claims to be longer than the bytes that are left.
 * Ceph: src/include/encoding.h, DECODE_START; `finish` is DECODE_FINISH
 */
export function openStruct(cursor: BufferCursor, name: string, understood: number): StructReader {
  const version = cursor.readUInt8()
  const compat = readCompat(cursor, name, understood)
  return new StructReader(cursor, name, version, compat, cursor.readUInt32LE())
}

/**
 * Like `openStruct`, for structs that are older than their frame. Without a length, `finish` neither checks nor skips.
 * Ceph: src/include/encoding.h, DECODE_START_LEGACY_COMPAT_LEN and its _16 and _32
 */
export function openLegacyStruct(
  cursor: BufferCursor,
  name: string,
  understood: number,
  frame: LegacyFrame,
): StructReader {
  const version = cursor.readUInt8()
  let compat = 0
  if (version >= frame.compatSince) compat = readCompat(cursor, name, understood)
  else cursor.skip((frame.oldVersionBytes ?? 1) - 1)
  const length = version >= frame.lengthSince ? cursor.readUInt32LE() : undefined
  return new StructReader(cursor, name, version, compat, length)
}

/** Reads a struct: `readPayload` reads what it knows of that version, the rest is skipped. */
export function decodeStruct<T>(
  cursor: BufferCursor,
  name: string,
  understood: number,
  readPayload: (cursor: BufferCursor, struct: StructReader) => T,
): T {
  const struct = openStruct(cursor, name, understood)
  const value = readPayload(cursor, struct)
  struct.finish()
  return value
}

function readCompat(cursor: BufferCursor, name: string, understood: number): number {
  const compat = cursor.readUInt8()
  if (compat <= understood) return compat
  throw new MalformedInputError(`${name}: expected compat up to ${understood}, got ${compat}`, { compat, understood })
}

function pastEnd(name: string, reached: number, end: number): MalformedInputError {
  return new MalformedInputError(`${name}: expected to stay within ${end} bytes, got to ${reached}`, { reached, end })
}
