import { BufferList } from '@msgr/bufferlist'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PRIORITIES, type MessageId } from '../src/message-id.ts'
import { Payloads } from '../src/payloads.ts'

const payloads = new Payloads(7, { kind: 'uniform', minBytes: 0, maxBytes: 5000 })
const idOf = (seq: number, stream = 1): MessageId => ({ kind: 'request', priorityClass: 1, stream, seq })

test('both ends make the same of an id, and another seed makes something else', () => {
  const here = payloads.make(idOf(4))
  expect(payloads.lengthOf(idOf(4))).toBeGreaterThan(16)
  const there = new Payloads(7, { kind: 'uniform', minBytes: 0, maxBytes: 5000 })
  expect(there.findFault({ ...idOf(4), kind: 'reply' }, here)).toBeUndefined()
  const other = new Payloads(8, { kind: 'uniform', minBytes: 0, maxBytes: 5000 })
  expect(other.findFault(idOf(4), here)).toBeDefined()
})

test('a payload is right however it is cut, and wrong if any byte of it is', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(), fc.nat(), (seq, cut, at) => {
      const bytes = Uint8Array.from(payloads.make(idOf(seq)).slice())
      const split = cut % (bytes.length + 1)
      const cutUp = new BufferList(bytes.subarray(0, split)).append(bytes.subarray(split))
      expect(payloads.findFault(idOf(seq), cutUp)).toBeUndefined()
      if (bytes.length === 0) return
      const index = at % bytes.length
      const wrong = Uint8Array.from(bytes)
      wrong[index] = (wrong[index] ?? 0) ^ 0x40
      const fault = payloads.findFault(
        idOf(seq),
        new BufferList(wrong.subarray(0, split)).append(wrong.subarray(split)),
      )
      expect(fault).toMatch(
        new RegExp(`^byte ${index}: expected ${String(bytes[index])}, got ${String(wrong[index])}$`),
      )
    }),
  )
})

test('a payload that is too short or too long is wrong', () => {
  const bytes = payloads.make(idOf(4)).slice()
  expect(payloads.findFault(idOf(4), new BufferList(bytes.subarray(1)))).toMatch(/^expected \d+ bytes, got \d+$/)
  expect(payloads.findFault(idOf(4), new BufferList(bytes).append('!'))).toMatch(/^expected \d+ bytes, got \d+$/)
})

test('the payloads of different messages differ', () => {
  const large = new Payloads(7, { kind: 'uniform', minBytes: 64, maxBytes: 64 })
  const ids = [0, 1, 2].flatMap((stream) => [0, 1, 2].map((seq) => idOf(seq, stream)))
  const texts = ids.map((id) => Buffer.from(large.make(id).slice()).toString('hex'))
  expect(new Set(texts).size).toBe(ids.length)
})

test('classes come up as often as they should: a twentieth is noise', () => {
  const counts = PRIORITIES.map(() => 0)
  for (let index = 0; index < 10_000; index++) {
    const priorityClass = payloads.chooseClass(3, index)
    counts[priorityClass] = (counts[priorityClass] ?? 0) + 1
  }
  expect(counts.map((count) => Math.round(count / 500))).toEqual([4, 11, 4, 1])
})
