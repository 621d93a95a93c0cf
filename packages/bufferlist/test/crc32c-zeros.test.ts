import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c, crc32cZeros } from '../src/index.ts'
import { referenceCrc32c } from './reference-crc32c.ts'

describe('crc32cZeros', () => {
  test('is the CRC of so many zero bytes', () => {
    fc.assert(
      fc.property(fc.nat(10000), fc.nat(0xffffffff), (length, seed) => {
        expect(crc32cZeros(length, seed)).toBe(referenceCrc32c(new Uint8Array(length), seed))
      }),
    )
  })

  test('takes lengths beyond 32 bits', () => {
    const half = 2 ** 40 + 12345
    expect(crc32cZeros(2 * half, 99)).toBe(crc32cZeros(half, crc32cZeros(half, 99)))
    // x^(2^31) = x modulo this polynomial, so 2^28 zero bytes stand for one zero bit.
    const oneBit = (crc: number): number => ((crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)) >>> 0
    expect(crc32cZeros(2 ** 28, 0x12345678)).toBe(oneBit(0x12345678))
    expect(crc32cZeros(2 ** 52, 0x12345678)).not.toBe(0x12345678)
  })

  test('moves a CRC from seed to seed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(0xffffffff), fc.nat(0xffffffff), (bytes, seed, other) => {
        const moved = (crc32c(bytes, other) ^ crc32cZeros(bytes.length, seed ^ other)) >>> 0
        expect(moved).toBe(crc32c(bytes, seed))
      }),
    )
  })

  test('gives an unsigned integer, also for a negative seed and no zeros', () => {
    expect(crc32cZeros(0, -1)).toBe(0xffffffff)
  })

  test.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses a length of %d', (length) => {
    expect(() => crc32cZeros(length, 1)).toThrow(RangeError)
  })
})
