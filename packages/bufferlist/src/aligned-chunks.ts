/** What the chunks of a list shall be multiples of. */
export interface ChunkAlignment {
  /** For every chunk's length but the last one's: bytes. */
  readonly size: number
  /** For every chunk's `byteOffset` in its `ArrayBuffer`: bytes. Default 1. */
  readonly memory?: number
  /** If there are more chunks than this, larger multiples of `size` are used. */
  readonly maxChunks?: number
}

/** The offset of a chunk in its `ArrayBuffer` is the only address that JavaScript can see. */
export function isAlignedMemory(chunk: Uint8Array, alignment: number): boolean {
  return chunk.byteOffset % alignment === 0
}

/**
 * The same bytes in chunks that are aligned: those that already are stay the same objects, runs of others are copied
 * together. The same array means that nothing had to be done.
 * Ceph: src/common/buffer.cc, buffer::list::rebuild_aligned_size_and_memory
 */
export function alignChunks(chunks: Uint8Array[], alignment: ChunkAlignment): Uint8Array[] {
  const memory = alignment.memory ?? 1
  const size = sizeFor(chunks, alignment)
  const fits = (chunk: Uint8Array): boolean => chunk.length % size === 0 && isAlignedMemory(chunk, memory)

  const aligned: Uint8Array[] = []
  let copied = false
  let run: Uint8Array[] = []
  let runLength = 0
  for (const [i, chunk] of chunks.entries()) {
    run.push(chunk)
    runLength += chunk.length
    const next = chunks[i + 1]
    const startsAligned = run.length === 1 && isAlignedMemory(chunk, memory)
    // A run ends where its length is right and the chunk after it can stay as it is.
    if (startsAligned && fits(chunk)) aligned.push(chunk)
    else if (next !== undefined && (runLength % size !== 0 || !fits(next))) continue
    else if (startsAligned) aligned.push(chunk)
    else {
      aligned.push(joinChunks(run, runLength))
      copied = true
    }
    run = []
    runLength = 0
  }
  return copied ? aligned : chunks
}

/** Chunks copied together; `length` is the sum of theirs. */
export function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}

function sizeFor(chunks: Uint8Array[], { size, maxChunks }: ChunkAlignment): number {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (maxChunks === undefined || chunks.length <= maxChunks || length <= maxChunks * size) return size
  return Math.ceil(length / maxChunks / size) * size
}
