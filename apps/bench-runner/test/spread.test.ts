import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spreadOf, spreadOfRatios } from '../src/spread.ts'

test('a spread has the middle value and both ends', () => {
  expect(spreadOf([5, 1, 9, 2, 4])).toEqual({ median: 4, min: 1, max: 9 })
  expect(spreadOf([3, 1])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 })
})

test('ratios are those of values of the same round, not of the medians', () => {
  // The medians are 20 and 10; yet no round but the first saw a ratio of 2.
  expect(spreadOfRatios([20, 10, 40], [10, 100, 10])).toEqual({ median: 2, min: 0.1, max: 4 })
  expect(spreadOfRatios([30, 10, 20], [10, 20, 30])).toEqual({ median: 2 / 3, min: 0.5, max: 3 })
})

test('the ratios of a subject to itself are all one', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
      expect(spreadOfRatios(values, values)).toEqual({ median: 1, min: 1, max: 1 })
    }),
  )
})

test('rounds that do not match are refused', () => {
  expect(() => spreadOfRatios([1, 2], [1])).toThrow('expected as many values as in the baseline, 1, got 2')
})
