import { describe, expect, test } from 'vitest'
import { BufferHash, BufferList, crc32c, type Crc32cFunction } from '../src/index.ts'

describe('BufferHash', () => {
  // Ceph 16.2.7: src/test/bufferlist.cc, BufferHash.all
  test('is the CRC of all it was given', () => {
    const hash = new BufferHash()
    expect(hash.digest()).toBe(0)
    expect(hash.update(new BufferList().append('A')).digest()).toBe(0xb3109ebf)
    expect(hash.update(Uint8Array.of(65)).digest()).toBe(0x5fa5c0cc)
  })

  test('takes a seed and a function', () => {
    const seeds: (number | undefined)[] = []
    const crc: Crc32cFunction = (bytes, seed, start, end) => {
      seeds.push(seed)
      return crc32c(bytes, seed, start, end)
    }
    const hash = new BufferHash(1234, crc).update(new TextEncoder().encode('foo bar '))
    expect(hash.update(new BufferList().append('baz')).digest()).toBe(881700046)
    expect(seeds).toEqual([1234, crc32c(new TextEncoder().encode('foo bar '), 1234)])
  })
})
