import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BufferCursor, BufferList, crc32c, EndOfBufferError, MalformedInputError } from '../src/index.ts'
import { hex } from './golden-file.ts'
import { arbitraryCuts, rechunk } from './rechunk.ts'

const listOf = (...pieces: string[]): BufferList => {
  const list = new BufferList()
  for (const piece of pieces) list.append(piece)
  return list
}
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

type Read = [
  name: string,
  length: number,
  read: (c: BufferCursor) => unknown,
  model: (v: DataView, at: number) => unknown,
]

const reads: Read[] = [
  ['readUInt8', 1, (c) => c.readUInt8(), (v, at) => v.getUint8(at)],
  ['readInt8', 1, (c) => c.readInt8(), (v, at) => v.getInt8(at)],
  ['readBoolean', 1, (c) => c.readBoolean(), (v, at) => v.getUint8(at) !== 0],
  ['readUInt16LE', 2, (c) => c.readUInt16LE(), (v, at) => v.getUint16(at, true)],
  ['readInt16LE', 2, (c) => c.readInt16LE(), (v, at) => v.getInt16(at, true)],
  ['readUInt32LE', 4, (c) => c.readUInt32LE(), (v, at) => v.getUint32(at, true)],
  ['readInt32LE', 4, (c) => c.readInt32LE(), (v, at) => v.getInt32(at, true)],
  ['readBigUInt64LE', 8, (c) => c.readBigUInt64LE(), (v, at) => v.getBigUint64(at, true)],
  ['readBigInt64LE', 8, (c) => c.readBigInt64LE(), (v, at) => v.getBigInt64(at, true)],
  ['readFloatLE', 4, (c) => c.readFloatLE(), (v, at) => v.getFloat32(at, true)],
  ['readDoubleLE', 8, (c) => c.readDoubleLE(), (v, at) => v.getFloat64(at, true)],
  ['readBytes', 5, (c) => [...c.readBytes(5)], (v, at) => [...new Uint8Array(v.buffer, at, 5)]],
  ['readCopy', 70, (c) => [...c.readCopy(70)], (v, at) => [...new Uint8Array(v.buffer, at, 70)]],
  ['readList', 6, (c) => [...c.readList(6).slice()], (v, at) => [...new Uint8Array(v.buffer, at, 6)]],
  ['skip', 9, (c) => c.skip(9) === c, () => true],
  ['crc32c', 11, (c) => c.crc32c(11, 5), (v, at) => crc32c(new Uint8Array(v.buffer, at, 11), 5)],
]

describe('any sequence of reads', () => {
  test('gives what a DataView gives, however the bytes are cut, and refuses to pass the end', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300, size: 'max' }),
        arbitraryCuts,
        fc.array(fc.constantFrom(...reads), { maxLength: 60, size: 'max' }),
        (bytes, cuts, chosen) => {
          const flat = Uint8Array.from(bytes)
          const cursor = rechunk(bytes, cuts).cursor()
          let at = 0
          for (const [, length, read, model] of chosen) {
            if (at + length > flat.length) {
              expect(() => read(cursor)).toThrow(new EndOfBufferError(length, flat.length - at))
            } else {
              expect(read(cursor)).toEqual(model(new DataView(flat.buffer), at))
              at += length
            }
            expect(cursor.tell).toBe(at)
            expect(cursor.remaining).toBe(flat.length - at)
            expect(cursor.isAtEnd).toBe(at === flat.length)
          }
        },
      ),
    )
  })

  test('goes on from any place that seek went to', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), arbitraryCuts, fc.array(fc.nat(30)), (bytes, cuts, places) => {
        const cursor = rechunk(bytes, cuts).cursor()
        for (const place of places) {
          if (place > bytes.length) {
            const before = cursor.tell
            expect(() => cursor.seek(place)).toThrow(EndOfBufferError)
            expect(cursor.tell).toBe(before)
          } else {
            cursor.seek(place)
            expect(cursor.tell).toBe(place)
            if (place < bytes.length)
              expect([cursor.peekUInt8(), cursor.readUInt8()]).toEqual([bytes[place], bytes[place]])
            else expect(() => cursor.peekUInt8()).toThrow(new EndOfBufferError(1, 0))
          }
        }
      }),
    )
  })
})

