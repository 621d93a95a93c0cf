import { expect, test } from 'vitest'
import { rssBytesOf } from '../src/process-memory.ts'

test.skipIf(process.platform !== 'linux')('the memory of a process grows by what it writes to', () => {
  const before = rssBytesOf(process.pid)
  const kept = Buffer.alloc(64 * 2 ** 20, 1)
  const grown = rssBytesOf(process.pid) - before
  expect(kept.length).toBe(64 * 2 ** 20)
  expect(grown).toBeGreaterThan(48 * 2 ** 20)
})
