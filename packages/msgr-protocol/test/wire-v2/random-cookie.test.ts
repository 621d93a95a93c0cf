import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCookie } from '../../src/wire-v2/random-cookie.ts'

/** Gives the numbers one after the other. */
function sequence(...numbers: number[]): () => number {
  return () => numbers.shift() ?? 0
}

test('a cookie is made of two random halves, the upper first', () => {
  expect(randomCookie(sequence(0.5, 0.25))).toBe(0x8000_0000_4000_0000n)
})

test('the lowest is 1, as 0 stands for none', () => {
  expect(randomCookie(() => 0)).toBe(1n)
})

test('the highest is the highest u64', () => {
  expect(randomCookie(() => 1 - Number.EPSILON)).toBe(0xffff_ffff_ffff_ffffn)
})

test('any is a u64 and not 0, whichever halves are 0', () => {
  const half = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  fc.assert(
    fc.property(half, half, (upper, lower) => {
      const cookie = randomCookie(sequence(upper, lower))
      expect(cookie > 0n && cookie <= 0xffff_ffff_ffff_ffffn).toBe(true)
      expect(cookie >> 32n).toBe(BigInt(Math.floor(upper * 2 ** 32)))
    }),
  )
})
