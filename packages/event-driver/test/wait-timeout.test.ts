import { expect, test } from 'vitest'
import { toWholeWaitMs } from '../src/wait-timeout.ts'

test.each([
  [0, 0],
  [0.001, 1],
  [1, 1],
  [1.5, 2],
  [30_000, 30_000],
  [0x7fff_ffff, 0x7fff_ffff],
  [0x7fff_fffe + 0.5, 0x7fff_ffff],
  [1e12, 0x7fff_ffff],
  [Infinity, -1],
])('a timeout of %s ms is %s to the kernel', (timeoutMs, expected) => {
  expect(toWholeWaitMs(timeoutMs)).toBe(expected)
})
