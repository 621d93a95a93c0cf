import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChunkViews, NO_VIEWS, viewOfRange, viewsOfRange } from '../src/chunk-views.ts'

class NamedBytes extends Uint8Array {}

const memory = Uint8Array.from({ length: 40 }, (_, i) => i).buffer
const kinds: [string, Uint8Array][] = [
  ['a Uint8Array', new Uint8Array(memory, 8, 20)],
  ['a Buffer', Buffer.from(memory, 8, 20)],
  ['a subclass', new NamedBytes(memory, 8, 20)],
  ['shared memory', new Uint8Array(new SharedArrayBuffer(40), 8, 20)],
]

describe.each(kinds)('ChunkViews of %s', (_, chunk) => {
  test('gives what subarray gives, the first time and later', () => {
    const views = new ChunkViews(chunk, 100)
    for (const [start, end] of [
      [3, 7],
      [0, 19],
      [1.9, 3.5],
      [5, 5],
      [20, 20],
      [1, 20],
    ] as const) {
      const view = views.view(100 + start, end - start)
      const expected = chunk.subarray(start, end)
      expect(view).toEqual(expected)
      expect(Object.getPrototypeOf(view)).toBe(Object.getPrototypeOf(expected))
      expect([view.buffer, view.byteOffset]).toEqual([expected.buffer, expected.byteOffset])
      expect(view.buffer).toBe(chunk.buffer)
    }
  })

  test('gives the chunk itself if that is the range', () => {
    const views = new ChunkViews(chunk, 100)
    for (let i = 0; i < 3; i++) expect(views.view(100, 20)).toBe(chunk)
  })
})

test('cover tells whether a range lies in the chunk', () => {
  const views = new ChunkViews(new Uint8Array(10), 5)
  expect([views.cover(5, 10), views.cover(6, 9), views.cover(15, 0)]).toEqual([true, true, true])
  expect([views.cover(4, 1), views.cover(4, 11), views.cover(6, 10), views.cover(16, 0)]).not.toContain(true)
})

test('NO_VIEWS cover nothing', () => {
  expect([NO_VIEWS.cover(0, 0), NO_VIEWS.cover(0, 5), NO_VIEWS.cover(5, 0)]).not.toContain(true)
})

test('viewsOfRange and viewOfRange find the chunk that a range does not leave, if there is one', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 })
  fc.assert(
    fc.property(lengths, fc.nat(2), fc.nat(60), fc.integer({ min: 1, max: 9 }), (counts, gone, offset, length) => {
      const first = Math.min(gone, counts.length)
      const chunks = counts.map((count, index) => new Uint8Array(count).fill(index))
      const owners = chunks.slice(first).flatMap((chunk) => Array.from(chunk, () => chunk))
      const wanted = new Set(owners.slice(offset, offset + length))
      const isInOne = offset + length <= owners.length && wanted.size === 1
      const views = viewsOfRange(chunks, first, offset, length)
      expect(views?.chunk).toBe(isInOne ? owners[offset] : undefined)
      expect(views?.cover(offset, length) ?? false).toBe(isInOne)
      const view = viewOfRange(chunks, first, offset, length)
      expect(view).toEqual(views?.view(offset, length))
      expect(view?.buffer).toBe(views?.chunk.buffer)
    }),
  )
})
