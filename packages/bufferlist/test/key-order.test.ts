import fc from 'fast-check'
import { expect, test } from 'vitest'
import { naturalOrder } from '../src/index.ts'

test('text is ordered like its UTF-8', () => {
  const wellFormed = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(wellFormed, wellFormed, (a, b) => {
      expect(Math.sign(naturalOrder(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
  // U+1F600 is the larger, though its first code unit is the smaller.
  expect(naturalOrder('\u{1f600}', '\uffff')).toBeGreaterThan(0)
})

test('numbers, bigints and booleans are ordered by value', () => {
  expect([10, 9n, -1, 2n].sort(naturalOrder)).toEqual([-1, 2n, 9n, 10])
  expect([true, false].sort(naturalOrder)).toEqual([false, true])
})

test('other keys need an order of their own', () => {
  expect(() => naturalOrder({}, {})).toThrow(TypeError)
  expect(() => naturalOrder('1', 1)).toThrow(TypeError)
})
