import { describe, expect, test } from 'vitest'
import { BufferList } from '../src/index.ts'

/** A chunk of so many bytes, so far into its memory. */
const chunk = (length: number, byteOffset = 0): Uint8Array => new Uint8Array(byteOffset + length).subarray(byteOffset)
const listOf = (...chunks: Uint8Array[]): BufferList => {
  const list = new BufferList()
  for (const [i, one] of chunks.entries()) list.append(one.fill(i + 1))
  return list
}
const lengths = (list: BufferList): number[] => list.chunks().map(({ length }) => length)

describe('isAligned', () => {
  test('looks at the length and the byteOffset of every chunk', () => {
    expect(new BufferList().isAligned({ size: 4096, memory: 4096 })).toBe(true)
    const list = listOf(chunk(8), chunk(16, 32))
    expect(list.isAligned({ size: 8, memory: 32 })).toBe(true)
    expect(list.isAligned({ size: 16 })).toBe(false)
    expect(list.isAligned({ memory: 64 })).toBe(false)
    expect(list.isAligned({})).toBe(true)
  })

  test('is false for a list at an odd offset until it was rebuilt', () => {
    const list = listOf(chunk(8, 1), chunk(8))
    expect(list.isAligned({ memory: 8 })).toBe(false)
    expect(list.rebuild().isAligned({ memory: 8 })).toBe(true)
    expect(new Float64Array(list.toContiguous().buffer, list.toContiguous().byteOffset, 2)).toHaveLength(2)
  })
})

describe('rebuildAligned', () => {
  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.rebuild_aligned_size_and_memory
  test('joins what is not aligned and leaves what is', () => {
    const list = listOf(chunk(1, 1), chunk(66), chunk(67), chunk(1, 1), chunk(66))
    const kept = list.chunkAt(2)
    const before = list.slice()
    expect(list.rebuildAligned({ size: 67, memory: 32 })).toBe(true)
    expect(lengths(list)).toEqual([67, 67, 67])
    expect(list.chunkAt(1)).toBe(kept)
    expect(list.isAligned({ size: 67, memory: 32 })).toBe(true)
    expect(list.slice()).toEqual(before)
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.rebuild_page_aligned
  test('copies no more than it must', () => {
    const page = 4096
    const list = listOf(chunk(page), chunk(page, 1), chunk(page), chunk(1), chunk(page - 1), chunk(page))
    const chunks = list.chunks()
    expect(list.rebuildAligned({ size: page, memory: page })).toBe(true)
    expect(lengths(list)).toEqual([page, page, page, page, page])
    expect(list.chunkAt(0)).toBe(chunks[0])
    expect(list.chunkAt(2)).toBe(chunks[2])
    expect(list.chunkAt(4)).toBe(chunks[5])
  })

  test('joins neighbours that are not aligned, as Ceph does', () => {
    const list = listOf(chunk(8, 1), chunk(8, 1), chunk(8))
    expect(list.rebuildAligned({ size: 8, memory: 8 })).toBe(true)
    expect(lengths(list)).toEqual([16, 8])
  })

  test('does nothing if there is nothing to do', () => {
    const list = listOf(chunk(8), chunk(8), chunk(3))
    const chunks = list.chunks()
    expect(list.rebuildAligned({ size: 8 })).toBe(false)
    expect(list.chunks().every((one, i) => one === chunks[i])).toBe(true)
    expect(new BufferList().rebuildAligned({ size: 8 })).toBe(false)
  })

  test('moves a last chunk of odd length only if it must', () => {
    const list = listOf(chunk(8), chunk(3, 1))
    expect(list.rebuildAligned({ size: 8, memory: 8 })).toBe(true)
    expect(lengths(list)).toEqual([8, 3])
    expect(list.isAligned({ memory: 8 })).toBe(true)
  })

  test('makes larger chunks if there would be too many', () => {
    const list = listOf(...Array.from({ length: 16 }, () => chunk(8)))
    const before = list.slice()
    expect(list.rebuildAligned({ size: 8, maxChunks: 4 })).toBe(true)
    expect(lengths(list)).toEqual([128])
    expect(list.slice()).toEqual(before)
    expect(list.rebuildAligned({ size: 8, maxChunks: 4 })).toBe(false)
  })

  test('gives memory of any alignment', () => {
    const list = listOf(chunk(3, 1), chunk(5, 3))
    list.slice(0, 1)
    list.rebuildAligned({ memory: 4096 })
    expect(list.isAligned({ memory: 4096 })).toBe(true)
  })
})
