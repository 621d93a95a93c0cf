import { BufferEncoder, BufferList, EndOfBufferError } from '@msgr/bufferlist'
import { expect, test } from 'vitest'
import { readPaxosPrefix, writePaxosPrefix } from '../src/index.ts'

// Version u64, rank s16, tid u64.
const BYTES = '0700000000000000' + 'ffff' + '0000000000000000'

test('the prefix has a version, and two fields that say nothing', () => {
  const encoder = new BufferEncoder()
  writePaxosPrefix(encoder, 7)
  expect(Buffer.from(encoder.toBufferList().toContiguous()).toString('hex')).toBe(BYTES)
})

test('all of it is read, and gives the version', () => {
  const cursor = new BufferList(Buffer.from(`${BYTES}01`, 'hex')).cursor()
  expect([readPaxosPrefix(cursor), cursor.readUInt8()]).toEqual([7, 1])
})

test('a prefix that is too short is refused', () => {
  const cursor = new BufferList(Buffer.from(BYTES.slice(0, -2), 'hex')).cursor()
  expect(() => readPaxosPrefix(cursor)).toThrow(EndOfBufferError)
})
