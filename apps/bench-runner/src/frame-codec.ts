import { BenchError } from './errors.ts'

// A frame is the length of its payload, u32 little-endian, and the payload:
//
//   0       4              4 + length
//   | length |  payload …  |

const HEADER_BYTES = 4

/** The longest payload a decoder takes. */
export const MAX_PAYLOAD_BYTES = 0x100_0000

/** The header of a frame. */
export function encodeFrameHeader(payloadBytes: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeUInt32LE(payloadBytes, 0)
  return header
}

/** A whole frame, with a copy of the payload. */
export function encodeFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length)
  frame.writeUInt32LE(payload.length, 0)
  frame.set(payload, HEADER_BYTES)
  return frame
}

/**
 * Finds frames in a stream of bytes that may be cut anywhere. A frame that lies in one chunk is given as a view of
 * it; only one that a cut goes through is copied, and each of its bytes once.
 */
export class FrameDecoder {
  readonly #onPayload: (payload: Uint8Array) => void
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerFilled = 0
  /** The payload of the frame that a cut went through, once its header is whole. */
  #payload: Buffer | undefined = undefined
  #payloadFilled = 0

  /** Calls `onPayload` with each payload, in order. The bytes are a chunk's own, or nobody else's. */
  constructor(onPayload: (payload: Uint8Array) => void) {
    this.#onPayload = onPayload
  }

  /** Takes the next bytes of the stream. Throws `BenchError` for a length above `MAX_PAYLOAD_BYTES`. */
  push(chunk: Buffer): void {
    let at = this.#finishCutFrame(chunk)
    while (chunk.length - at >= HEADER_BYTES) {
      const start = at + HEADER_BYTES
      const length = checkLength(chunk.readUInt32LE(at))
      if (chunk.length - start < length) break
      at = start + length
      this.#onPayload(chunk.subarray(start, at))
    }
    this.#keepCutFrame(chunk, at)
  }

  /** Fills up what an earlier chunk left. Returns where the next frame begins, or the chunk's end. */
  #finishCutFrame(chunk: Buffer): number {
    if (this.#headerFilled === 0) return 0
    let at = 0
    if (this.#payload === undefined) {
      at = chunk.copy(this.#header, this.#headerFilled)
      this.#headerFilled += at
      if (this.#headerFilled < HEADER_BYTES) return at
      this.#payload = Buffer.allocUnsafe(checkLength(this.#header.readUInt32LE(0)))
      this.#payloadFilled = 0
    }
    const payload = this.#payload
    const copied = chunk.copy(payload, this.#payloadFilled, at)
    this.#payloadFilled += copied
    if (this.#payloadFilled === payload.length) {
      this.#payload = undefined
      this.#headerFilled = 0
      this.#onPayload(payload)
    }
    return at + copied
  }

  #keepCutFrame(chunk: Buffer, at: number): void {
    if (at === chunk.length) return
    this.#headerFilled = chunk.copy(this.#header, 0, at, at + HEADER_BYTES)
    if (this.#headerFilled < HEADER_BYTES) return
    this.#payload = Buffer.allocUnsafe(this.#header.readUInt32LE(0))
    this.#payloadFilled = chunk.copy(this.#payload, 0, at + HEADER_BYTES)
  }
}

function checkLength(length: number): number {
  if (length <= MAX_PAYLOAD_BYTES) return length
  throw new BenchError('ERR_BENCH_FRAME', `length of a frame: expected at most ${MAX_PAYLOAD_BYTES}, got ${length}`)
}
