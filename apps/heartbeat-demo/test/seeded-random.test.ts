import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pickOne, seededRandom } from '../src/seeded-random.ts'

const take = (random: () => number): number[] => Array.from({ length: 200 }, random)

test('the same seed and stream give the same numbers, from 0 to 1', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), fc.nat(100), (seed, stream) => {
      const numbers = take(seededRandom(seed, stream))
      expect(take(seededRandom(seed, stream))).toEqual(numbers)
      expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
      expect(new Set(numbers).size).toBeGreaterThan(190)
    }),
  )
})

test('other seeds and other streams give other numbers', () => {
  const first = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 0],
  ].map(([seed, stream]) => seededRandom(seed!, stream)())
  expect(new Set(first).size).toBe(first.length)
})

test('every item may be picked, and nothing cannot', () => {
  const random = seededRandom(1)
  const picked = new Set(Array.from({ length: 100 }, () => pickOne(['a', 'b', 'c'], random)))
  expect([...picked].sort()).toEqual(['a', 'b', 'c'])
  expect(() => pickOne([], random)).toThrow('nothing to pick from')
})
