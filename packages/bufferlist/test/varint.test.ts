import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BufferEncoder,
  BufferList,
  type Codec,
  EndOfBufferError,
  MalformedInputError,
  signedVarint,
  signedVarint64,
  signedVarintLowz,
  signedVarintLowz64,
  varint,
  varint64,
  varintLowz,
  varintLowz64,
} from '../src/index.ts'
import { goldenRows, hex } from './golden-file.ts'

function encode<T>(codec: Codec<T>, value: T): string {
  const encoder = new BufferEncoder()
  codec.encode(encoder, value)
  return encoder.toBufferList().toString('hex')
}

function decode<T>(codec: Codec<T>, digits: string): T {
  const cursor = new BufferList(hex(digits)).cursor()
  const value = codec.decode(cursor)
  expect(cursor.isAtEnd).toBe(true)
  return value
}

const rows = goldenRows('varint.txt').map(([value, ...digits]) => [Number(value), digits] as const)

test.each(rows)('%i is encoded as Ceph does', (value, [plain, plus, minus, lowz, lowzPlus, lowzMinus]) => {
  const forms = [
    [varint, varint64, plain, value],
    [signedVarint, signedVarint64, plus, value],
    [varintLowz, varintLowz64, lowz, value],
    [signedVarintLowz, signedVarintLowz64, lowzPlus, value],
    // Zero has no sign here: JavaScript's -0 is not another integer.
    [signedVarint, signedVarint64, value === 0 ? plus : minus, value === 0 ? 0 : -value],
    [signedVarintLowz, signedVarintLowz64, value === 0 ? lowzPlus : lowzMinus, value === 0 ? 0 : -value],
  ] as const
  for (const [codec, codec64, digits, number] of forms) {
    expect(encode(codec, number)).toBe(digits)
    expect(encode(codec64, BigInt(number))).toBe(digits)
    expect(decode(codec, digits!)).toBe(number)
    expect(decode(codec64, digits!)).toBe(BigInt(number))
  }
})

// Ceph 16.2.7: src/test/encoding.cc, small_encoding.varint: lengths of plain, signed and negative
test.each([
  [
    [0, 1, 2, 31, 32],
    [1, 1, 1],
  ],
  [
    [0xff, 0x100, 0xfff, 0x1000],
    [2, 2, 2],
  ],
  [
    [0x2000, 0x3fff],
    [2, 3, 3],
  ],
  [
    [0x4000, 0x4001, 0x10000, 0x10001, 0x20000, 0x40000, 0x80000, 0x80001],
    [3, 3, 3],
  ],
  [[0x7f0001], [4, 4, 4]],
  [[0xff00001], [4, 5, 5]],
  [
    [0x1ff00001, 0xffff0001, 0xffffffff, 1074790401],
    [5, 5, 5],
  ],
])('varints of %j take %j bytes', (values, lengths) => {
  for (const value of values) {
    const all = [encode(varint, value), encode(signedVarint, value), encode(signedVarint, -value || 0)]
    expect(all.map((digits) => digits.length / 2)).toEqual(lengths)
  }
})

// Ceph 16.2.7: src/test/encoding.cc, small_encoding.varint_lowz
test.each([
  [
    [0, 1, 15, 16],
    [1, 1, 1],
  ],
  [[0xff], [2, 2, 2]],
  [[0x100], [1, 1, 1]],
  [[0x7ff], [2, 2, 2]],
  [[0xfff], [2, 3, 3]],
  [
    [0x1000, 0x4000, 0x8000],
    [1, 1, 1],
  ],
  [[0x10000], [1, 2, 2]],
  [
    [0x20000, 0x40000, 0x80000, 0x7f0000],
    [2, 2, 2],
  ],
  [[0xffff0000], [4, 4, 4]],
  [[0xffffffff], [5, 5, 5]],
  [[0x41000000], [3, 4, 4]],
])('lowz varints of %j take %j bytes', (values, lengths) => {
  for (const value of values) {
    const all = [encode(varintLowz, value), encode(signedVarintLowz, value), encode(signedVarintLowz, -value || 0)]
    expect(all.map((digits) => digits.length / 2)).toEqual(lengths)
  }
})

describe('any value', () => {
  const MAX = 2n ** 64n - 1n
  test.each<[string, Codec<bigint>, bigint, bigint]>([
    ['varint64', varint64, 0n, MAX],
    ['signedVarint64', signedVarint64, -(MAX >> 1n), MAX >> 1n],
    ['varintLowz64', varintLowz64, 0n, MAX >> 2n],
    ['signedVarintLowz64', signedVarintLowz64, -(MAX >> 3n), MAX >> 3n],
  ])('of %s comes back', (_, codec, min, max) => {
    const value = fc
      .tuple(fc.bigInt({ min, max }), fc.nat(60))
      .map(([v, zeros]) => (v >> BigInt(zeros)) << BigInt(zeros))
    const possible = value.filter((v) => v >= min && v <= max)
    fc.assert(
      fc.property(possible, (v) => {
        expect(decode(codec, encode(codec, v))).toBe(v)
      }),
    )
    expect(decode(codec, encode(codec, max))).toBe(max)
    expect(() => encode(codec, 2n * max + 1n)).toThrow(RangeError)
  })

  test.each<[string, Codec<number>, boolean]>([
    ['varint', varint, false],
    ['signedVarint', signedVarint, true],
    ['varintLowz', varintLowz, false],
    ['signedVarintLowz', signedVarintLowz, true],
  ])('of %s comes back as a number', (_, codec, isSigned) => {
    const value = isSigned ? fc.maxSafeInteger() : fc.maxSafeNat()
    fc.assert(
      fc.property(value, (v) => {
        expect(decode(codec, encode(codec, v))).toBe(v)
      }),
    )
    for (const bad of [0.5, Number.NaN, 2 ** 53, isSigned ? -(2 ** 53) : -1]) {
      expect(() => encode(codec, bad)).toThrow(RangeError)
    }
  })

  test('of lowz beyond its flags fits if it ends in zeros', () => {
    const value = 2n ** 64n - 2n ** 12n
    expect(decode(varintLowz64, encode(varintLowz64, value))).toBe(value)
    expect(decode(signedVarintLowz64, encode(signedVarintLowz64, -value))).toBe(-value)
  })
})

describe('bytes that no encoder writes', () => {
  test('may be longer than needed', () => {
    expect(decode(varint, '818000')).toBe(1)
  })

  test.each<[string, Codec<unknown>, string]>([
    ['more bytes than 64 bits need', varint64, '8080808080808080808000'],
    ['a 65th bit', varint64, 'ffffffffffffffffff02'],
    ['zeros that lead beyond 64 bits', varintLowz64, 'ffffffffffffffffff01'],
    ['signed zeros that lead beyond 64 bits', signedVarintLowz64, 'ffffffffffffffffff01'],
    ['a number beyond 2^53 - 1', varint, '808080808080808001'],
    ['a number beyond -(2^53 - 1)', signedVarint, '818080808080808002'],
  ])('with %s are malformed', (_, codec, digits) => {
    expect(() => decode(codec, digits)).toThrow(MalformedInputError)
  })

  test('that end too soon throw', () => {
    expect(() => decode(varint, '8080')).toThrow(EndOfBufferError)
  })
})
