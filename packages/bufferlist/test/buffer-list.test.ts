import { describe, expect, test } from 'vitest'
import { BufferList, EndOfBufferError, MalformedInputError } from '../src/index.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
/** A list with one chunk for each piece of text. */
const listOf = (...pieces: string[]): BufferList => {
  const list = new BufferList()
  for (const piece of pieces) list.append(ascii(piece))
  return list
}
const pieces = (list: BufferList): string[] => list.chunks().map((chunk) => new TextDecoder().decode(chunk))

describe('a new list', () => {
  test('is empty', () => {
    const list = new BufferList()
    expect(list.length).toBe(0)
    expect(list.chunkCount).toBe(0)
    expect(list.firstChunk).toBeUndefined()
    expect(list.chunks()).toEqual([])
    expect(list.isContiguous).toBe(true)
    expect(list.isZero()).toBe(true)
    expect(list.toContiguous()).toEqual(new Uint8Array(0))
    expect(list.crc32c(7)).toBe(7)
  })

  test('of bytes shares them', () => {
    const bytes = ascii('abc')
    expect(new BufferList(bytes).firstChunk).toBe(bytes)
    expect(new BufferList(new Uint8Array(0)).chunkCount).toBe(0)
  })

  test('does not show the chunks of another new list', () => {
    new BufferList().append('abc').prepend('x')
    expect(new BufferList().chunks()).toEqual([])
  })
})

describe('append', () => {
  test('shares bytes and the chunks of lists, and encodes text as UTF-8', () => {
    const bytes = ascii('ab')
    const other = listOf('c', 'd')
    const list = new BufferList().append(bytes).append(other).append('é')
    expect(list.chunkAt(0)).toBe(bytes)
    expect(list.chunkAt(2)).toBe(other.chunkAt(1))
    expect(list.toString()).toBe('abcdé')
    expect(list.length).toBe(6)
    expect(other.toString()).toBe('cd')
  })

  test('of nothing adds no chunk', () => {
    const list = listOf('a').append(new Uint8Array(0)).append('').append(new BufferList())
    expect(list.chunkCount).toBe(1)
  })

  test('of the list itself doubles it', () => {
    const list = listOf('ab', 'c')
    expect(list.append(list).toString()).toBe('abcabc')
    expect(list.prepend(list).chunkCount).toBe(8)
  })

  test.each<[string, unknown]>([
    ['a number', 5],
    ['an array', [1, 2]],
    ['nothing', undefined],
    ['null', null],
    ['words', new Uint16Array(2)],
    ['what looks like a list', { length: 3, chunks: () => [] }],
  ])('refuses %s, and changes nothing', (_, value) => {
    const list = listOf('a')
    expect(() => list.append(value as string)).toThrow(TypeError)
    expect(() => list.prepend(value as string)).toThrow(TypeError)
    expect(list.toString()).toBe('a')
  })

  test('takes Buffers as they are', () => {
    const buffer = Buffer.from('abc')
    expect(new BufferList().append(buffer).firstChunk).toBe(buffer)
  })
})

describe('prepend', () => {
  test('puts bytes, text and lists in front, in their order', () => {
    const list = listOf('c').prepend('b').prepend(listOf('x', 'y')).prepend(ascii('a')).prepend('')
    expect(pieces(list)).toEqual(['a', 'x', 'y', 'b', 'c'])
    expect(list.length).toBe(5)
  })

  test('works after a part of a chunk was consumed, and many times', () => {
    const list = listOf('abc').consume(1)
    for (let i = 0; i < 100; i++) list.prepend(String(i % 10))
    expect(list.toString()).toBe('9876543210'.repeat(10) + 'bc')
  })
})

describe('claimAppend', () => {
  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.claim_append
  test('moves chunks and leaves the other list empty', () => {
    const other = listOf('ef')
    const list = listOf('abcd').claimAppend(other)
    expect([list.length, list.chunkCount]).toEqual([6, 2])
    expect([other.length, other.chunkCount]).toEqual([0, 0])
    other.append('new')
    expect(list.toString()).toBe('abcdef')
  })

  test('into an empty list takes everything, also of a list begun to be consumed', () => {
    const other = listOf('abc', 'd').consume(1)
    expect(new BufferList().claimAppend(other).toString()).toBe('bcd')
    expect(other.append('x').toString()).toBe('x')
  })

  test('of the list itself changes nothing', () => {
    const list = listOf('a', 'b')
    expect(list.claimAppend(list).toString()).toBe('ab')
  })

  test('lets both lists go on appending copies', () => {
    const other = new BufferList().appendCopy(ascii('ab'))
    const list = new BufferList().claimAppend(other)
    other.appendCopy(ascii('xy'))
    list.appendCopy(ascii('cd'))
    expect([list, other].map(String)).toEqual(['abcd', 'xy'])
  })
})

