import type { Duplex } from 'node:stream'
import { encodeFrame, encodeFrameHeader, FrameDecoder } from './frame-codec.ts'

/** Up to this length a payload is copied behind its header: that costs less than a further buffer in the writev. */
const MAX_COPIED_BYTES = 1024

/** Frames over a socket. What is sent in one turn of the event loop leaves in one write. */
export class FrameSocket {
  readonly #socket: Duplex
  #isCorked = false

  /** Calls `onPayload` with each payload that comes; a peer that breaks the framing has its socket destroyed. */
  constructor(socket: Duplex, onPayload: (payload: Uint8Array) => void) {
    this.#socket = socket
    const decoder = new FrameDecoder(onPayload)
    socket.on('data', (chunk: Buffer) => {
      try {
        decoder.push(chunk)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined)
      }
    })
  }

  /** Sends a frame. The payload must not be changed afterwards. */
  send(payload: Uint8Array): void {
    const socket = this.#socket
    if (!this.#isCorked) {
      this.#isCorked = true
      socket.cork()
      process.nextTick(this.#uncork)
    }
    if (payload.length <= MAX_COPIED_BYTES) {
      socket.write(encodeFrame(payload))
      return
    }
    socket.write(encodeFrameHeader(payload.length))
    socket.write(payload)
  }

  readonly #uncork = (): void => {
    this.#isCorked = false
    this.#socket.uncork()
  }
}
