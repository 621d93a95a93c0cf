import { expect, test } from 'vitest'
import { RoundTrips } from '../src/round-trips.ts'

test('tells the middle, the slow end and the worst of round trips', () => {
  const roundTrips = new RoundTrips()
  for (let ms = 1; ms <= 100; ms++) roundTrips.add(ms)
  const { count, p50Ms, p99Ms, maxMs } = roundTrips.figures
  expect([count, Math.round(p50Ms), Math.round(p99Ms), Math.round(maxMs)]).toEqual([100, 50, 99, 100])
})

test('without any there is nothing to tell, and one of no time counts', () => {
  const roundTrips = new RoundTrips()
  expect(roundTrips.figures).toEqual({ count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 })
  roundTrips.add(0)
  expect(roundTrips.figures).toEqual({ count: 1, p50Ms: 0.001, p99Ms: 0.001, maxMs: 0.001 })
})