describe('consume', () => {
  test('drops from the front, across chunks', () => {
    const list = listOf('abc', 'def', 'ghi')
    expect(pieces(list.consume(4))).toEqual(['ef', 'ghi'])
    expect(pieces(list.consume(0).consume(1).consume(1))).toEqual(['ghi'])
    expect(list.consume(3).length).toBe(0)
    expect(list.append('x').toString()).toBe('x')
  })

  test('beyond the end throws and changes nothing', () => {
    const list = listOf('abc')
    expect(() => list.consume(4)).toThrow(new EndOfBufferError(4, 3))
    for (const length of [-1, 1.5, Number.NaN]) expect(() => list.consume(length)).toThrow(RangeError)
    expect(list.toString()).toBe('abc')
  })

  test('keeps a queue of any age right', () => {
    const list = new BufferList()
    let next = 0
    for (let i = 0; i < 1000; i++) {
      list.append(Uint8Array.of(i & 255, (i >> 8) & 255))
      if (i % 3 === 0) continue
      expect(list.cursor().readUInt16LE()).toBe(next++)
      list.consume(2)
    }
    expect(list.chunkCount).toBe(334)
    expect(list.cursor(2 * 333).readUInt16LE()).toBe(999)
  })
})

describe('splice', () => {
  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.splice
  test('moves a range to another list as views', () => {
    const list = listOf('ABC', 'DEF', 'GHI', 'JKL')
    const claimed = listOf('X')
    list.splice(4, 4, claimed)
    expect(pieces(claimed)).toEqual(['X', 'EF', 'GH'])
    expect(list.toString()).toBe('ABCDIJKL')
  })

  test('takes the end of the last chunk', () => {
    const list = listOf('0123456789', 'fghij')
    const claimed = new BufferList()
    list.splice(10, 4, claimed)
    expect([claimed.toString(), list.toString()]).toEqual(['fghi', '0123456789j'])
  })

  test('of nothing does nothing, and beyond the end throws and changes nothing', () => {
    const list = listOf('AB')
    expect(list.splice(0, 0).splice(2, 0).toString()).toBe('AB')
    expect(() => new BufferList().splice(0, 1)).toThrow(EndOfBufferError)
    expect(() => list.splice(1, 2, list)).toThrow(EndOfBufferError)
    expect(list.splice(0, 1, list).toString()).toBe('BA')
  })
})

describe('the three verbs', () => {
  const list = listOf('ABC', 'DEF', 'GHI', 'JKL')

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.substr_of
  test('substr never copies', () => {
    const part = list.substr(4, 4)
    expect(pieces(part)).toEqual(['EF', 'GH'])
    expect(part.chunkAt(0).buffer).toBe(list.chunkAt(1).buffer)
    expect(list.substr(3, 3).firstChunk).toBe(list.chunkAt(1))
    expect(list.substr(12, 0).length).toBe(0)
    expect(() => list.substr(12, 1)).toThrow(new EndOfBufferError(1, 0))
    expect(() => list.substr(20, 1)).toThrow(new EndOfBufferError(1, 0))
    expect(() => list.substr(-1, 1)).toThrow(RangeError)
  })

  test('subarray is a view within a chunk, and a copy across', () => {
    expect(list.subarray(4, 6).buffer).toBe(list.chunkAt(1).buffer)
    expect(list.subarray(3, 6)).toBe(list.chunkAt(1))
    const across = list.subarray(2, 4)
    expect(across).toEqual(ascii('CD'))
    expect(list.chunks().some((chunk) => chunk.buffer === across.buffer)).toBe(false)
    expect(list.chunkCount).toBe(4)
  })

  test('slice always copies, into memory that nothing else has', () => {
    const copy = list.slice(4, 6)
    const other = list.slice(4, 6)
    expect(copy).toEqual(ascii('EF'))
    copy.fill(0)
    expect(other).toEqual(ascii('EF'))
    expect(list.toString()).toBe('ABCDEFGHIJKL')
  })

  test.each([
    [undefined, undefined],
    [-3, undefined],
    [-100, -10],
    [2, 100],
    [5, 3],
    [12, 12],
    [100, 200],
    [0, -1],
  ])('slice and subarray read (%s, %s) as Uint8Array does', (start, end) => {
    const expected = ascii('ABCDEFGHIJKL').slice(start, end)
    expect(list.slice(start, end)).toEqual(expected)
    expect(list.subarray(start, end)).toEqual(expected)
  })

  test('know that the first chunk may be begun', () => {
    const begun = listOf('ABC', 'DEF').consume(1)
    expect(begun.subarray(0, 2)).toEqual(ascii('BC'))
    expect(begun.subarray(1, 3)).toEqual(ascii('CD'))
    expect(begun.slice(0, 1)).toEqual(ascii('B'))
    expect(pieces(begun.substr(1, 2))).toEqual(['C', 'D'])
  })
})

