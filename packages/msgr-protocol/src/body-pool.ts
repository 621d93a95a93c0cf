import { allocateCleared, type Allocate } from './allocate.ts'
import { NO_BYTES } from './no-bytes.ts'

/** Each slab is twice as large as the one before, up to the limit, so a quiet peer holds little. */
const FIRST_SLAB_SIZE = 1024
const MAX_SLAB_SIZE = 16 * 1024

/**
 * Gives small bodies memory of their own, many to a slab. A message that an application keeps then holds on to 16 KiB
 * at most, not to all that was read with it.
 */
export class BodyPool {
  #slab: Uint8Array = NO_BYTES
  #at = 0
  #slabSize = FIRST_SLAB_SIZE
  readonly #allocate: Allocate

  constructor(allocate: Allocate = allocateCleared) {
    this.#allocate = allocate
  }

  /** A copy of `bytes`. Much smaller than a slab, or this saves nothing. */
  copy(bytes: Uint8Array): Uint8Array {
    const copy = this.take(bytes.length)
    copy.set(bytes)
    return copy
  }

  /** Room for so many bytes; the caller fills all of it. */
  take(length: number): Uint8Array {
    if (this.#slab.length - this.#at < length) {
      this.#slab = this.#allocate(Math.max(this.#slabSize, length))
      this.#slabSize = Math.min(this.#slabSize * 2, MAX_SLAB_SIZE)
      this.#at = 0
    }
    const bytes = this.#slab.subarray(this.#at, this.#at + length)
    this.#at += length
    return bytes
  }
}
