import { type CrcCache } from './crc-cache.ts'

/** Bytes that lie in chunks, but for `skip` at the front of the first one and `spare` at the end of the last one. */
export interface ChunkRange {
  readonly chunks: Uint8Array[]
  readonly skip: number
  readonly spare: number
}

/** The range of 1 byte or more that is `offset` bytes from the start of `chunks[first]`. It must be there. */
export function findRange(chunks: readonly Uint8Array[], first: number, offset: number, length: number): ChunkRange {
  let from = first
  let skip = offset
  for (let n = lengthOf(chunks, from); skip >= n; n = lengthOf(chunks, ++from)) skip -= n
  let to = from
  let spare = -skip - length
  while (spare < 0) spare += lengthOf(chunks, to++)
  return { chunks: chunks.slice(from, to), skip, spare }
}

/**
 * Takes `skip` bytes from the front of `chunks[first]` and `spare` from the end of `chunks[last]`, by views in their
 * place. Their CRCs are forgotten.
 */
export function cutEnds(
  chunks: Uint8Array[],
  first: number,
  last: number,
  skip: number,
  spare: number,
  crcs: CrcCache | undefined,
): void {
  if (skip > 0) cutOne(chunks, first, skip, first === last ? spare : 0, crcs)
  if (spare > 0 && (skip === 0 || first < last)) cutOne(chunks, last, 0, spare, crcs)
}

function cutOne(chunks: Uint8Array[], index: number, skip: number, spare: number, crcs: CrcCache | undefined): void {
  const chunk = chunks[index]
  if (chunk === undefined) return
  crcs?.forget(chunk)
  chunks[index] = chunk.subarray(skip, chunk.length - spare)
}

function lengthOf(chunks: readonly Uint8Array[], index: number): number {
  return chunks[index]?.length ?? 0
}
