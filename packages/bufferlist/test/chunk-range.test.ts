import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutEnds, findRange } from '../src/chunk-range.ts'

test('cutting what findRange finds leaves just the range, in memory of the chunks, which stay as they are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { minLength: 1 }),
      fc.nat(),
      fc.nat(),
      (chunks, a, b) => {
        const bytes = chunks.flatMap((chunk) => [...chunk])
        const offset = a % bytes.length
        const length = 1 + (b % (bytes.length - offset))
        const { chunks: found, skip, spare } = findRange([new Uint8Array(5), ...chunks], 1, offset, length)
        expect(skip).toBeLessThan(found[0]?.length ?? 0)
        expect(spare).toBeLessThan(found.at(-1)?.length ?? 0)
        const before = found.map(({ length: each }) => each)
        const cut = [...found]
        cutEnds(cut, 0, cut.length - 1, skip, spare, undefined)
        expect(cut.flatMap((chunk) => [...chunk])).toEqual(bytes.slice(offset, offset + length))
        expect(cut.every(({ buffer }, i) => buffer === found[i]?.buffer)).toBe(true)
        expect(found.map(({ length: each }) => each)).toEqual(before)
      },
    ),
  )
})

test('cutEnds leaves a chunk of which nothing goes as it is', () => {
  const [a, b] = [new Uint8Array(3), new Uint8Array(3)]
  const chunks = [a, b]
  cutEnds(chunks, 0, 1, 0, 1, undefined)
  expect(chunks[0]).toBe(a)
  cutEnds(chunks, 0, 1, 1, 0, undefined)
  expect(chunks.map(({ length }) => length)).toEqual([2, 2])
})
