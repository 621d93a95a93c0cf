import { expect, test } from 'vitest'
import { attempt } from '../src/attempt.ts'

test('whatever is thrown becomes undefined', () => {
  const fail = (): number => {
    throw new RangeError('any')
  }
  expect(attempt(() => 1)).toBe(1)
  expect(attempt(fail)).toBeUndefined()
})
