import { BufferEncoder, string, tupleOf, uint8, utime, varint64, vectorOf, type Codec } from '@msgr/bufferlist'
import { expect, test } from 'vitest'
import { CountedList } from '../src/counted-list.ts'
import { cut } from '../src/cut.ts'
import { Trace } from '../src/trace.ts'

const codec: Codec<readonly [readonly number[], string, bigint, { seconds: number; nanoseconds: number }]> = tupleOf(
  vectorOf(uint8),
  string,
  varint64,
  utime,
)

function encoded(): Uint8Array {
  const encoder = new BufferEncoder()
  codec.encode(encoder, [[1, 2, 3], 'hello', 300n, { seconds: 5, nanoseconds: 6 }])
  return encoder.toBufferList().slice()
}

test.each([0, 1, 2, 77])('a list that counts reads as any other, cut with seed %i', (seed) => {
  const list = new CountedList(new Trace(100), cut(encoded(), seed))
  expect(codec.decode(list.cursor())).toEqual([[1, 2, 3], 'hello', 300n, { seconds: 5, nanoseconds: 6 }])
  expect(list.cursor(4).readUInt8()).toBe(1)
})

test('every read is a step, so that a decoder that reads too often is stopped', () => {
  // A count, 3 numbers, a length, the text, 2 bytes of a varint, 2 numbers.
  const steps = 1 + 3 + 1 + 1 + 2 + 2
  expect(() => codec.decode(new CountedList(new Trace(steps), [encoded()]).cursor())).not.toThrow()
  const tooFew = new CountedList(new Trace(steps - 1), [encoded()])
  expect(() => codec.decode(tooFew.cursor())).toThrow(`expected at most ${steps - 1}`)
})
