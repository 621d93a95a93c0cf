import { describe, expect, test } from 'vitest'
import {
  bool,
  BufferEncoder,
  BufferList,
  type Codec,
  EndOfBufferError,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  safeInt64,
  safeUint64,
  sizedBytes,
  sizedList,
  string,
  uint16,
  uint32,
  uint64,
  uint8,
} from '../src/index.ts'
import { hex } from './golden-file.ts'

interface Sample {
  name: string
  codec: Codec<unknown>
  value: unknown
  digits: string
}

function sample<T>(name: string, codec: Codec<T>, value: T, digits: string): Sample {
  return { name, codec, value, digits }
}

// The bytes are written out by hand from the table of Ceph's primitives: little-endian, two's complement, IEEE-754.
const samples = [
  sample('uint8', uint8, 0xfe, 'fe'),
  sample('int8', int8, -2, 'fe'),
  sample('uint16', uint16, 0xfedc, 'dcfe'),
  sample('int16', int16, -2, 'feff'),
  sample('uint32', uint32, 0xfedcba98, '98badcfe'),
  sample('int32', int32, -2, 'feffffff'),
  sample('uint64', uint64, 0xfedcba9876543210n, '1032547698badcfe'),
  sample('int64', int64, -2n, 'feffffffffffffff'),
  sample('safeUint64', safeUint64, 0x1f_dcba_9876_5432, '32547698badc1f00'),
  sample('safeInt64', safeInt64, -2, 'feffffffffffffff'),
  sample('bool', bool, true, '01'),
  sample('bool', bool, false, '00'),
  sample('float32', float32, -2.5, '000020c0'),
  sample('float64', float64, -2.5, '00000000000004c0'),
  sample('string', string, 'Hallö', '0600000048616c6cc3b6'),
  sample('string', string, '', '00000000'),
  sample('string', string, 'a\nb', '03000000610a62'),
  sample('sizedBytes', sizedBytes, hex('0102'), '020000000102'),
]

describe.each(samples)('$name of $value', ({ codec, value, digits }) => {
  test(`is ${digits}`, () => {
    const encoder = new BufferEncoder()
    codec.encode(encoder, value)
    expect(encoder.toBufferList().toString('hex')).toBe(digits)
    expect(codec.decode(new BufferList(hex(digits)).cursor())).toEqual(value)
  })

  test('takes at least its minLength, and its end cannot be missing', () => {
    const bytes = hex(digits)
    expect(bytes.length).toBeGreaterThanOrEqual(codec.minLength)
    for (let length = 0; length < bytes.length; length++) {
      expect(() => codec.decode(new BufferList(bytes.slice(0, length)).cursor())).toThrow(EndOfBufferError)
    }
  })
})

test('every byte but 0 is true', () => {
  expect(bool.decode(new BufferList(hex('80')).cursor())).toBe(true)
})

test('sizedList shares memory both ways', () => {
  const large = new Uint8Array(5000).fill(7)
  const encoder = new BufferEncoder()
  sizedList.encode(encoder, new BufferList(large))
  const encoded = encoder.toBufferList()
  expect(encoded.toString('hex').slice(0, 8)).toBe('88130000')
  expect(sizedList.decode(encoded.cursor()).firstChunk).toBe(large)
})
