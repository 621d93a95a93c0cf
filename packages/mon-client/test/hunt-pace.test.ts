import { expect, test } from 'vitest'
import { HuntPace } from '../src/hunt-pace.ts'
import { resolveMonClientOptions } from '../src/mon-client-options.ts'

test('the interval grows up to ten times, and shrinks to what it was', () => {
  const pace = new HuntPace(resolveMonClientOptions({}))
  const grown = Array.from({ length: 8 }, () => {
    const { intervalMs } = pace
    pace.slowDown()
    return intervalMs
  })
  expect(grown).toEqual([3000, 4500, 6750, 10_125, 15_187.5, 22_781.25, 30_000, 30_000])
  pace.speedUp()
  expect(pace.intervalMs).toBe(20_000)
  for (let i = 0; i < 10; i++) pace.speedUp()
  expect(pace.intervalMs).toBe(3000)
})

test('it begins with the least multiple', () => {
  const options = { huntIntervalMs: 10, huntIntervalMinMultiple: 2, huntIntervalMaxMultiple: 3, huntIntervalBackoff: 2 }
  const pace = new HuntPace(resolveMonClientOptions(options))
  expect(pace.intervalMs).toBe(20)
  pace.slowDown()
  expect(pace.intervalMs).toBe(30)
  pace.speedUp()
  expect(pace.intervalMs).toBe(20)
})
