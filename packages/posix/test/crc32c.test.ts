import { readFileSync } from 'node:fs'
import { describeNeeding } from '@msgr-tooling/native-tests'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c } from '../src/crc32c.ts'
import { BufferRangeError } from '../src/errors.ts'
import { native } from '../src/native-binding.ts'
import { missingShim } from './missing-shim.ts'

type Crc = (bytes: Uint8Array, seed: number, start: number, end: number) => number | undefined

/** The definition: a bit at a time. */
function bitwise(bytes: Uint8Array, seed = 0): number {
  let crc = seed
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return crc >>> 0
}

// Vectors of Ceph: src/test/common/test_crc32c.cc.
const vectors: [name: string, bytes: Uint8Array, seed: number, crc: number][] = [
  ['foo bar baz', Buffer.from('foo bar baz'), 0, 4119623852],
  ['foo bar baz, seeded', Buffer.from('foo bar baz'), 1234, 881700046],
  ['whiz bang boom', Buffer.from('whiz bang boom'), 0, 2360230088],
  ['whiz bang boom, seeded', Buffer.from('whiz bang boom'), 5678, 3743019208],
  ['5 bytes of 1', new Uint8Array(5).fill(1), 0, 2715569182],
  ['35 bytes of 1', new Uint8Array(35).fill(1), 0, 440531800],
  ['4096000 bytes of 1', new Uint8Array(4096000).fill(1), 0, 31583199],
  ['4096000 bytes of 1, seeded', new Uint8Array(4096000).fill(1), 1234, 1400919119],
  ['A', Buffer.from('A'), 0, 0xb3109ebf],
  ['A after A', Buffer.from('A'), 0xb3109ebf, 0x5fa5c0cc],
]

describeNeeding(missingShim, 'crc32c', () => {
  const both: [string, () => Crc][] = [
    [
      'the fastest',
      () =>
        (...args) =>
          native().crc32c(...args),
    ],
    [
      'the portable',
      () =>
        (...args) =>
          native().crc32cPortable(...args),
    ],
  ]

  describe.each(both)('%s implementation', (_, implementation) => {
    test.each(vectors)("gives Ceph's crc of %s", (_name, bytes, seed, crc) => {
      expect(implementation()(bytes, seed, 0, bytes.length)).toBe(crc)
    })

    test('gives the inverted crc of the standards for their check word', () => {
      expect(~implementation()(Buffer.from('123456789'), 0xffff_ffff, 0, 9)! >>> 0).toBe(0xe3069283)
    })

    test('agrees with the definition for any range of any bytes and any seed', () => {
      const crc = implementation()
      fc.assert(
        fc.property(
          fc.uint8Array({ minLength: 0, maxLength: 10_000, size: 'max' }),
          fc.nat(64),
          fc.nat(64),
          fc.nat(0xffff_ffff),
          (bytes, before, after, seed) => {
            const start = Math.min(before, bytes.length)
            const end = Math.max(start, bytes.length - after)
            expect(crc(bytes, seed, start, end)).toBe(bitwise(bytes.subarray(start, end), seed))
          },
        ),
      )
    })

    test('agrees with the definition on both sides of every size at which it changes its step', () => {
      const bytes = new Uint8Array(9000).map((_byte, index) => (index * 7 + (index >> 8)) & 255)
      for (const size of [0, 8, 16, 384, 768, 1152, 4080, 4080 + 384, 8160]) {
        for (let length = Math.max(0, size - 9); length <= size + 9; length++) {
          expect(implementation()(bytes, 99, 3, 3 + length)).toBe(bitwise(bytes.subarray(3, 3 + length), 99))
        }
      }
    })
  })

  test('is the same for bytes in one piece and in two', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000, size: 'max' }), fc.nat(2000), (bytes, cut) => {
        const middle = Math.min(cut, bytes.length)
        expect(crc32c(bytes, crc32c(bytes, 0, 0, middle), middle)).toBe(crc32c(bytes))
      }),
    )
  })

  test('of no bytes is the seed', () => {
    expect(crc32c(new Uint8Array(0), 0xdeadbeef)).toBe(0xdeadbeef)
    expect(crc32c(new Uint8Array(10), 5, 10, 10)).toBe(5)
  })

  test('reads shared memory', () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(5)).fill(1)
    expect(crc32c(bytes)).toBe(2715569182)
  })

  test.each([
    [-1, 5],
    [0, 11],
    [6, 5],
    [11, 11],
    [0, 2 ** 32 + 5],
  ])('refuses the range %d to %d of 10 bytes', (start, end) => {
    expect(() => crc32c(new Uint8Array(10), 0, start, end)).toThrow(BufferRangeError)
  })

  test('uses the instruction of a processor that has it', () => {
    const processor = readFileSync('/proc/cpuinfo', 'utf8')
    const found = /\bsse4_2\b/.test(processor) ? 'sse4.2' : /\bcrc32\b/.test(processor) ? 'armv8' : 'portable'
    expect(native().crc32cImplementation).toBe(found)
  })
})
