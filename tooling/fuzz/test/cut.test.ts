import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut } from '../src/cut.ts'

test('the pieces are the whole, however it is cut, and share no memory with it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(256), (bytes, seed) => {
      const pieces = cut(bytes, seed)
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
      expect(pieces.every((piece) => piece.length > 0 && piece.buffer !== bytes.buffer)).toBe(true)
    }),
  )
})

test('seed 0 leaves one piece; others make many, of different lengths', () => {
  const bytes = new Uint8Array(1000)
  expect(cut(bytes, 0)).toHaveLength(1)
  const lengths = new Set(cut(bytes, 3).map(({ length }) => length))
  expect(lengths.size).toBeGreaterThan(3)
  expect(cut(bytes, 3)).not.toEqual(cut(bytes, 4))
})
