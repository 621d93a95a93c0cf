import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMs, RoundTrips } from '../src/round-trips.ts'

test('there are no figures of nothing', () => {
  expect(new RoundTrips().figures).toBeUndefined()
})

test('the figures are those of the times', () => {
  const roundTrips = new RoundTrips()
  for (let ms = 1; ms <= 100; ms++) roundTrips.add(ms)
  expect(roundTrips.count).toBe(100)
  const { min, p50, p99, max } = roundTrips.figures!
  expect([min, max]).toEqual([1, 100])
  expect(p50).toBeCloseTo(50, 0)
  expect(p99).toBeCloseTo(99, 0)
})

test('the figures are in order, and within what was seen', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1 }), (times) => {
      const roundTrips = new RoundTrips()
      for (const time of times) roundTrips.add(time)
      const { min, p50, p99, max } = roundTrips.figures!
      const round = (value: number): number => Math.round(value * 1000) / 1000
      expect(min).toBe(round(Math.min(...times)))
      expect(max).toBe(round(Math.max(...times)))
      expect(min <= p50 && p50 <= p99 && p99 <= max).toBe(true)
    }),
  )
})

test.each([
  [0.4213, '0.42 ms'],
  [9.994, '9.99 ms'],
  [9.996, '10.0 ms'],
  [99.4, '99.4 ms'],
  [99.96, '100 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [2345, '2.35 s'],
])('%d ms is shown as %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text)
})
