import { expect, test } from 'vitest'
import { LatencyDistribution, LatencyRecorder, packLatencies } from '../src/latency.ts'

const millis = (count: number): number[] => Array.from({ length: count }, (_, index) => (index + 1) * 1e6)

test('a distribution tells percentiles in microseconds, to three digits', () => {
  const distribution = new LatencyDistribution([packLatencies(millis(1000))])
  expect(distribution.micros(50)).toBeCloseTo(500_000, -3)
  expect(distribution.micros(99)).toBeCloseTo(990_000, -3)
  expect(distribution.micros(99.9)).toBeCloseTo(999_000, -3)
})

test('a recorder keeps all it is given, however many', () => {
  const recorder = new LatencyRecorder()
  for (const nanos of millis(10_000)) recorder.record(nanos)
  expect(recorder.pack()).toBe(packLatencies(millis(10_000)))
})

test('rounds are taken together by their messages, not by their percentiles', () => {
  const fast = packLatencies(new Array<number>(99).fill(1000))
  const slow = packLatencies([1e9])
  const both = new LatencyDistribution([fast, slow])
  expect(both.micros(99)).toBeCloseTo(1, 2)
  expect(both.micros(100)).toBeCloseTo(1e6, -4)
})

test('less than a nanosecond counts as one, and more than a minute is kept', () => {
  const distribution = new LatencyDistribution([packLatencies([0, 0, 100e9])])
  expect(distribution.micros(50)).toBe(0.001)
  expect(distribution.micros(100) / 1e6).toBeCloseTo(100, 0)
})

test('points are told as far as there are messages enough, and the longest', () => {
  const percentiles = (count: number): number[] =>
    new LatencyDistribution([packLatencies(millis(count))]).points.map(({ percentile }) => percentile)
  expect(percentiles(10)).toEqual([1, 10, 25, 50, 75, 90, 100])
  expect(percentiles(1000)).toEqual([1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100])
})
