import type { BufferList } from '@msgr/bufferlist'
import type { OutputBytes } from '../output-bytes.ts'

/** The output of frames, as it is written. */
export class TranscribedOutput {
  readonly #output: OutputBytes

  /** Is shown all that is written, in order. */
  transcript: ((bytes: Uint8Array) => void) | undefined = undefined

  constructor(output: OutputBytes) {
    this.#output = output
  }

  get bytes(): Uint8Array {
    return this.#output.bytes
  }

  get view(): DataView {
    return this.#output.view
  }

  /** As `OutputBytes.reserve`; once the room is filled, and before anything else is written, `settle` must follow. */
  reserve(size: number): number {
    return this.#output.reserve(size)
  }

  /** What was reserved is filled. */
  settle(at: number, size: number): void {
    if (this.transcript !== undefined) this.transcript(this.#output.bytes.subarray(at, at + size))
  }

  /** As `OutputBytes.append`. */
  append(bytes: Uint8Array): void {
    this.#output.append(bytes)
    this.transcript?.(bytes)
  }

  /** As `OutputBytes.appendList`. */
  appendList(list: BufferList): void {
    this.#output.appendList(list)
    if (this.transcript !== undefined) for (const chunk of list.chunks()) this.transcript(chunk)
  }
}
