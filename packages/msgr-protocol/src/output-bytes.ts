import type { BufferList } from '@msgr/bufferlist'
import { allocateCleared } from './allocate.ts'
import { GrowingSlab } from './growing-slab.ts'
import { joinBytes } from './join-bytes.ts'
import { NO_BYTES, NO_VIEW } from './no-bytes.ts'

/** Up to this size a run of bytes is cheaper to copy than to hand to the socket as a buffer of its own. */
const COPY_UP_TO = 1024

/** How large a slab may become that outputs share. */
export const MAX_OUTPUT_SLAB_SIZE: number = 64 * 1024

/**
 * Collects what is to be written: small things side by side in a slab, which others may share, large ones by reference.
 * What `take` returns stays as it is for as long as the socket needs it.
 */
export class OutputBytes {
  /** The slab in which `reserve` gave room, and a view of all of it. */
  bytes: Uint8Array = NO_BYTES
  view: DataView = NO_VIEW

  #chunks: Uint8Array[] = []
  /** The bytes from `#from` to `#to` are not yet in `#chunks`. */
  #from = 0
  #to = 0
  #length = 0
  readonly #slab: GrowingSlab

  constructor(slab: GrowingSlab = new GrowingSlab(MAX_OUTPUT_SLAB_SIZE, allocateCleared)) {
    this.#slab = slab
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#length
  }

  /** Room for `size` bytes at the offset returned, in `bytes` and `view`. The caller fills all of it. */
  reserve(size: number): number {
    const slab = this.#slab
    const offset = slab.take(size)
    if (offset !== this.#to || slab.bytes !== this.bytes) {
      this.#seal()
      this.bytes = slab.bytes
      this.view = slab.view
      this.#from = offset
    }
    this.#to = offset + size
    this.#length += size
    return offset
  }

  /** Adds bytes, which must not change afterwards. */
  append(bytes: Uint8Array): void {
    if (bytes.length <= COPY_UP_TO) {
      const offset = this.reserve(bytes.length)
      this.bytes.set(bytes, offset)
      return
    }
    this.#seal()
    this.#chunks.push(bytes)
    this.#length += bytes.length
  }

  /** Adds the bytes of a list, which must not change afterwards. */
  appendList(list: BufferList): void {
    for (const chunk of list.chunks()) this.append(chunk)
  }

  /** Everything added since the last call, in order. The chunks belong to the caller. */
  take(): Uint8Array[] {
    this.#seal()
    const chunks = this.#chunks
    this.#chunks = []
    this.#length = 0
    // Whoever is quiet from now on is not to hold on to what others write.
    this.bytes = NO_BYTES
    this.view = NO_VIEW
    return chunks
  }

  /** As `take`, in memory of its own. */
  takeCopy(): Uint8Array {
    return joinBytes(this.take())
  }

  /** Forgets what waits to be taken. */
  clear(): void {
    this.take()
  }

  #seal(): void {
    if (this.#to > this.#from) this.#chunks.push(this.bytes.subarray(this.#from, this.#to))
    this.#from = this.#to
  }
}
