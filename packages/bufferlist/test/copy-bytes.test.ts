import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyBytes } from '../src/copy-bytes.ts'

test('copies a part of any length to its place and nothing else', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(100), fc.nat(50), (length, start, at) => {
      const source = Uint8Array.from({ length: 400 }, (_, i) => i)
      const target = new Uint8Array(400).fill(0xee)
      const expected = target.slice()
      expected.set(source.subarray(start, start + length), at)
      copyBytes(source, start, start + length, target, at)
      expect(target).toEqual(expected)
    }),
  )
})

test('copies a whole array', () => {
  const target = new Uint8Array(100)
  copyBytes(new Uint8Array(90).fill(1), 0, 90, target, 10)
  expect(target.indexOf(1)).toBe(10)
  expect(target.lastIndexOf(1)).toBe(99)
})
