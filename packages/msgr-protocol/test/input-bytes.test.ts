import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputBytes } from '../src/input-bytes.ts'
import { WireMemory } from '../src/wire-memory.ts'
import { joined, toHex } from './bytes.ts'

const want = fc.oneof(
  fc.record({ kind: fc.constant('take' as const), length: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant('view' as const), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('fill' as const), length: fc.integer({ min: 1, max: 90 }) }),
)
const feed = fc.record({ kind: fc.constant('push' as const), length: fc.nat(50) })

describe('InputBytes', () => {
  test('gives the bytes of one flat array, however they come and are asked for, and holds no chunk that it is done with', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(want, feed), { maxLength: 80, size: 'max' }), (steps) => {
        const input = new InputBytes()
        let pushed = 0
        let read = 0
        let owned: Uint8Array[] = []
        const byteAt = (i: number): number => (i * 7 + (i >> 8)) & 0xff
        const expected = (length: number): string => toHex(Uint8Array.from({ length }, (_, i) => byteAt(read + i)))
        for (const step of steps) {
          if (step.kind === 'push') {
            const chunk = Uint8Array.from({ length: step.length }, (_, i) => byteAt(pushed + i))
            pushed += step.length
            owned.push(chunk)
            input.push(chunk)
          } else if (step.kind === 'take') {
            const enough = pushed - read >= step.length
            expect(input.take(step.length)).toBe(enough)
            // Bytes that are missing are waited for: the same item is asked for until it is there.
            for (; pushed - read < step.length; pushed++) input.push(Uint8Array.of(byteAt(pushed)))
            if (!enough) expect(input.take(step.length)).toBe(true)
            const { bytes, view, offset } = input
            expect(toHex(bytes.subarray(offset, offset + step.length))).toBe(expected(step.length))
            expect(view.getUint8(offset + step.length - 1)).toBe(byteAt(read + step.length - 1))
            read += step.length
          } else if (step.kind === 'view') {
            const view = input.takeView(step.length)
            if (view === undefined) continue
            expect(toHex(view)).toBe(expected(step.length))
            read += step.length
          } else {
            const target = new Uint8Array(step.length)
            const filled = input.fill(target, 0)
            expect(filled).toBe(Math.min(step.length, pushed - read))
            expect(toHex(target.subarray(0, filled))).toBe(expected(filled))
            read += filled
          }
          expect(input.holdsChunk).toBe(read < pushed)
          if (input.holdsChunk) continue
          // Whoever owns the chunks may use their memory for something else now.
          for (const chunk of owned) chunk.fill(0xa5)
          owned = []
        }
      }),
      { numRuns: 500 },
    )
  })

  test('reads chunks in the order in which they came, also when one is used up to the last byte while others wait', () => {
    const input = new InputBytes()
    input.push(Uint8Array.of(1, 2))
    input.push(Uint8Array.of(3))
    input.takeView(2)
    input.push(Uint8Array.of(4))
    const rest = new Uint8Array(2)
    input.fill(rest, 0)
    expect(Array.from(rest)).toEqual([3, 4])
  })

  test('keeps what it has of an item in memory of its own, so that the chunk can be overwritten', () => {
    const input = new InputBytes()
    const chunk = Uint8Array.of(1, 2, 3)
    input.push(chunk)
    expect(input.take(5)).toBe(false)
    expect(input.holdsChunk).toBe(false)
    chunk.fill(9)
    input.push(Uint8Array.of(4, 5))
    expect(input.take(5)).toBe(true)
    expect(Array.from(input.bytes.subarray(input.offset, input.offset + 5))).toEqual([1, 2, 3, 4, 5])
  })

  test('gives a view of the chunk itself, without a copy, also when the one before has just been used up', () => {
    const input = new InputBytes()
    const first = Uint8Array.of(1, 2)
    const second = Uint8Array.of(3, 4, 5)
    input.push(first)
    input.push(second)
    input.take(2)
    const view = input.takeView(3)
    expect(view?.buffer).toBe(second.buffer)
  })

  test('reads a chunk that is itself a part of larger memory', () => {
    const input = new InputBytes()
    input.push(Uint8Array.of(0, 0, 1, 2, 0).subarray(2, 4))
    expect(input.take(2)).toBe(true)
    expect(input.view.getUint16(input.offset)).toBe(0x0102)
  })
})

