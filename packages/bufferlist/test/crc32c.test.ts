import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c } from '../src/index.ts'
import { referenceCrc32c } from './reference-crc32c.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1)

describe('crc32c', () => {
  // Ceph 16.2.7: src/test/common/test_crc32c.cc and src/test/bufferlist.cc
  test.each([
    ['foo bar baz', ascii('foo bar baz'), 0, 4119623852],
    ['foo bar baz with a seed', ascii('foo bar baz'), 1234, 881700046],
    ['whiz bang boom', ascii('whiz bang boom'), 0, 2360230088],
    ['whiz bang boom with a seed', ascii('whiz bang boom'), 5678, 3743019208],
    ['5 ones', ones(5), 0, 2715569182],
    ['35 ones', ones(35), 0, 440531800],
    ['4096000 ones', ones(4096000), 0, 31583199],
    ['4096000 ones with a seed', ones(4096000), 1234, 1400919119],
    ['A', ascii('A'), 0, 0xb3109ebf],
    ['A after A', ascii('A'), 0xb3109ebf, 0x5fa5c0cc],
  ])('gives what Ceph gives for %s', (_, bytes, seed, crc) => {
    expect(crc32c(bytes, seed)).toBe(crc)
  })

  test('gives the well-known check value between inversions', () => {
    expect(~crc32c(ascii('123456789'), ~0) >>> 0).toBe(0xe3069283)
  })

  test('gives the seed, as an unsigned integer, for no bytes', () => {
    expect(crc32c(new Uint8Array(0), -1)).toBe(0xffffffff)
  })

  test('agrees with another implementation for any bytes, seed, part and place in memory', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 5000, size: 'max' }),
        fc.nat(0xffffffff),
        fc.nat(5000),
        fc.nat(5000),
        fc.nat(7),
        (bytes, seed, cutA, cutB, shift) => {
          const moved = new Uint8Array(bytes.length + shift).subarray(shift)
          moved.set(bytes)
          const start = Math.min(cutA, cutB, bytes.length)
          const end = Math.min(Math.max(cutA, cutB), bytes.length)
          expect(crc32c(moved, seed, start, end)).toBe(referenceCrc32c(bytes.slice(start, end), seed))
        },
      ),
    )
  })

  test.each([2047, 2048, 2049, 2055, 2056, 4099, 65536])('agrees for %i bytes at every alignment', (length) => {
    const memory = Uint8Array.from({ length: length + 8 }, (_, i) => i * 31)
    for (let shift = 0; shift < 8; shift++) {
      const bytes = memory.subarray(shift, shift + length)
      expect(crc32c(bytes, 77)).toBe(referenceCrc32c(bytes, 77))
    }
  })

  test('of two parts, the second seeded with the first, is that of the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(crc32c(b, crc32c(a))).toBe(crc32c(Uint8Array.of(...a, ...b)))
      }),
    )
  })
})
