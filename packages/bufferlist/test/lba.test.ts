import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BufferEncoder, BufferList, EndOfBufferError, lba, lba64, MalformedInputError } from '../src/index.ts'
import { goldenRows, hex } from './golden-file.ts'

function encode(value: bigint): string {
  const encoder = new BufferEncoder()
  lba64.encode(encoder, value)
  return encoder.toBufferList().toString('hex')
}

const decode = (digits: string): bigint => lba64.decode(new BufferList(hex(digits)).cursor())

test.each(goldenRows('lba.txt'))('%s is encoded as Ceph does', (text = '', digits = '') => {
  const value = BigInt(text)
  expect(encode(value)).toBe(digits)
  expect(decode(digits)).toBe(value)
  const encoder = new BufferEncoder()
  lba.encode(encoder, Number(value))
  expect(lba.decode(encoder.toBufferList().cursor())).toBe(Number(value))
})

// Ceph 16.2.7: src/test/encoding.cc, small_encoding.lba
test.each([
  [4, ['0', '1', '0xff', '0x10000', '0x7f0000', '0xffff0000', '0x0fffffff', '0x3fffffff000']],
  [4, ['0x1fffffff0000', '0xfffffff00000', '0x41000000']],
  [5, ['0x1fffffff', '0xffffffff', '0x7fffffff000', '0x3fffffff0000', '0x1fffffff00000']],
])('%i bytes hold %j', (length, values) => {
  for (const value of values) expect(encode(BigInt(value)).length / 2).toBe(length)
})

describe('any address', () => {
  test('comes back', () => {
    const address = fc
      .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(60))
      .map(([value, zeros]) => (value >> BigInt(zeros)) << BigInt(zeros))
    fc.assert(
      fc.property(address, (value) => {
        expect(decode(encode(value))).toBe(value)
      }),
    )
    expect(decode(encode(2n ** 64n - 1n))).toBe(2n ** 64n - 1n)
  })

  test('must have 64 bits, or be a safe integer', () => {
    for (const value of [-1n, 2n ** 64n]) expect(() => encode(value)).toThrow(RangeError)
    for (const value of [-1, 0.5, 2 ** 53]) expect(() => lba.encode(new BufferEncoder(), value)).toThrow(RangeError)
  })
})

test('bytes that lead beyond 64 bits are malformed', () => {
  expect(() => decode('ffffffff ffffffffffffffff7f')).toThrow(MalformedInputError)
  expect(() => decode('03000080ffffffffffffffffffff01')).toThrow(MalformedInputError)
})

test('bytes that end too soon throw', () => {
  expect(() => decode('0300')).toThrow(EndOfBufferError)
  expect(() => decode('03000080ff')).toThrow(EndOfBufferError)
})