describe('what fill misses', () => {
  const LEAST = 16 * 1024

  test('may be read to where it belongs, and is not copied then', () => {
    const input = new InputBytes()
    const body = new Uint8Array(3 + LEAST)
    input.push(Uint8Array.of(1, 2, 3))
    expect(input.fill(body, 0)).toBe(3)
    const { target } = input
    expect([target?.buffer, target?.byteOffset, target?.length]).toEqual([body.buffer, 3, LEAST])
    target!.fill(7)
    input.push(target!)
    // A copy would bring back what was read.
    body.fill(8, 3)
    expect(input.fill(body, 3)).toBe(body.length)
    expect([body[3], input.holdsChunk, input.target]).toEqual([8, false, undefined])
  })

  test('may come in several reads, and mixed with chunks from elsewhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9_000 }), fc.boolean()), { minLength: 1, size: '+1' }),
        (parts) => {
          const input = new InputBytes()
          const length = parts.reduce((sum, [size]) => sum + size, 0)
          const body = new Uint8Array(length)
          const expected = Uint8Array.from({ length: length + 2 }, (_, at) => at % 251)
          let filled = input.fill(body, 0)
          let at = 0
          for (const [size, isDirect] of parts) {
            const bytes = expected.subarray(at, at + size)
            const { target } = input
            // The reader may ask again only after several pieces.
            const place =
              isDirect && target !== undefined && target.length >= size ? target.subarray(0, size) : undefined
            place?.set(bytes)
            input.push(place ?? bytes)
            at += size
            if (place === undefined) filled = input.fill(body, filled)
          }
          input.push(expected.subarray(length))
          filled = input.fill(body, filled)
          expect(filled).toBe(length)
          expect(Buffer.compare(body, expected.subarray(0, length))).toBe(0)
          expect(input.take(2)).toBe(true)
          expect(input.bytes[input.offset]).toBe(expected[length])
        },
      ),
    )
  })

  test('is copied if it lies elsewhere in the same memory', () => {
    const input = new InputBytes()
    const memory = new Uint8Array(3 * LEAST)
    const body = memory.subarray(0, LEAST)
    input.fill(body, 0)
    input.push(memory.subarray(LEAST, 2 * LEAST).fill(6))
    expect(input.fill(body, 0)).toBe(LEAST)
    expect([body[0], body.at(-1)]).toEqual([6, 6])
  })

  test('has no place of its own if it is little: it is read with what follows', () => {
    const input = new InputBytes()
    input.fill(new Uint8Array(LEAST - 1), 0)
    expect(input.target).toBeUndefined()
  })

  test('is put into memory that the owner of the input allocates', () => {
    const lengths: number[] = []
    const allocate = (length: number): Uint8Array => {
      lengths.push(length)
      return new Uint8Array(length)
    }
    const { memory } = new InputBytes(new WireMemory(allocate))
    expect([memory.allocate(5).length, lengths]).toEqual([5, [5]])
  })
})

describe('what is not used up', () => {
  test('can be taken out between two items, however it came, as a copy after which no chunk is held', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.nat(), (chunks, part) => {
        const input = new InputBytes()
        for (const chunk of chunks) input.push(chunk)
        const all = joined(chunks)
        const used = part % (all.length + 1)
        input.fill(new Uint8Array(used), 0)
        const unread = input.takeUnread()
        expect(toHex(unread)).toBe(toHex(all.subarray(used)))
        expect(unread.buffer.byteLength).toBe(unread.length)
        expect([input.holdsChunk, input.takeUnread().length]).toEqual([false, 0])
        for (const chunk of chunks) chunk.fill(0xff)
        expect(toHex(unread)).toBe(toHex(all.subarray(used)))
      }),
    )
  })

  test('cannot be taken out in the middle of an item', () => {
    const text = 'expected bytes to be taken out between two items, got a call in the middle of one'
    const [taken, filled] = [new InputBytes(), new InputBytes()]
    for (const input of [taken, filled]) input.push(Uint8Array.of(1, 2))
    taken.take(3)
    expect(() => taken.takeUnread()).toThrow(text)
    filled.fill(new Uint8Array(3), 0)
    expect(() => filled.takeUnread()).toThrow(text)
  })
})