describe('64-bit integers as numbers', () => {
  test.each([
    ['0000000000000000', 0, 0],
    ['ffffffffffff1f00', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['0000000001000000', 0x1_0000_0000, 0x1_0000_0000],
    ['ffffffff00000000', 0xffffffff, 0xffffffff],
    ['ffffffffffffffff', undefined, -1],
    ['010000000000e0ff', undefined, Number.MIN_SAFE_INTEGER],
    ['000000000000e0ff', undefined, undefined],
    ['0000000000002000', undefined, undefined],
    ['0000000000000080', undefined, undefined],
  ])('%s', (digits, unsigned, signed) => {
    for (const cuts of [[8], [3], [1]]) {
      const cursor = rechunk(hex(digits), cuts).cursor()
      const reads: [number | undefined, () => number][] = [
        [unsigned, () => cursor.readSafeUInt64LE()],
        [signed, () => cursor.readSafeInt64LE()],
      ]
      for (const [expected, read] of reads) {
        cursor.seek(0)
        if (expected === undefined) expect(read).toThrow(MalformedInputError)
        else expect(read()).toBe(expected)
        expect(cursor.tell).toBe(expected === undefined ? 0 : 8)
      }
    }
  })

  test('leave the position when there are not eight bytes', () => {
    const cursor = listOf('abc', 'defg').cursor()
    expect(() => cursor.readSafeUInt64LE()).toThrow(new EndOfBufferError(8, 7))
    expect(() => cursor.readSafeInt64LE()).toThrow(new EndOfBufferError(8, 7))
    expect(cursor.tell).toBe(0)
  })
})

describe('bytes', () => {
  test('are a view within a chunk, and a copy across', () => {
    const list = listOf('abcd', 'ef')
    expect(list.cursor(1).readBytes(2).buffer).toBe(list.chunkAt(0).buffer)
    expect(list.cursor().readBytes(4)).toBe(list.chunkAt(0))
    expect(list.cursor(4).readBytes(2)).toBe(list.chunkAt(1))
    const across = list.cursor(3).readBytes(2)
    across.fill(0)
    expect(list.toString()).toBe('abcdef')
  })

  test('of readCopy are never a view', () => {
    const list = listOf('abcd')
    list.cursor().readCopy(4).fill(0)
    expect(list.toString()).toBe('abcd')
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferListIterator.get_ptr_and_advance
  test('of readChunk end where the chunk does', () => {
    const cursor = listOf('one', 'two', 'three').cursor()
    expect([3, 2, 9, 9, 9].map((max) => text(cursor.readChunk(max)))).toEqual(['one', 'tw', 'o', 'three', ''])
    expect(text(cursor.seek(4).readChunk())).toBe('wo')
    expect(cursor.readChunk(0)).toHaveLength(0)
    expect(() => cursor.readChunk(-1)).toThrow(RangeError)
    expect(cursor.tell).toBe(6)
  })

  test('of readInto go where they are wanted', () => {
    const cursor = listOf('ab', 'cd').cursor()
    const target = new Uint8Array(5)
    expect(cursor.readInto(target, 1, 4)).toBe(target)
    expect([...target]).toEqual([0, 97, 98, 99, 0])
    expect(() => cursor.readInto(target)).toThrow(new EndOfBufferError(5, 1))
    expect(() => cursor.readInto(new Uint8Array(1), 0, 2)).toThrow(RangeError)
    expect(() => cursor.readInto(target, 3, 2)).toThrow(RangeError)
    expect(cursor.tell).toBe(3)
  })

  test('of readList share memory, whole chunks as the same objects', () => {
    const list = listOf('ab', 'cd', 'ef')
    const part = list.cursor(1).readList(4)
    expect(part.chunks().map(text)).toEqual(['b', 'cd', 'e'])
    expect(part.chunkAt(1)).toBe(list.chunkAt(1))
    expect(part.chunkAt(0).buffer).toBe(list.chunkAt(0).buffer)
  })

  test.each([-1, 0.5, Number.NaN])('are refused by a length of %d', (length) => {
    const cursor = listOf('abc').cursor()
    for (const read of ['readBytes', 'readCopy', 'readList', 'skip', 'crc32c'] as const) {
      expect(() => cursor[read](length)).toThrow(RangeError)
    }
    expect(cursor.tell).toBe(0)
  })
})

describe('values with a length', () => {
  test('are read with it', () => {
    const list = new BufferList(hex('03000000 616263 02000000 c3a9 00000000 01000000 ff'))
    for (const cuts of [[100], [1], [3, 5]]) {
      const cursor = rechunk(list.slice(), cuts).cursor()
      expect(text(cursor.readSizedBytes())).toBe('abc')
      expect(cursor.readString()).toBe('é')
      expect(cursor.readSizedList().length).toBe(0)
      expect(cursor.readString()).toBe('�')
      expect(cursor.isAtEnd).toBe(true)
    }
  })

  test('keep a byte order mark', () => {
    expect(new BufferList(hex('03000000 efbbbf')).cursor().readString()).toBe('\ufeff')
  })

  test('that claim more than there is take no memory and leave the position', () => {
    for (const cuts of [[100], [1], [4]]) {
      const cursor = rechunk(hex('aa ffffffff 6162'), cuts).cursor(1)
      for (const read of ['readSizedBytes', 'readSizedList', 'readString'] as const) {
        expect(() => cursor[read]()).toThrow(new EndOfBufferError(0xffffffff, 2))
        expect(cursor.tell).toBe(1)
      }
    }
    const short = new BufferList(hex('000000')).cursor()
    expect(() => short.readString()).toThrow(new EndOfBufferError(4, 3))
  })
})

describe('a changing list', () => {
  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.begin and end
  test('is followed when bytes are appended at the end', () => {
    const list = new BufferList()
    const cursor = list.cursor()
    expect(() => cursor.readUInt8()).toThrow(EndOfBufferError)
    list.append('a')
    expect(cursor.readUInt8()).toBe(97)
    list.append('bc').append('d')
    expect(text(cursor.readBytes(3))).toBe('bcd')
  })

  test('is followed when copies are appended, which replaces the last chunk', () => {
    const list = new BufferList().appendCopy(hex('0102'))
    const cursor = list.cursor()
    expect(cursor.readUInt8()).toBe(1)
    list.appendCopy(hex('0304'))
    expect(cursor.remaining).toBe(3)
    expect([...cursor.readBytes(3)]).toEqual([2, 3, 4])
  })

  test('is followed when copies are appended to a chunk that is begun', () => {
    const list = new BufferList().appendCopy(hex('010203')).consume(1)
    const cursor = list.cursor()
    expect([...cursor.readBytes(2)]).toEqual([2, 3])
    list.appendCopy(hex('0405'))
    expect([...cursor.readBytes(2)]).toEqual([4, 5])
  })

  test('that was changed elsewhere makes reads throw, and never wait for bytes that cannot come', () => {
    const list = listOf('a', 'b')
    const cursor = list.cursor(2)
    list.clear().append('longer').append('b')
    expect(() => cursor.readBytes(2)).toThrow('expected the list to be as its cursor knows it')
    list.clear().append('longer')
    expect(() => cursor.readUInt16LE()).toThrow(RangeError)
    list.clear()
    expect(() => cursor.readUInt8()).toThrow(EndOfBufferError)
  })

  test('whose first chunk is begun is read from what is left', () => {
    const list = listOf('abc', 'def').consume(1)
    const cursor = list.cursor()
    expect([cursor.tell, cursor.remaining]).toEqual([0, 5])
    expect(text(cursor.readBytes(1))).toBe('b')
    expect(list.firstChunk).toHaveLength(2)
    expect(text(cursor.readBytes(3))).toBe('cde')
    expect(text(cursor.seek(0).readBytes(2))).toBe('bc')
    expect(text(list.cursor(1).readList(2).slice())).toBe('cd')
  })
})

describe('copyIn', () => {
  test('overwrites across chunks and moves on', () => {
    const list = listOf('abc', 'def')
    const cursor = list.cursor(2).copyIn(hex('3132'))
    expect(list.toString()).toBe('ab12ef')
    expect(cursor.tell).toBe(4)
    expect(() => cursor.copyIn(hex('313233'))).toThrow(new EndOfBufferError(3, 2))
    expect(list.toString()).toBe('ab12ef')
  })
})

test('the CRC of a range uses the function it is given', () => {
  const seen: number[] = []
  const crc = listOf('abc', 'def')
    .cursor(1)
    .crc32c(4, 7, (bytes, seed, start, end) => {
      seen.push((end ?? 0) - (start ?? 0))
      return crc32c(bytes, seed, start, end)
    })
  expect(crc).toBe(crc32c(new TextEncoder().encode('bcde'), 7))
  expect(seen).toEqual([2, 2])
})
