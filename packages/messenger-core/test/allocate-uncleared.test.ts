import { expect, test } from 'vitest'
import { allocateUncleared } from '../src/allocate-uncleared.ts'

test('gives memory of its own, as a plain array of all its bytes', () => {
  for (const length of [0, 1, 1_024, 256 * 1_024]) {
    const bytes = allocateUncleared(length)
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
    expect([bytes.length, bytes.byteOffset, bytes.buffer.byteLength]).toEqual([length, 0, length])
  }
  expect(allocateUncleared(8).buffer).not.toBe(allocateUncleared(8).buffer)
})
