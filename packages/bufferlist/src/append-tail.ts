import { BufferHole } from './buffer-hole.ts'

/** New blocks are a multiple of this, so that small pieces after the first need no memory of their own. */
const BLOCK_LENGTH = 4096

/**
 * Memory of a list's own that small pieces are copied into. Its last view can grow over the unused rest, which is zero
 * and which nobody else can see; bytes once handed out in a view stay as they are.
 * Ceph: src/common/buffer.cc, the carriage of buffer::list
 */
export class AppendTail {
  readonly #block: Uint8Array
  #start = 0
  #end = 0
  #view: Uint8Array | undefined

  /** Has room for at least `length` bytes. */
  constructor(length: number) {
    this.#block = new Uint8Array(Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH)
  }

  /** Unused bytes. */
  get room(): number {
    return this.#block.length - this.#end
  }

  /** The view that `take` gave last. */
  get view(): Uint8Array | undefined {
    return this.#view
  }

  /** A view that ends with `length` bytes not handed out before; it starts where the last one did if it `grows`. */
  take(length: number, grows: boolean): Uint8Array {
    if (!grows) this.#start = this.#end
    this.#end += length
    this.#view = this.#block.subarray(this.#start, this.#end)
    return this.#view
  }

  /** The last `length` bytes handed out, to be filled in later. */
  hole(length: number): BufferHole {
    return new BufferHole(this.#block, this.#end - length, length)
  }
}
