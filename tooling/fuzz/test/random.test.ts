import { expect, test } from 'vitest'
import { Random, seedFor } from '../src/random.ts'

function numbers(seed: number, count = 8): number[] {
  const random = new Random(seed)
  return Array.from({ length: count }, () => random.next())
}

test('a seed gives the same numbers each time, and another seed others', () => {
  expect(numbers(7)).toEqual(numbers(7))
  expect(numbers(7)).not.toEqual(numbers(8))
})

test('numbers are u32, and reach all of their range', () => {
  const many = numbers(1, 4000)
  expect(many.every((number) => Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff)).toBe(true)
  expect(new Set(many.map((number) => number >>> 28)).size).toBe(16)
})

test('below stays below, and reaches every number', () => {
  const random = new Random(3)
  const seen = new Set(Array.from({ length: 500 }, () => random.below(7)))
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('seeds differ by what they are for', () => {
  const seeds = [seedFor(1, 'a', 0), seedFor(1, 'a', 1), seedFor(1, 'b', 0), seedFor(2, 'a', 0)]
  expect(new Set(seeds).size).toBe(4)
  expect(seedFor(1, 'a', 0)).toBe(seeds[0])
})

test('nothing can be picked of nothing', () => {
  expect(() => new Random(1).pick([])).toThrow('expected items')
})
