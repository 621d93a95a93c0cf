import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  arrayOf,
  BufferEncoder,
  BufferList,
  type Codec,
  EndOfBufferError,
  int32,
  mapOf,
  multimapOf,
  optionalOf,
  pairOf,
  setOf,
  string,
  structOf,
  tupleOf,
  uint16,
  uint32,
  uint8,
  vectorOf,
} from '../src/index.ts'
import { hex } from './golden-file.ts'

function encode<T>(codec: Codec<T>, value: T): string {
  const encoder = new BufferEncoder()
  codec.encode(encoder, value)
  return encoder.toBufferList().toString('hex')
}

const decode = <T>(codec: Codec<T>, digits: string): T => codec.decode(new BufferList(hex(digits)).cursor())

describe('the bytes', () => {
  test('of a vector are a count and the elements', () => {
    expect(encode(vectorOf(uint16), [3, 1, 2])).toBe('03000000030001000200')
    expect(decode(vectorOf(uint16), '03000000030001000200')).toEqual([3, 1, 2])
    expect(encode(vectorOf(uint16), [])).toBe('00000000')
  })

  test('of a set are in order, whatever the order of insertion', () => {
    expect(encode(setOf(string), new Set(['b', 'a']))).toBe('0200000001000000610100000062')
    expect(encode(setOf(uint8), new Set([10, 9]))).toBe('02000000090a')
    expect(decode(setOf(uint8), '03000000090a09')).toEqual(new Set([9, 10]))
  })

  test('of a map are in the order of the keys', () => {
    const codec = mapOf(uint8, string)
    const map = new Map([
      [2, 'y'],
      [1, 'x'],
    ])
    expect(encode(codec, map)).toBe('02000000010100000078020100000079')
    expect(decode(codec, '02000000010100000078020100000079')).toEqual(map)
    expect(decode(codec, '02000000010100000078010100000079')).toEqual(new Map([[1, 'y']]))
  })

  test('of a map with an order of its own follow that', () => {
    const descending = mapOf(uint8, uint8, (a, b) => b - a)
    const map = new Map([
      [1, 0],
      [2, 0],
    ])
    expect(encode(descending, map)).toBe('0200000002000100')
    const objects = setOf(tupleOf(uint8, uint8), ([a], [b]) => a - b)
    expect(encode(objects, new Set<[number, number]>([[2, 0], [1, 0]]))).toBe('0200000001000200') // prettier-ignore
  })

  test('of a multimap keep the order of equal keys', () => {
    const codec = multimapOf(uint8, uint8)
    const entries: [number, number][] = [
      [2, 1],
      [1, 9],
      [1, 8],
      [2, 0],
    ]
    expect(encode(codec, entries)).toBe('040000000109010802010200')
    expect(decode(codec, '040000000109010802010200')).toEqual([
      [1, 9],
      [1, 8],
      [2, 1],
      [2, 0],
    ])
  })

  test('of pairs, tuples and arrays have no count', () => {
    expect(encode(pairOf(uint8, uint16), [1, 2])).toBe('010200')
    expect(decode(pairOf(uint8, uint16), '010200')).toEqual([1, 2])
    const tuple = tupleOf(uint8, string, int32)
    expect(encode(tuple, [1, 'a', -1])).toBe('010100000061ffffffff')
    expect(decode(tuple, '010100000061ffffffff')).toEqual([1, 'a', -1])
    expect(encode(arrayOf(uint16, 2), [1, 2])).toBe('01000200')
    expect(decode(arrayOf(uint16, 2), '01000200')).toEqual([1, 2])
    expect(decode(arrayOf(tupleOf(), 2), '')).toEqual([[], []])
    expect(() => encode(arrayOf(uint16, 2), [1])).toThrow(RangeError)
  })

  test('of an optional begin with its presence', () => {
    const codec = optionalOf(uint16)
    expect(encode(codec, undefined)).toBe('00')
    expect(encode(codec, 0)).toBe('010000')
    expect(decode(codec, '00')).toBeUndefined()
    expect(decode(codec, '010500')).toBe(5)
    expect(() => decode(codec, '0105')).toThrow(EndOfBufferError)
  })
})

