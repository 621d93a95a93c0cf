import { type BufferList } from './buffer-list.ts'

/**
 * Byte by byte, as unsigned numbers, wherever the chunks are cut; a beginning of the other is the smaller.
 * Differs from Ceph: `operator<` of buffer::list compares the bytes as C++ `char`, which is signed on x86.
 */
export function compareLists(a: BufferList, b: BufferList): -1 | 0 | 1 {
  const common = Math.min(a.length, b.length)
  let aIndex = -1
  let bIndex = -1
  let aChunk: Uint8Array | undefined
  let bChunk: Uint8Array | undefined
  let aAt = 0
  let bAt = 0
  for (let done = 0; done < common;) {
    if (aChunk === undefined || aAt === aChunk.length) {
      aChunk = a.chunkAt(++aIndex)
      aAt = 0
    }
    if (bChunk === undefined || bAt === bChunk.length) {
      bChunk = b.chunkAt(++bIndex)
      bAt = 0
    }
    const n = Math.min(aChunk.length - aAt, bChunk.length - bAt)
    const order = Buffer.compare(part(aChunk, aAt, n), part(bChunk, bAt, n))
    if (order !== 0) return order
    aAt += n
    bAt += n
    done += n
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0
}

function part(chunk: Uint8Array, at: number, length: number): Uint8Array {
  return length === chunk.length ? chunk : chunk.subarray(at, at + length)
}
