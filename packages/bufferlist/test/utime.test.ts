import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addUTime,
  BufferEncoder,
  BufferList,
  compareUTime,
  normalizeUTime,
  subtractUTime,
  utime,
  utimeFromMs,
  utimeFromSeconds,
  utimeToMs,
  utimeToSeconds,
} from '../src/index.ts'
import { hex } from './golden-file.ts'

const time = (seconds: number, nanoseconds: number): { seconds: number; nanoseconds: number } => ({
  seconds,
  nanoseconds,
})
const MAX = 0xffffffff

test('is encoded as seconds and nanoseconds, and decoded as it stands', () => {
  const encoder = new BufferEncoder()
  utime.encode(encoder, time(0x01020304, 999_999_999))
  expect(encoder.toBufferList().toString('hex')).toBe('04030201ffc99a3b')
  expect(utime.decode(new BufferList(hex('01000000ffffffff')).cursor())).toEqual(time(1, MAX))
})

describe('normalizeUTime', () => {
  test.each([
    [time(1, 999_999_999), time(1, 999_999_999)],
    [time(1, 1_000_000_000), time(1, 1_000_000_000)],
    [time(1, 1_000_000_001), time(2, 1)],
    [time(1, 3_999_999_999), time(4, 999_999_999)],
    [time(MAX, 2_000_000_005), time(MAX, 5)],
    [time(MAX + 1, 5), time(MAX, 5)],
  ])('of %j is %j', (given, expected) => {
    expect(normalizeUTime(given)).toEqual(expected)
  })
})

describe('numbers', () => {
  test.each([
    [0, time(0, 0)],
    [1.5, time(1, 500_000_000)],
    [-1.5, time(0, 0)],
    [Number.NaN, time(0, 0)],
    [2 ** 40, time(MAX, 0)],
    [0.0000000019, time(0, 1)],
  ])('of %d seconds become a time', (seconds, expected) => {
    expect(utimeFromSeconds(seconds)).toEqual(expected)
  })

  test.each([
    [1234.5, time(1, 234_500_000)],
    [-1, time(0, 0)],
    [Number.NaN, time(0, 0)],
    [1_700_000_000_123, time(1_700_000_000, 123_000_000)],
  ])('of %d milliseconds become a time', (ms, expected) => {
    expect(utimeFromMs(ms)).toEqual(expected)
  })

  test('come back from a time', () => {
    expect(utimeToSeconds(time(3, 250_000_000))).toBe(3.25)
    fc.assert(
      fc.property(fc.nat(2_000_000_000), fc.nat(999), (seconds, ms) => {
        expect(utimeToMs(utimeFromMs(seconds * 1000 + ms))).toBe(seconds * 1000 + ms)
      }),
    )
  })
})

describe('arithmetic', () => {
  const arbitraryTime = fc.record({ seconds: fc.nat(2 ** 31 - 1), nanoseconds: fc.nat(999_999_999) })
  const ns = (t: { seconds: number; nanoseconds: number }): bigint =>
    BigInt(t.seconds) * 10n ** 9n + BigInt(t.nanoseconds)

  test('agrees with that of nanoseconds', () => {
    fc.assert(
      fc.property(arbitraryTime, arbitraryTime, (a, b) => {
        expect(ns(addUTime(a, b))).toBe(ns(a) + ns(b))
        expect(ns(subtractUTime(a, b))).toBe(ns(a) > ns(b) ? ns(a) - ns(b) : 0n)
        expect(compareUTime(a, b)).toBe(ns(a) < ns(b) ? -1 : ns(a) > ns(b) ? 1 : 0)
      }),
    )
  })

  test('borrows, and stops at both ends', () => {
    expect(subtractUTime(time(2, 100), time(1, 200))).toEqual(time(0, 999_999_900))
    expect(subtractUTime(time(1, 0), time(2, 0))).toEqual(time(0, 0))
    expect(addUTime(time(MAX, 999_999_999), time(0, 2))).toEqual(time(MAX, 1))
    expect(compareUTime(time(1, 5), time(1, 4))).toBe(1)
  })
})