test('any nested collection comes back', () => {
  const codec = mapOf(string, vectorOf(optionalOf(pairOf(int32, setOf(uint32)))))
  const value = fc
    .array(
      fc.tuple(fc.string(), fc.array(fc.option(fc.tuple(fc.integer(), fc.uniqueArray(fc.nat())), { nil: undefined }))),
    )
    .map((entries) => new Map(entries.map(([k, v]) => [k, v.map((p) => p && ([p[0], new Set(p[1])] as const))])))
  fc.assert(
    fc.property(value, (map) => {
      expect(decode(codec, encode(codec, map))).toEqual(map)
    }),
  )
})

describe('a count', () => {
  test('beyond what the bytes can hold is refused before anything is read', () => {
    let decoded = 0
    const element: Codec<number> = {
      minLength: 2,
      encode: (encoder, value) => void encoder.writeUInt16LE(value),
      decode: (cursor) => {
        decoded++
        return uint16.decode(cursor)
      },
    }
    for (const codec of [vectorOf(element), setOf(element), mapOf(element, element), multimapOf(element, element)]) {
      expect(() => decode(codec as Codec<unknown>, 'ffffffff 0000 0000 0000')).toThrow(EndOfBufferError)
      expect(() => decode(codec as Codec<unknown>, '04000000 0000 0000 0000')).toThrow(EndOfBufferError)
    }
    expect(decoded).toBe(0)
    expect(() => decode(vectorOf(element), '04000000 000000000000')).toThrow(new EndOfBufferError(8, 6))
  })

  test('cannot be bounded for elements of no bytes, so there are no collections of them', () => {
    const nothing = tupleOf()
    expect(() => vectorOf(nothing)).toThrow(RangeError)
    expect(() => setOf(nothing)).toThrow(RangeError)
    expect(() => mapOf(nothing, nothing)).toThrow(RangeError)
    expect(() => multimapOf(nothing, nothing)).toThrow(RangeError)
    expect(mapOf(nothing, uint8).minLength).toBe(4)
  })
})

test('bytes that were changed anywhere either decode or throw one of the two errors', () => {
  const codec = mapOf(string, vectorOf(optionalOf(pairOf(int32, setOf(uint32)))))
  const bytes = hex(encode(codec, new Map([['abc', [[1, new Set([1, 2])] as const, undefined]], ['', []]]))) // prettier-ignore
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, length) => {
      const changed = bytes.slice(0, length)
      changed[at] = byte
      try {
        codec.decode(new BufferList(changed).cursor())
      } catch (error) {
        expect(error).toBeInstanceOf(EndOfBufferError)
      }
    }),
    { numRuns: 2000 },
  )
})

test('features are handed on to the elements', () => {
  const seen: (bigint | undefined)[] = []
  const element: Codec<number> = {
    minLength: 1,
    encode: (encoder, value, features) => {
      seen.push(features)
      encoder.writeUInt8(value)
    },
    decode: (cursor, features) => {
      seen.push(features)
      return cursor.readUInt8()
    },
  }
  const struct = structOf<number>({
    name: 'inner',
    version: 1,
    compat: 1,
    encode: (encoder, value, features) => {
      element.encode(encoder, value, features)
    },
    decode: (cursor, _, features) => element.decode(cursor, features),
  })
  const codec = tupleOf(
    vectorOf(element),
    setOf(element),
    mapOf(element, element),
    multimapOf(element, element),
    pairOf(element, element),
    arrayOf(element, 1),
    optionalOf(element),
    struct,
  )
  const encoder = new BufferEncoder()
  codec.encode(encoder, [[1], new Set([1]), new Map([[1, 1]]), [[1, 1]], [1, 1], [1], 1, 1], 5n)
  codec.decode(encoder.toBufferList().cursor(), 5n)
  expect(seen).toEqual(new Array(22).fill(5n))
})
