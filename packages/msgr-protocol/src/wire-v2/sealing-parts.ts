import type { BufferList } from '@msgr/bufferlist'

/** A run of small parts up to this size is copied together: each part that a cipher is given costs a call. */
const SCRATCH_SIZE = 16 * 1024
/** Larger parts are not worth a copy. */
const COPY_UP_TO = 4096

/** Collects what is sealed in one call. */
export class SealingParts {
  readonly #scratch = new Uint8Array(SCRATCH_SIZE)
  /** Sees the scratch. */
  readonly view: DataView = new DataView(this.#scratch.buffer)
  #parts: Uint8Array[] = []
  /** The bytes of the scratch from `#from` to `#at` are not yet in `#parts`. */
  #from = 0
  #at = 0
  /** Bytes of the parts that are not in the scratch. */
  #lengthElsewhere = 0

  /** Bytes that were added since the last `take`. */
  get length(): number {
    return this.#lengthElsewhere + this.#at
  }

  /** The scratch, in which `reserve` gives room. */
  get bytes(): Uint8Array {
    return this.#scratch
  }

  /** Room for `size` bytes at the offset returned, which the caller fills; a few of the first bytes that are added. */
  reserve(size: number): number {
    const at = this.#at
    if (at + size > SCRATCH_SIZE) throw new Error(`expected at most ${SCRATCH_SIZE - at} bytes, got ${size}`)
    this.#at += size
    return at
  }

  /** Adds bytes, which must not change before `take`d parts have been used. */
  add(bytes: Uint8Array): void {
    const at = this.#at
    if (bytes.length <= COPY_UP_TO && at + bytes.length <= SCRATCH_SIZE) {
      this.#scratch.set(bytes, at)
      this.#at += bytes.length
      return
    }
    this.#close()
    this.#parts.push(bytes)
    this.#lengthElsewhere += bytes.length
  }

  addList(list: BufferList): void {
    for (const chunk of list.chunks()) this.add(chunk)
  }

  /** Adds up to 48 zeros. */
  addZeros(count: number): void {
    this.add(ZEROS.subarray(0, count))
  }

  /** All that was added. The parts are good until something is added again. */
  take(): Uint8Array[] {
    this.#close()
    const parts = this.#parts
    this.#parts = []
    this.#from = this.#at = this.#lengthElsewhere = 0
    return parts
  }

  #close(): void {
    if (this.#at > this.#from) this.#parts.push(this.#scratch.subarray(this.#from, this.#at))
    this.#from = this.#at
  }
}

const ZEROS = new Uint8Array(48)
