import type { InputBytes } from '../input-bytes.ts'
import { NO_BYTES } from '../no-bytes.ts'
import type { WireMemory } from '../wire-memory.ts'

/** The input of frames, as it is used up. */
export class TranscribedInput {
  readonly #input: InputBytes
  /** A run that did not lie in one piece, and how much of it is there. */
  #run: Uint8Array = NO_BYTES
  #filled = 0

  /** Is shown all that is used up, in order. The bytes may change after the call. */
  transcript: ((bytes: Uint8Array) => void) | undefined = undefined

  constructor(input: InputBytes) {
    this.#input = input
  }

  get memory(): WireMemory {
    return this.#input.memory
  }

  get bytes(): Uint8Array {
    return this.#input.bytes
  }

  get view(): DataView {
    return this.#input.view
  }

  get offset(): number {
    return this.#input.offset
  }

  /** As `InputBytes.take`. */
  take(length: number): boolean {
    const input = this.#input
    if (!input.take(length)) return false
    if (this.transcript !== undefined) this.transcript(input.bytes.subarray(input.offset, input.offset + length))
    return true
  }

  /** As `InputBytes.takeView`. */
  takeView(length: number): Uint8Array | undefined {
    const view = this.#input.takeView(length)
    if (view !== undefined) this.transcript?.(view)
    return view
  }

  /** As `InputBytes.fill`. */
  fill(target: Uint8Array, filled: number): number {
    const now = this.#input.fill(target, filled)
    if (this.transcript !== undefined && now > filled) this.transcript(target.subarray(filled, now))
    return now
  }

  /**
   * The next `length` bytes, at least 1, where they lie or in memory of their own; `undefined` if they are not all
   * there yet. The caller asks again for the same.
   */
  takeRun(length: number): Uint8Array | undefined {
    if (this.#run.length === 0) {
      const view = this.takeView(length)
      if (view !== undefined) return view
      this.#run = this.memory.allocate(length)
      this.#filled = 0
    }
    this.#filled = this.fill(this.#run, this.#filled)
    if (this.#filled < length) return undefined
    const run = this.#run
    this.#run = NO_BYTES
    return run
  }
}
