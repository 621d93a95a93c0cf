import { expect, test } from 'vitest'
import { randomNonZeroUint64, randomUint64, secureRandom } from '../src/random-bytes.ts'

test('numbers come from the bytes, and 0 only where it may', () => {
  expect(randomUint64(() => Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0x80))).toBe(0x8000000000000201n)
  expect(randomUint64((length) => new Uint8Array(length))).toBe(0n)
  expect(randomNonZeroUint64((length) => new Uint8Array(length))).toBe(1n)
  expect(randomNonZeroUint64(() => Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0))).toBe(5n)
})

test('the secure generator gives as many bytes as it is asked for, never the same', () => {
  expect(secureRandom(32)).toHaveLength(32)
  expect(secureRandom(32)).not.toEqual(secureRandom(32))
})
