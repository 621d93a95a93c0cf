import { type BufferEncoder } from './buffer-encoder.ts'
import { type BufferHole } from './buffer-hole.ts'

// A versioned struct is framed as
//
//   0  u8   version   what its writer knew
//   1  u8   compat    the oldest reader that understands it
//   2  u32  length    of the payload: a reader skips what newer writers put after what it knows
//   6       payload
//
// and may hold others in its payload.

/** A struct that is being written: what the encoder gets until `finish` is its payload. */
export class StructWriter {
  readonly #encoder: BufferEncoder
  readonly #compat: BufferHole
  readonly #length: BufferHole
  readonly #start: number

  constructor(encoder: BufferEncoder, version: number, compat: number) {
    encoder.writeUInt8(version)
    this.#encoder = encoder
    this.#compat = encoder.hole(1)
    this.#length = encoder.hole(4)
    this.#start = encoder.length
    this.#compat.fillUInt8(compat)
  }

  /** Writes the payload's length. Call it before the encoder's `toBufferList`. */
  finish(): void {
    this.#length.fillUInt32LE(this.#encoder.length - this.#start)
  }

  /** Makes the struct refuse older readers than the start named, if what was written since turns out to need it. */
  raiseCompat(compat: number): void {
    this.#compat.fillUInt8(compat)
  }
}

/**
 * Begins a struct. `encodeStruct` is the same in one call.
 * Ceph: src/include/encoding.h, ENCODE_START; `finish` is ENCODE_FINISH
 */
export function startStruct(encoder: BufferEncoder, version: number, compat: number): StructWriter {
  return new StructWriter(encoder, version, compat)
}

/** Writes a struct whose payload is what `writePayload` writes. */
export function encodeStruct(
  encoder: BufferEncoder,
  version: number,
  compat: number,
  writePayload: (encoder: BufferEncoder, struct: StructWriter) => void,
): void {
  const struct = startStruct(encoder, version, compat)
  writePayload(encoder, struct)
  struct.finish()
}
