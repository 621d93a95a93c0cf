import { describe, expect, test } from 'vitest'
import { AppendTail } from '../src/append-tail.ts'
import { BufferList } from '../src/index.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
const pieces = (list: BufferList): string[] => list.chunks().map((chunk) => new TextDecoder().decode(chunk))

test('a tail hands out views that grow or follow each other, and counts its room', () => {
  const tail = new AppendTail(5000)
  expect(tail.room).toBe(8192)
  expect(tail.view).toBeUndefined()
  const first = tail.take(10, false)
  const grown = tail.take(5, true)
  const next = tail.take(7, false)
  expect([first, grown, next].map((view) => [view.byteOffset, view.length])).toEqual([
    [0, 10],
    [0, 15],
    [15, 7],
  ])
  expect(tail.view).toBe(next)
  expect(tail.room).toBe(8192 - 22)
  tail.hole(3).fill(Uint8Array.of(1, 2, 3))
  expect([...next]).toEqual([0, 0, 0, 0, 1, 2, 3])
})

describe('appendCopy', () => {
  test('copies, and lets small pieces follow each other in one chunk', () => {
    const bytes = ascii('a')
    const list = new BufferList().appendCopy(bytes).appendCopy(ascii('bc'))
    bytes[0] = 0
    expect(pieces(list)).toEqual(['abc'])
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.InternalCarriage and BufferListConstructors
  test('starts a new chunk after bytes of others, and never writes into them', () => {
    const foreign = ascii('xyz')
    const list = new BufferList().appendCopy(ascii('a')).append(foreign).appendCopy(ascii('b')).appendCopy(ascii('c'))
    expect(pieces(list)).toEqual(['a', 'xyz', 'bc'])
    expect(foreign).toEqual(ascii('xyz'))
  })

  test('does not change what other lists have of the memory it grows into', () => {
    const list = new BufferList().appendCopy(ascii('ab'))
    const before = new BufferList().append(list)
    const part = list.substr(1, 1)
    list.appendCopy(ascii('cd'))
    before.appendCopy(ascii('xx'))
    expect([list, before, part].map(String)).toEqual(['abcd', 'abxx', 'b'])
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.append
  test('fills the room that is left before it takes new memory', () => {
    const list = new BufferList().reserve(4096).appendCopy(new Uint8Array(2 * 4096).fill(7))
    expect(list.chunks().map((chunk) => chunk.length)).toEqual([4096, 4096])
    expect(list.chunks().every((chunk) => chunk.every((byte) => byte === 7))).toBe(true)
  })

  test('goes on in its memory after everything was consumed', () => {
    const list = new BufferList().appendCopy(ascii('abc'))
    const taken = list.subarray()
    list.consume(3).appendCopy(ascii('de')).consume(1).appendCopy(ascii('f'))
    expect(list.toString()).toBe('ef')
    expect(taken).toEqual(ascii('abc'))
  })
})

describe('appendZero and appendHole', () => {
  test('append zeros to the same chunk', () => {
    const list = new BufferList().appendCopy(ascii('A')).appendZero(3)
    expect(list.chunkCount).toBe(1)
    expect([...list.slice()]).toEqual([65, 0, 0, 0])
    expect(list.appendZero(10000).substr(1, 10003).isZero()).toBe(true)
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.append_hole
  test('a hole is filled later, in place', () => {
    const list = new BufferList().appendCopy(ascii('<'))
    const hole = list.appendHole(3)
    list.appendCopy(ascii('>'))
    expect([...list.slice(1, 4)]).toEqual([0, 0, 0])
    const sharing = new BufferList().append(list)
    hole.fill(ascii('abc'))
    expect(list.chunkCount).toBe(1)
    expect(list.toString()).toBe('<abc>')
    expect(sharing.toString()).toBe('<abc>')
  })

  test('a hole lies in one chunk although the room before it was smaller', () => {
    const list = new BufferList().appendZero(4000)
    list.appendHole(200).fill(new Uint8Array(200).fill(1))
    expect(list.chunks().map((chunk) => chunk.length)).toEqual([4000, 200])
    expect(list.appendHole(0).length).toBe(0)
    expect(list.length).toBe(4200)
  })

  test.each([-1, 0.5, Number.NaN])('refuse a length of %d', (length) => {
    const list = new BufferList()
    expect(() => list.appendZero(length)).toThrow(RangeError)
    expect(() => list.appendHole(length)).toThrow(RangeError)
    expect(() => list.reserve(length)).toThrow(RangeError)
    expect(list.length).toBe(0)
  })
})
