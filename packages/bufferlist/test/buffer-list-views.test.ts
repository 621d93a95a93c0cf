import { expect, test } from 'vitest'
import { BufferList, EndOfBufferError } from '../src/index.ts'

const counting = (from: number, length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i)
/** The bytes 0 to 29 in three chunks. */
const thirty = (): BufferList => new BufferList(counting(0, 10)).append(counting(10, 10)).append(counting(20, 10))

/** The list, after somebody has looked at its first chunk. */
function cut(list: BufferList): BufferList {
  list.chunks()
  return list
}

// A list remembers where the chunk is that it was asked for views of, so what moves chunks has to be noticed.
const changes: [string, (list: BufferList) => BufferList, number][] = [
  ['nothing', (list) => list, 0],
  ['consume within the first chunk', (list) => list.consume(3), 3],
  ['consume of a chunk', (list) => list.consume(10), 10],
  ['consume and a cut', (list) => cut(list.consume(3)), 3],
  ['prepend', (list) => list.prepend(new Uint8Array(4)), -4],
  ['prepend after consume', (list) => list.consume(11).prepend(new Uint8Array(4)), 7],
  ['splice', (list) => list.splice(0, 5), 5],
  ['rebuild', (list) => list.rebuild(), 0],
  ['append', (list) => list.append(counting(30, 5)), 0],
  ['appendCopy', (list) => list.appendCopy(counting(30, 5)), 0],
]
test.each(changes)('views of a chunk are right before and after %s', (_, change, shift) => {
  let list = thirty()
  for (let i = 0; i < 3; i++) expect(list.subarray(12 + i, 15)).toEqual(counting(12 + i, 3 - i))
  list = change(list)
  for (let i = 0; i < 3; i++) {
    expect(list.subarray(12 + i - shift, 15 - shift)).toEqual(counting(12 + i, 3 - i))
    expect(list.subarray(24 + i - shift, 27 - shift)).toEqual(counting(24 + i, 3 - i))
  }
  expect(list.subarray(18 - shift, 22 - shift)).toEqual(counting(18, 4))
})

test('views keep the class of their chunk, however many are asked for', () => {
  const list = new BufferList(Buffer.from('some text')).append(counting(0, 10))
  for (let i = 0; i < 4; i++) expect(Buffer.isBuffer(list.subarray(i, 6))).toBe(true)
  for (let i = 0; i < 4; i++) expect(Buffer.isBuffer(list.subarray(10 + i, 15))).toBe(false)
})

// The ends of such a list are cut late.
const uses: [string, (part: BufferList) => BufferList, Uint8Array][] = [
  ['slice', (part) => new BufferList(part.slice()), counting(5, 18)],
  ['subarray', (part) => new BufferList(part.subarray()), counting(5, 18)],
  ['substr', (part) => part.substr(1, 16), counting(6, 16)],
  ['append', (part) => part.append(counting(23, 2)), counting(5, 20)],
  ['appendCopy', (part) => part.appendCopy(counting(23, 2)), counting(5, 20)],
  ['prepend', (part) => part.prepend(counting(3, 2)), counting(3, 20)],
  ['being appended', (part) => new BufferList(counting(0, 5)).append(part).append(counting(23, 2)), counting(0, 25)],
  ['being claimed', (part) => new BufferList().claimAppend(part).append(counting(23, 2)), counting(5, 20)],
  ['claimAppend', (part) => part.claimAppend(new BufferList(counting(23, 2))), counting(5, 20)],
  ['consume', (part) => part.consume(16), counting(21, 2)],
  ['consume of all', (part) => part.consume(18).append(counting(0, 2)), counting(0, 2)],
  ['splice', (part) => part.splice(2, 16), counting(5, 2)],
  ['rebuild', (part) => part.rebuild(), counting(5, 18)],
  ['a cursor', (part) => new BufferList(part.cursor(1).readCopy(17)), counting(6, 17)],
  ['a cursor to the end', (part) => part.cursor(16).readList(2), counting(21, 2)],
]
test.each(uses)('a list that shares a range takes %s as any other', (_, use, expected) => {
  const used = use(thirty().substr(5, 18))
  expect(used.chunks().flatMap((chunk) => [...chunk])).toEqual([...expected])
  expect(used.length).toBe(expected.length)
  expect(used.chunks().every(({ length }) => length > 0)).toBe(true)
  expect(used.equals(new BufferList(expected))).toBe(true)
})

test('a list that shares a part of one chunk cuts it once', () => {
  const part = thirty().substr(12, 5)
  const view = part.subarray()
  expect(view).toEqual(counting(12, 5))
  expect(part.firstChunk).toBe(view)
  expect(part.crc32c()).toBe(new BufferList(counting(12, 5)).crc32c())
})

test('a list that shares a part of one chunk ends where the part does', () => {
  expect(() => thirty().substr(12, 5).cursor(3).readUInt32LE()).toThrow(new EndOfBufferError(4, 2))
  expect(() => thirty().substr(12, 5).cursor(6)).toThrow(EndOfBufferError)
})

test('a list that shares a range leaves the list that it is of as it is', () => {
  const list = thirty()
  const before = list.chunks()
  expect(list.substr(5, 18).chunks()).toHaveLength(3)
  expect(list.chunks().every((chunk, i) => chunk === before[i])).toBe(true)
})
