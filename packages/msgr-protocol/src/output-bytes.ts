import type { BufferList } from '@msgr/bufferlist'
import { allocateCleared, type Allocate } from './allocate.ts'
import { joinBytes } from './join-bytes.ts'
import { NO_BYTES, NO_VIEW } from './no-bytes.ts'

/** The first slab has room for a handshake; each is twice as large as the one before, so a quiet peer holds little. */
const FIRST_SLAB_SIZE = 1024
const MAX_SLAB_SIZE = 64 * 1024
/** Up to this size a run of bytes is cheaper to copy than to hand to the socket as a buffer of its own. */
const COPY_UP_TO = 1024

/**
 * Collects what is to be written: small things side by side in a slab, large ones by reference. A slab is never
 * written over, so what `take` returns stays as it is for as long as the socket needs it.
 */
export class OutputBytes {
  /** The slab in which `reserve` gave room, and a view of all of it. */
  bytes: Uint8Array = NO_BYTES
  view: DataView = NO_VIEW

  #chunks: Uint8Array[] = []
  /** The bytes of the slab from `#from` to `#at` are not yet in `#chunks`. */
  #from = 0
  #at = 0
  #length = 0
  #slabSize = FIRST_SLAB_SIZE
  readonly #allocate: Allocate

  constructor(allocate: Allocate = allocateCleared) {
    this.#allocate = allocate
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#length
  }

  /** Room for `size` bytes at the offset returned, in `bytes` and `view`. The caller fills all of it. */
  reserve(size: number): number {
    if (this.bytes.length - this.#at < size) this.#newSlab(size)
    const offset = this.#at
    this.#at += size
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
    if (this.#at > this.#from) this.#chunks.push(this.bytes.subarray(this.#from, this.#at))
    this.#from = this.#at
  }

  #newSlab(size: number): void {
    this.#seal()
    this.bytes = this.#allocate(Math.max(this.#slabSize, size))
    this.#slabSize = Math.min(this.#slabSize * 2, MAX_SLAB_SIZE)
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    this.#from = this.#at = 0
  }
}
