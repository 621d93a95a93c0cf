import type { Allocate } from './allocate.ts'
import { NO_BYTES, NO_VIEW } from './no-bytes.ts'

/** Each slab is twice as large as the one before, up to a limit, so that who says little holds little. */
const FIRST_SLAB_SIZE = 1024

/** Gives room for small things, side by side in a slab, and then in the next one. A slab is never written over. */
export class GrowingSlab {
  /** Where `take` gave room last, and a view of all of it. */
  bytes: Uint8Array = NO_BYTES
  view: DataView = NO_VIEW
  #at = 0
  #nextSize = FIRST_SLAB_SIZE
  readonly #maxSize: number
  readonly #allocate: Allocate

  /** `maxSize`: of a slab, in bytes, unless something larger is asked for. */
  constructor(maxSize: number, allocate: Allocate) {
    this.#maxSize = maxSize
    this.#allocate = allocate
  }

  /** Room for `size` bytes at the offset returned: right behind what was taken before, unless the slab is a new one. */
  take(size: number): number {
    if (this.bytes.length - this.#at < size) this.#renew(size)
    const offset = this.#at
    this.#at += size
    return offset
  }

  #renew(size: number): void {
    this.bytes = this.#allocate(Math.max(this.#nextSize, size))
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    this.#nextSize = Math.min(this.#nextSize * 2, this.#maxSize)
    this.#at = 0
  }
}
