import { allocateCleared, type Allocate } from './allocate.ts'
import { GrowingSlab } from './growing-slab.ts'

const MAX_SLAB_SIZE = 16 * 1024

/**
 * Gives small bodies memory of their own, many to a slab. A message that an application keeps then holds on to 16 KiB
 * at most, not to all that was read with it.
 */
export class BodyPool {
  readonly #slab: GrowingSlab

  constructor(allocate: Allocate = allocateCleared) {
    this.#slab = new GrowingSlab(MAX_SLAB_SIZE, allocate)
  }

  /** A copy of `bytes`. Much smaller than a slab, or this saves nothing. */
  copy(bytes: Uint8Array): Uint8Array {
    const copy = this.take(bytes.length)
    copy.set(bytes)
    return copy
  }

  /** Room for so many bytes; the caller fills all of it. */
  take(length: number): Uint8Array {
    const offset = this.#slab.take(length)
    return this.#slab.bytes.subarray(offset, offset + length)
  }
}
