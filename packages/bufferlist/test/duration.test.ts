import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferEncoder, BufferList, duration } from '../src/index.ts'
import { hex } from './golden-file.ts'

function encode(value: bigint): string {
  const encoder = new BufferEncoder()
  duration.encode(encoder, value)
  return encoder.toBufferList().toString('hex')
}

test.each([
  ['0', '0000000000000000'],
  ['1500000000', '010000000065cd1d'],
  ['-1', '00000000ffffffff'],
  ['-1500000000', 'ffffffff009b32e2'],
])('%s ns are %s', (value, digits) => {
  expect(encode(BigInt(value))).toBe(digits)
  expect(duration.decode(new BufferList(hex(digits)).cursor())).toBe(BigInt(value))
})

test('any span that can be read can be written, and comes back; any other is refused', () => {
  const second = 10n ** 9n
  const [min, max] = [-(2n ** 31n) * second - 2n ** 31n, (2n ** 31n - 1n) * second + 2n ** 31n - 1n]
  fc.assert(
    fc.property(fc.bigInt({ min, max }), (value) => {
      expect(duration.decode(new BufferList(hex(encode(value))).cursor())).toBe(value)
    }),
  )
  expect(() => encode(max + 1n)).toThrow(RangeError)
  expect(() => encode(min - 1n)).toThrow(RangeError)
})

// Around 2^53 ns, some 104 days, it begins to matter which numbers are counted with.
test('seconds and nanoseconds are exact on either side of what a number can hold', () => {
  const second = 10n ** 9n
  const around = BigInt(Number.MAX_SAFE_INTEGER)
  fc.assert(
    fc.property(fc.bigInt({ min: -5n * second, max: 5n * second }), fc.constantFrom(1n, -1n), (offset, sign) => {
      const value = sign * (around + offset)
      const [seconds, nanoseconds] = [Number(value / second), Number(value % second)]
      const expected = new BufferEncoder().writeInt32LE(seconds).writeInt32LE(nanoseconds).toBufferList()
      expect(encode(value)).toBe(expected.toString('hex'))
      expect(duration.decode(expected.cursor())).toBe(value)
    }),
  )
})

// Found by fuzzing: the answer to a ping repeats its stamps, and could not be written.
test.each(['ffffff7fffffff7f', 'ffffff7f00ca9a3b', '0000008000000080'])(
  'a span of more nanoseconds than fit in its last second (%s) is written as it was read',
  (digits) => {
    expect(encode(duration.decode(new BufferList(hex(digits)).cursor()))).toBe(digits)
  },
)
