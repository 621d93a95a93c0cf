import { describe, expect, test } from 'vitest'
import { BufferEncoder, BufferList, crc32c, type Crc32cFunction } from '../src/index.ts'
import { MIN_LENGTH_TO_REMEMBER } from '../src/crc-cache.ts'
import { referenceCrc32c } from './reference-crc32c.ts'

const LENGTH = 2 * MIN_LENGTH_TO_REMEMBER

/** A CRC function that keeps the lengths it was asked to read. */
function counting(): { read: number[]; crc: Crc32cFunction } {
  const read: number[] = []
  return {
    read,
    crc: (bytes, seed, start, end) => {
      read.push((end ?? bytes.length) - (start ?? 0))
      return crc32c(bytes, seed, start, end)
    },
  }
}

const pattern = (length: number, mask = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => (i & 255) ^ mask)

describe('the CRC of a list', () => {
  test('reads large chunks once, whatever the seed', () => {
    const { read, crc } = counting()
    const bytes = pattern(LENGTH)
    const list = new BufferList(bytes)
    for (const seed of [0, 0, 5, 0xffffffff, 5]) expect(list.crc32c(seed, crc)).toBe(referenceCrc32c(bytes, seed))
    expect(read).toEqual([LENGTH])
  })

  test('reads small chunks every time', () => {
    const { read, crc } = counting()
    const list = new BufferList(pattern(MIN_LENGTH_TO_REMEMBER - 1))
    list.crc32c(0, crc)
    list.crc32c(0, crc)
    expect(read).toHaveLength(2)
  })

  test('is known in the lists that the chunk is handed on to', () => {
    const { read, crc } = counting()
    const bytes = pattern(LENGTH)
    const first = new BufferList(bytes)
    first.crc32c(0, crc)
    const appended = new BufferList(Uint8Array.of(1)).append(first)
    const claimed = new BufferList().claimAppend(first)
    const part = new BufferList().append(appended).substr(1, LENGTH)
    expect(appended.crc32c(0, crc)).toBe(referenceCrc32c(Uint8Array.of(1, ...bytes)))
    expect(claimed.crc32c(9, crc)).toBe(referenceCrc32c(bytes, 9))
    expect(part.crc32c(8, crc)).toBe(referenceCrc32c(bytes, 8))
    expect(read).toEqual([LENGTH, 1])
  })

  const writes: [string, (list: BufferList) => void][] = [
    ['copyIn', (list) => list.copyIn(100, Uint8Array.of(0xee))],
    ['zero', (list) => list.zero(100, 1)],
    ['a cursor', (list) => list.cursor(100).copyIn(Uint8Array.of(0xee))],
    ['copyIn of a list', (list) => list.copyIn(100, new BufferList(Uint8Array.of(0xee)))],
  ]
  test.each(writes)('is never that of before a write by %s, in any list that shares the memory', (_, write) => {
    const bytes = pattern(LENGTH, 1)
    const list = new BufferList(bytes)
    const sharing = new BufferList().append(list)
    const partly = list.substr(50, LENGTH - 50)
    for (const one of [list, sharing, partly]) one.crc32c()
    write(list)
    expect(bytes[100]).not.toBe(pattern(LENGTH, 1)[100])
    expect(list.crc32c()).toBe(referenceCrc32c(bytes))
    expect(sharing.crc32c()).toBe(referenceCrc32c(bytes))
    expect(partly.crc32c()).toBe(referenceCrc32c(bytes.subarray(50)))
  })

  test('is not that of before a hole was filled', () => {
    const encoder = new BufferEncoder()
    const hole = encoder.hole(8)
    encoder.writeBytes(pattern(LENGTH))
    const list = encoder.toBufferList()
    const before = list.crc32c()
    hole.fillUInt32LE(7)
    expect(list.crc32c()).not.toBe(before)
    expect(list.crc32c()).toBe(referenceCrc32c(list.slice()))
  })

  test('is read anew for memory that comes back in another append', () => {
    const scratch = pattern(LENGTH)
    const list = new BufferList(scratch)
    list.crc32c()
    list.consume(LENGTH)
    scratch[0] = 99
    expect(list.append(scratch).crc32c()).toBe(referenceCrc32c(scratch))
    list.clear().append(pattern(3)).crc32c()
    scratch[0] = 98
    expect(list.clear().prepend(scratch).crc32c()).toBe(referenceCrc32c(scratch))
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.InvalidateCrc
  test('stays that of before a write that the package cannot see, until invalidateCrc', () => {
    const list = new BufferList(pattern(LENGTH))
    const before = list.crc32c()
    list.toContiguous()[5] = 0xaa
    expect(list.crc32c()).toBe(before)
    list.invalidateCrc()
    expect(list.crc32c()).toBe(referenceCrc32c(list.slice()))
    expect(list.crc32c()).not.toBe(before)
  })

  test('is kept while other chunks come and go', () => {
    const { read, crc } = counting()
    const list = new BufferList(pattern(LENGTH))
    for (let i = 0; i < 200; i++) {
      list.prepend(pattern(LENGTH, i)).append(Uint8Array.of(i))
      expect(list.crc32c(0, crc)).toBe(referenceCrc32c(list.slice()))
      list.consume(LENGTH)
    }
    expect(read.filter((length) => length === LENGTH)).toHaveLength(201)
  })

  // Ceph 16.2.7: src/test/bufferlist.cc, BufferList.crc32c_append_perf: 256 MiB each, here in shared chunks.
  test('gives what Ceph gives for 256 MiB lists and their sums', () => {
    const { read, crc } = counting()
    const build = (chunk: Uint8Array): BufferList => {
      const list = new BufferList()
      for (let i = 0; i < 4096; i++) list.append(chunk)
      return list
    }
    const a = build(pattern(65536, 73))
    const b = build(pattern(65536, 123))
    const sum = (x: BufferList, y: BufferList): BufferList => new BufferList().append(x).append(y)
    expect(a.length).toBe(256 * 1024 * 1024)
    expect(a.crc32c(0, crc)).toBe(1138817026)
    expect(a.crc32c(5, crc)).toBe(3239494520)
    expect(b.crc32c(0, crc)).toBe(2481791210)
    expect(sum(a, b).crc32c(0, crc)).toBe(2988268779)
    expect(sum(b, a).crc32c(0, crc)).toBe(169240695)
    expect(sum(b, a).crc32c(5, crc)).toBe(1265464778)
    expect(read).toEqual([65536, 65536])
  })

  // Ceph 16.2.7: src/test/common/test_crc32c.cc, Performance: 1000 MiB of i & 255
  test('gives what Ceph gives for 1000 MiB', () => {
    const list = new BufferList()
    const chunk = pattern(65536)
    for (let i = 0; i < 16000; i++) list.append(chunk)
    expect(list.crc32c(0)).toBe(261108528)
    expect(list.crc32c(0xffffffff)).toBe(3895876243)
  })
})
