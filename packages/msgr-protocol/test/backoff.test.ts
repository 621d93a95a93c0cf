import { expect, test } from 'vitest'
import { nextBackoff } from '../src/index.ts'

const LIMITS = { initialBackoffMs: 200, maxBackoffMs: 15_000 }

test('waits double from the first to the longest', () => {
  const waits: number[] = []
  for (let ms = 0; waits.length < 9;) waits.push((ms = nextBackoff(ms, LIMITS)))
  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000])
})

test('the longest wait is a limit for the first one too', () => {
  expect(nextBackoff(0, { initialBackoffMs: 500, maxBackoffMs: 100 })).toBe(100)
})
