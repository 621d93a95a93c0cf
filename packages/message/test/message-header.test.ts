import { crc32c } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MESSAGE_HEADER_CRC_OFFSET, MESSAGE_HEADER_SIZE, MessageHeader } from '../src/index.ts'
import { readGolden } from './read-golden.ts'

const uint16 = fc.integer({ min: 0, max: 0xffff })
const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const fields = fc.record({
  seq: fc.oneof(fc.maxSafeNat(), fc.nat()),
  tidLow: uint32,
  tidHigh: uint32,
  type: uint16,
  priority: uint16,
  version: uint16,
  frontLength: uint32,
  middleLength: uint32,
  dataLength: uint32,
  dataOffset: uint16,
  sourceType: fc.nat({ max: 255 }),
  sourceNum: fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constant(-1)),
  compatVersion: uint16,
})

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

describe('MessageHeader', () => {
  it.each([
    [
      'mping-osd-9-header',
      0,
      { seq: 1, type: 2, priority: 127, version: 1, compatVersion: 1, sourceType: 4, sourceNum: 9 },
    ],
    ['mping-unnamed-client-header', 0, { seq: 1, type: 2, priority: 127, version: 1, sourceType: 8, sourceNum: -1 }],
    ['mping-client-4100-frame', 1, { seq: 1, type: 2, frontLength: 0, sourceType: 8, sourceNum: 4100 }],
    ['mosd-ping-frame', 1, { seq: 1, type: 70, version: 5, compatVersion: 4, frontLength: 54, sourceNum: 9 }],
    ['mon-ping-reply', 1, { seq: 1, type: 2, priority: 196, version: 1, compatVersion: 0, frontLength: 3864 }],
    ['mon-auth-reply-old-footer', 1, { seq: 2, type: 18, priority: 196, frontLength: 24, sourceType: 1, sourceNum: 0 }],
  ])('reads and writes that of %s', (name, offset, expected) => {
    const frame = readGolden(name)
    const header = new MessageHeader()
    header.read(viewOf(frame), offset)
    expect(header).toMatchObject({ ...expected, tidLow: 0, tidHigh: 0, middleLength: 0, dataLength: 0, dataOffset: 0 })
    expect(header.crc).toBe(crc32c(frame, 0, offset, offset + MESSAGE_HEADER_CRC_OFFSET))

    const again = Buffer.alloc(MESSAGE_HEADER_CRC_OFFSET, 0xaa)
    header.write(viewOf(again), 0)
    expect(again).toEqual(Buffer.from(frame.subarray(offset, offset + MESSAGE_HEADER_CRC_OFFSET)))
  })

  it('lies on the wire as its layout says, and nothing around it changes, not even the crc', () => {
    fc.assert(
      fc.property(fields, fc.nat({ max: 9 }), (values, offset) => {
        const expected = Buffer.alloc(offset + MESSAGE_HEADER_SIZE, 0xaa)
        expected.writeBigUInt64LE(BigInt(values.seq), offset)
        expected.writeUInt32LE(values.tidLow, offset + 8)
        expected.writeUInt32LE(values.tidHigh, offset + 12)
        expected.writeUInt16LE(values.type, offset + 16)
        expected.writeUInt16LE(values.priority, offset + 18)
        expected.writeUInt16LE(values.version, offset + 20)
        expected.writeUInt32LE(values.frontLength, offset + 22)
        expected.writeUInt32LE(values.middleLength, offset + 26)
        expected.writeUInt32LE(values.dataLength, offset + 30)
        expected.writeUInt16LE(values.dataOffset, offset + 34)
        expected.writeUInt8(values.sourceType, offset + 36)
        expected.writeBigInt64LE(BigInt(values.sourceNum), offset + 37)
        expected.writeUInt16LE(values.compatVersion, offset + 45)
        expected.writeUInt16LE(0, offset + 47)

        const bytes = Buffer.alloc(expected.length, 0xaa)
        Object.assign(new MessageHeader(), values).write(viewOf(bytes), offset)
        expect(bytes).toEqual(expected)
      }),
    )
  })

  it('is read into an object that held another', () => {
    fc.assert(
      fc.property(fields, fields, uint32, (values, old, crc) => {
        const bytes = Buffer.alloc(MESSAGE_HEADER_SIZE)
        Object.assign(new MessageHeader(), values).write(viewOf(bytes), 0)
        bytes.writeUInt32LE(crc, MESSAGE_HEADER_CRC_OFFSET)
        const header = Object.assign(new MessageHeader(), old)
        header.read(viewOf(bytes), 0)
        expect(header).toEqual(Object.assign(new MessageHeader(), { ...values, crc }))
      }),
    )
  })

  it.each([
    ['a sequence number of 2^53', 0, '0000000000002000'],
    ['the largest sequence number of the wire', 0, 'ffffffffffffffff'],
    ['a source number of 2^53', 37, '0000000000002000'],
    ['a source number of -2^53', 37, '000000000000e0ff'],
  ])('refuses %s', (_, offset, hex) => {
    const bytes = Buffer.alloc(MESSAGE_HEADER_SIZE)
    bytes.writeUInt16LE(70, 16)
    bytes.set(Buffer.from(hex, 'hex'), offset)
    const error: unknown = expect.objectContaining({ name: 'MessageError', code: 'ERR_MSGR_HEADER', type: 70 })
    expect(() => new MessageHeader().read(viewOf(bytes), 0)).toThrow(error)
  })

  it.each([
    ['2^53 - 1', 0, 'ffffffffffff1f00', { seq: Number.MAX_SAFE_INTEGER }],
    ['a source number of 2^53 - 1', 37, 'ffffffffffff1f00', { sourceNum: Number.MAX_SAFE_INTEGER }],
    ['a source number of -(2^53 - 1)', 37, '010000000000e0ff', { sourceNum: Number.MIN_SAFE_INTEGER }],
  ])('takes %s', (_, offset, hex, expected) => {
    const bytes = Buffer.alloc(MESSAGE_HEADER_SIZE)
    bytes.set(Buffer.from(hex, 'hex'), offset)
    const header = new MessageHeader()
    header.read(viewOf(bytes), 0)
    expect(header).toMatchObject(expected)
  })
})
