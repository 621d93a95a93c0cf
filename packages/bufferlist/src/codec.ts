import { type BufferCursor } from './buffer-cursor.ts'
import { type BufferEncoder } from './buffer-encoder.ts'

/**
 * How one type is encoded. `features` are those of the peer, for types whose encoding depends on them; a codec that is
 * made of others hands them on. Decoding throws `EndOfBufferError` or `MalformedInputError`, with the position
 * wherever it then was, and never takes memory for more than the bytes that are there can hold.
 */
export interface Codec<T> {
  /** The fewest bytes that a value takes: what a count of elements is checked against. */
  readonly minLength: number
  encode(encoder: BufferEncoder, value: T, features?: bigint): void
  decode(cursor: BufferCursor, features?: bigint): T
}