describe('copyOut, copyIn and zero', () => {
  test('copyOut fills the start of what it is given', () => {
    const target = new Uint8Array(5)
    expect(listOf('ab', 'cd').copyOut(1, 2, target)).toBe(target)
    expect([...target]).toEqual([98, 99, 0, 0, 0])
    expect(() => listOf('abc').copyOut(0, 3, new Uint8Array(2))).toThrow(RangeError)
    expect(() => listOf('abc').copyOut(2, 2)).toThrow(EndOfBufferError)
  })

  test('copyIn writes across chunks into shared memory', () => {
    const bytes = ascii('ABC')
    const list = new BufferList(bytes).append('DEF')
    list.copyIn(2, ascii('xy')).copyIn(0, listOf('1', '2'))
    expect(list.toString()).toBe('12xyEF')
    expect(bytes).toEqual(ascii('12x'))
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.zero
  test('zero sets all or a range', () => {
    const list = listOf('ABC', 'DEF')
    expect(list.zero(2, 2).toString()).toBe('AB\0\0EF')
    expect(list.isZero()).toBe(false)
    expect(list.zero(1).toString()).toBe('A\0\0\0\0\0')
    expect(list.zero().isZero()).toBe(true)
  })

  test('write nothing if the range goes beyond the end', () => {
    const list = listOf('ABC')
    expect(() => list.copyIn(1, ascii('xyz'))).toThrow(new EndOfBufferError(3, 2))
    expect(() => list.zero(1, 3)).toThrow(EndOfBufferError)
    expect(() => list.zero(4)).toThrow(EndOfBufferError)
    expect(list.toString()).toBe('ABC')
  })
})

describe('chunks', () => {
  test('can be gone over while the list changes', () => {
    const list = listOf('a', 'b', 'c')
    const seen: string[] = []
    for (const chunk of list) {
      seen.push(new TextDecoder().decode(chunk))
      list.consume(chunk.length).append('x')
    }
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(list.toString()).toBe('xxx')
  })

  test('are what is left of them after consume', () => {
    const list = listOf('abc', 'def')
    expect(list.consume(1).firstChunk).toEqual(ascii('bc'))
    expect(list.consume(1).chunkAt(0)).toEqual(ascii('c'))
    expect(list.consume(1).isContiguous).toBe(true)
  })

  test('chunkAt refuses what is no index', () => {
    const list = listOf('a', 'b').consume(1)
    for (const index of [-1, 1, 0.5, Number.NaN]) expect(() => list.chunkAt(index)).toThrow(RangeError)
  })

  test('become one by toContiguous, which is kept', () => {
    const list = listOf('abc', 'def').consume(1)
    const all = list.toContiguous()
    expect(all).toEqual(ascii('bcdef'))
    expect(list.isContiguous).toBe(true)
    expect(list.toContiguous()).toBe(all)
    expect(list.append('g').consume(2).toContiguous()).toEqual(ascii('defg'))
  })

  test('of one chunk are not copied by rebuild', () => {
    const bytes = ascii('abc')
    expect(new BufferList(bytes).rebuild().firstChunk).toBe(bytes)
    expect(new BufferList().rebuild().append('x').toString()).toBe('x')
  })
})

describe('text', () => {
  test('may be cut in the middle of a character', () => {
    const [first = 0, ...rest] = ascii('é€')
    const list = new BufferList(Uint8Array.of(first)).append(Uint8Array.from(rest))
    expect(list.toString()).toBe('é€')
    expect(list.toString('hex')).toBe('c3a9e282ac')
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.encode_base64 and decode_base64
  test('of base64 goes out and in', () => {
    expect(listOf('AB', 'CD').toBase64()).toBe('QUJDRA==')
    expect(BufferList.fromBase64('QUJDRA==').toString()).toBe('ABCD')
    expect(() => BufferList.fromBase64('QUJDRA')).toThrow(MalformedInputError)
  })
})

test('byteAt gives one byte or throws', () => {
  const list = listOf('AB', 'C')
  expect([0, 1, 2].map((index) => list.byteAt(index))).toEqual([65, 66, 67])
  expect(() => list.byteAt(3)).toThrow(EndOfBufferError)
  expect(() => new BufferList().byteAt(0)).toThrow(EndOfBufferError)
  expect(() => list.byteAt(-1)).toThrow(RangeError)
})
