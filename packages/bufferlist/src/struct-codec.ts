import { type BufferCursor } from './buffer-cursor.ts'
import { type BufferEncoder } from './buffer-encoder.ts'
import { type Codec } from './codec.ts'
import { decodeStruct } from './struct-reader.ts'
import { encodeStruct } from './struct-writer.ts'

/** A versioned struct. */
export interface StructDefinition<T> {
  /** For error messages. */
  readonly name: string
  /** The version that is written, and the newest that is understood. */
  readonly version: number
  /** The oldest reader that understands what is written. */
  readonly compat: number
  /** The oldest version that can be read. Default 0. */
  readonly oldest?: number
  readonly encode: (encoder: BufferEncoder, value: T, features: bigint) => void
  /** Reads the fields that `version` has. What newer versions have after them is skipped. */
  readonly decode: (cursor: BufferCursor, version: number, features: bigint) => T
}

/** The codec of a versioned struct. */
export function structOf<T>(definition: StructDefinition<T>): Codec<T> {
  const { name, version, compat, oldest = 0 } = definition
  return {
    minLength: 6,
    encode: (encoder, value, features = 0n) => {
      encodeStruct(encoder, version, compat, () => {
        definition.encode(encoder, value, features)
      })
    },
    decode: (cursor, features = 0n) =>
      decodeStruct(cursor, name, version, (_, struct) => {
        struct.requireVersion(oldest)
        return definition.decode(cursor, struct.version, features)
      }),
  }
}
