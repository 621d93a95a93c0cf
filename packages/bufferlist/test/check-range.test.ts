import { describe, expect, test } from 'vitest'
import { checkRange, clampIndex } from '../src/check-range.ts'
import { EndOfBufferError } from '../src/index.ts'

describe('checkRange', () => {
  test('accepts what lies within', () => {
    for (const [offset, length] of [[0, 0], [3, 0], [0, 3], [1, 2]] as const) checkRange(offset, length, 3) // prettier-ignore
  })

  test('tells how much was wanted and how much there is', () => {
    expect(() => checkRange(2, 2, 3)).toThrow(new EndOfBufferError(2, 1))
    expect(() => checkRange(5, 0, 3)).toThrow(new EndOfBufferError(0, 0))
  })

  test('tells a wrong number from too large a number', () => {
    for (const bad of [-1, 0.5, Number.NaN, Infinity]) {
      for (const run of [() => checkRange(bad, 0, 3), () => checkRange(0, bad, 3)]) {
        expect(run).toThrow(RangeError)
        expect(run).not.toThrow(EndOfBufferError)
      }
    }
  })
})

test('clampIndex reads indexes as slice does', () => {
  const indexes = [-5, -3, -1, 0, 2, 3, 9]
  expect(indexes.map((index) => clampIndex(index, 3))).toEqual([0, 0, 2, 0, 2, 3, 3])
})
