import { BufferEncoder, BufferList, type BufferCursor } from '@msgr/bufferlist'
import { ProtocolError } from '../errors.ts'

/** Turns what a control frame says into its payload and back. */
export interface PayloadCodec<T> {
  /** The payload, in memory of its own. Throws `RangeError` for numbers that its fields cannot hold. */
  encode(value: T): Uint8Array
  /**
   * Reads a payload; bytes behind what is known are left aside. Byte fields of the value are views of it. Throws
   * `ProtocolError` if bytes are missing or make no sense.
   */
  decode(payload: Uint8Array): T
}

/** Entries that a list in a payload may have. */
const MAX_LIST_LENGTH = 32

/** `what` names the frame in errors. `decode` may throw anything. */
export function makePayloadCodec<T>(
  what: string,
  encode: (encoder: BufferEncoder, value: T) => void,
  decode: (cursor: BufferCursor) => T,
): PayloadCodec<T> {
  return {
    encode: (value) => {
      const encoder = new BufferEncoder()
      encode(encoder, value)
      return encoder.toBufferList().toContiguous()
    },
    decode: (payload) => {
      try {
        return decode(new BufferList(payload).cursor())
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new ProtocolError('ERR_MSGR_BAD_FRAME', `payload of ${what}: ${reason}`)
      }
    },
  }
}

/** Writes a count and so many u32. */
export function writeNumbers(encoder: BufferEncoder, numbers: readonly number[]): void {
  encoder.writeUInt32LE(numbers.length)
  for (const number of numbers) encoder.writeUInt32LE(number)
}

/** Reads a count and so many u32, 32 at most. */
export function readNumbers(cursor: BufferCursor): number[] {
  const count = cursor.readUInt32LE()
  checkCount(count)
  return Array.from({ length: count }, () => cursor.readUInt32LE())
}

/** Throws unless a list may have so many entries. */
export function checkCount(count: number): void {
  if (count > MAX_LIST_LENGTH) throw new RangeError(`expected at most ${MAX_LIST_LENGTH} entries, got ${count}`)
}
