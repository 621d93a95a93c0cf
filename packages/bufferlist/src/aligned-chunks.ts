import { PART_ALIGNMENT, takeMemory } from './own-memory.ts'

/** What the chunks of a list are, or shall be, multiples of. */
export interface ChunkAlignment {
  /** For lengths. Default 1. */
  readonly size?: number
  /** For each chunk's `byteOffset` in its `ArrayBuffer`, the only address that JavaScript can see. Default 1. */
  readonly memory?: number
}

/** What `rebuildAligned` shall do. */
export interface RebuildOptions extends ChunkAlignment {
  /** If there are more chunks than this, larger multiples of `size` are made. Default: no limit. */
  readonly maxChunks?: number
}

export function areAligned(chunks: readonly Uint8Array[], { size = 1, memory = 1 }: ChunkAlignment): boolean {
  return chunks.every((chunk) => chunk.length % size === 0 && chunk.byteOffset % memory === 0)
}

/**
 * The same bytes in chunks that are aligned, but perhaps for the last one's length: those that already are stay the
 * same objects, runs of others are copied together. Nothing, if there was nothing to copy.
 * Ceph: src/common/buffer.cc, buffer::list::rebuild_aligned_size_and_memory
 */
export function alignChunks(chunks: readonly Uint8Array[], options: RebuildOptions): Uint8Array[] | undefined {
  const { memory = 1 } = options
  const size = sizeFor(chunks, options)

  const aligned: Uint8Array[] = []
  let copied = false
  let run: Uint8Array[] = []
  let runLength = 0
  for (const [i, chunk] of chunks.entries()) {
    run.push(chunk)
    runLength += chunk.length
    const next = chunks[i + 1]
    const startsAligned = run.length === 1 && chunk.byteOffset % memory === 0
    // A run ends where its length is right and the chunk after it can stay as it is.
    const endsRight = runLength % size === 0 && (next === undefined || areAligned([next], { size, memory }))
    if (startsAligned && runLength % size === 0) aligned.push(chunk)
    else if (!endsRight && next !== undefined) continue
    else if (startsAligned) aligned.push(chunk)
    else {
      aligned.push(joinInto(memory > PART_ALIGNMENT ? new Uint8Array(runLength) : takeMemory(runLength), run))
      copied = true
    }
    run = []
    runLength = 0
  }
  return copied ? aligned : undefined
}

/** Copies chunks one after the other to the start of `target`, and returns it. */
export function joinInto(target: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array {
  let at = 0
  for (const chunk of chunks) {
    target.set(chunk, at)
    at += chunk.length
  }
  return target
}

function sizeFor(chunks: readonly Uint8Array[], { size = 1, maxChunks = Infinity }: RebuildOptions): number {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (chunks.length <= maxChunks || length <= maxChunks * size) return size
  return Math.ceil(length / maxChunks / size) * size
}
