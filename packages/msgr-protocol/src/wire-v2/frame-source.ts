import { NO_BYTES, NO_VIEW } from '../no-bytes.ts'
import { Preamble } from './preamble.ts'

/**
 * Takes frames of one revision and mode out of the input, one after the other: the preamble, then the first segment if
 * it is protected on its own (in 2.1), then all that is left, if there is anything. Each step returns false while bytes
 * are missing, and is then repeated.
 */
export abstract class FrameSource {
  readonly preamble: Preamble = new Preamble()
  /** The first segment begins at `firstAt` in `first`, and in `firstView`, until the next step. */
  first: Uint8Array = NO_BYTES
  firstView: DataView = NO_VIEW
  firstAt = 0
  /** Front, middle and data of a message begin there in `body`. */
  body: Uint8Array = NO_BYTES
  frontAt = 0
  middleAt = 0
  dataAt = 0
  /** The sender gave the frame up. */
  isAborted = false
  #sharesInput = false

  /** True in 2.1. */
  abstract readonly readsFirstAlone: boolean

  abstract readPreamble(): boolean
  abstract readFirst(): boolean
  abstract readRest(): boolean

  /** True if something follows the first segment. */
  get hasRest(): boolean {
    return !this.readsFirstAlone || this.preamble.segmentCount > 1
  }

  /** The body now belongs to a message. */
  releaseBody(): void {
    this.body = NO_BYTES
  }

  /** True if a body was left, since the last call, where it lies in the input: it may wait there for its epilogue. */
  takeSharesInput(): boolean {
    const shares = this.#sharesInput
    this.#sharesInput = false
    return shares
  }

  /** The body is this view of the input. */
  protected shareInput(view: Uint8Array): void {
    this.body = view
    this.#sharesInput = true
  }
}
