type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Uint8Array

/**
 * Makes views of one chunk: those of its `subarray`, so Buffers of a Buffer. From the second one on it knows what
 * `subarray` asks for each time, the ArrayBuffer and the class of the views, which costs more than the view itself.
 */
export class ChunkViews {
  readonly chunk: Uint8Array
  readonly #base: number
  readonly #end: number
  #isFirst = true
  #buffer: ArrayBufferLike | undefined
  #byteOffset = 0
  #View: ViewConstructor = Uint8Array

  /** Offsets are counted from where the chunk has the offset `base`. */
  constructor(chunk: Uint8Array, base: number) {
    this.chunk = chunk
    this.#base = base
    this.#end = base + chunk.length
  }

  /** Whether that range lies in the chunk. */
  cover(offset: number, length: number): boolean {
    return offset >= this.#base && offset + length <= this.#end
  }

  /** A view of a range that this covers; the chunk itself if that is the range. */
  view(offset: number, length: number): Uint8Array {
    const { chunk } = this
    const start = offset - this.#base
    if (length === chunk.length) return chunk
    if (this.#isFirst) {
      this.#isFirst = false
      return chunk.subarray(start, start + length)
    }
    if (this.#buffer === undefined) {
      this.#buffer = chunk.buffer
      this.#byteOffset = chunk.byteOffset
      // The protocol of `TypedArray.prototype.subarray`. Of a Buffer this is the class behind it, not `Buffer` itself.
      const species = (chunk.constructor as { readonly [Symbol.species]?: ViewConstructor })[Symbol.species]
      this.#View = species ?? Uint8Array
    }
    const skip = Math.trunc(start)
    return new this.#View(this.#buffer, this.#byteOffset + skip, Math.trunc(start + length) - skip)
  }
}

/** The place of those that are not worth making yet: covers nothing. */
export const NO_VIEWS: ChunkViews = new ChunkViews(new Uint8Array(0), Infinity)

/** Those of the chunk in which a range lies as a whole, if there is one. Offsets count from the start of the first chunk. */
export function viewsOfRange(
  chunks: readonly Uint8Array[],
  first: number,
  offset: number,
  length: number,
): ChunkViews | undefined {
  let base = 0
  for (let i = first; i < chunks.length && offset >= base; i++) {
    const chunk = chunks[i]
    if (chunk === undefined) break
    if (offset + length <= base + chunk.length) return new ChunkViews(chunk, base)
    base += chunk.length
  }
  return undefined
}

/** A single view of the range, or the chunk itself: what `viewsOfRange` would make, at less cost. */
export function viewOfRange(
  chunks: readonly Uint8Array[],
  first: number,
  offset: number,
  length: number,
): Uint8Array | undefined {
  let at = offset
  for (let i = first; i < chunks.length && at >= 0; i++) {
    const chunk = chunks[i]
    if (chunk === undefined) break
    if (at + length <= chunk.length) return length === chunk.length ? chunk : chunk.subarray(at, at + length)
    at -= chunk.length
  }
  return undefined
}
