import { expect, test } from 'vitest'
import { formatDuration } from '../src/progress.mjs'

test.each([
  [0, '0.0 s'],
  [349, '0.3 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%d ms reads %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})
