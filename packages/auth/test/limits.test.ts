import { BufferEncoder, BufferList, EndOfBufferError, uint8 } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limitedBytes, limitedString, limitedVector } from '../src/limits.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'

describe('codecs with a limit', () => {
  test('encode and decode what is within it', () => {
    fc.assert(
      fc.property(arbitrary.bytes, fc.string({ maxLength: 30 }), (bytes, text) => {
        const bytesCodec = limitedBytes('bytes', 100)
        const again = decodeFromBytes(bytesCodec, encodeToBytes(bytesCodec, bytes))
        expect(Buffer.from(again)).toEqual(Buffer.from(bytes))
        const textCodec = limitedString('text', 1000)
        expect(decodeFromBytes(textCodec, encodeToBytes(textCodec, text))).toBe(text)
        const vectorCodec = limitedVector('numbers', uint8, 100)
        expect(decodeFromBytes(vectorCodec, encodeToBytes(vectorCodec, [...bytes]))).toEqual([...bytes])
      }),
    )
  })

  test.each([
    ['bytes', limitedBytes('bytes', 3)],
    ['text', limitedString('text', 3)],
    ['numbers', limitedVector('numbers', uint8, 3)],
  ])('%s: refuse what is beyond it, before anything else', (what, codec) => {
    const list = new BufferEncoder().writeUInt32LE(4).writeZeros(4).toBufferList()
    expect(() => codec.decode(list.cursor())).toThrow(`${what}: expected at most 3, got 4`)
    const cut = new BufferEncoder().writeUInt32LE(3).toBufferList()
    expect(() => codec.decode(cut.cursor())).toThrow(EndOfBufferError)
  })

  test('bytes are refused when they are written, too', () => {
    expect(() => encodeToBytes(limitedBytes('bytes', 3), new Uint8Array(4))).toThrow('bytes: expected at most 3, got 4')
  })

  test('bytes are a copy', () => {
    const source = new BufferEncoder().writeSizedBytes(Uint8Array.of(1, 2)).toBufferList().toContiguous()
    const bytes = limitedBytes('bytes', 9).decode(new BufferList(source).cursor())
    source.fill(0)
    expect([...bytes]).toEqual([1, 2])
  })
})
