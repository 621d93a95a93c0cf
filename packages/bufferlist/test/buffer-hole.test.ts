import { describe, expect, test } from 'vitest'
import { BufferEncoder, EndOfBufferError } from '../src/index.ts'
import { hex } from './golden-file.ts'

describe('a hole', () => {
  test('is filled after more was written and after the bytes were handed over', () => {
    const encoder = new BufferEncoder().writeUInt8(1)
    const hole = encoder.hole(6)
    encoder.writeUInt8(2)
    expect(hole.length).toBe(6)
    hole.fillUInt32LE(0x04030201)
    const list = encoder.toBufferList()
    hole.fillUInt16LE(0xbeef, 4)
    expect(list.toString('hex')).toBe('0101020304efbe02')
    hole.fillUInt8(0xaa, 1)
    hole.fill(hex('bbcc'), 2)
    expect(list.toString('hex')).toBe('0101aabbccefbe02')
  })

  test('takes only what fits its type', () => {
    const hole = new BufferEncoder().hole(4)
    expect(() => hole.fillUInt8(256)).toThrow(RangeError)
    expect(() => hole.fillUInt16LE(-1)).toThrow(RangeError)
    expect(() => hole.fillUInt32LE(2 ** 32)).toThrow(RangeError)
  })

  test('cannot be overfilled', () => {
    const encoder = new BufferEncoder()
    const hole = encoder.hole(3)
    encoder.writeUInt8(9)
    expect(() => {
      hole.fillUInt32LE(1)
    }).toThrow(new EndOfBufferError(4, 3))
    expect(() => {
      hole.fill(hex('0102'), 2)
    }).toThrow(new EndOfBufferError(2, 1))
    expect(() => {
      hole.fillUInt8(1, -1)
    }).toThrow(RangeError)
    expect(encoder.toBufferList().toString('hex')).toBe('00000009')
  })

  test('stays where it is when the encoder goes on to new memory', () => {
    const encoder = new BufferEncoder()
    const hole = encoder.hole(4)
    encoder.writeBytes(new Uint8Array(100_000))
    hole.fillUInt32LE(encoder.length)
    expect(encoder.toBufferList().cursor().readUInt32LE()).toBe(100_004)
  })
})
