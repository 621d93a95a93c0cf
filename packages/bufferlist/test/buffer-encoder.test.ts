import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BufferCursor, BufferEncoder, BufferList } from '../src/index.ts'
import { hex } from './golden-file.ts'
import { arbitraryCuts, rechunk } from './rechunk.ts'

const digits = (encoder: BufferEncoder): string => encoder.toBufferList().toString('hex')

interface Written {
  write: (encoder: BufferEncoder) => void
  /** What a DataView makes of the same value. */
  expected: Uint8Array
  read: (cursor: BufferCursor) => unknown
  value: unknown
}

function viaDataView(length: number, set: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length)
  set(new DataView(bytes.buffer))
  return bytes
}

const sized = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.of(...viaDataView(4, (view) => view.setUint32(0, bytes.length, true)), ...bytes)

const field: fc.Arbitrary<Written> = fc.oneof(
  fc.nat(0xff).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeUInt8(value),
    expected: viaDataView(1, (v) => v.setUint8(0, value)),
    read: (c: BufferCursor) => c.readUInt8(),
  })),
  fc.integer({ min: -0x80, max: 0x7f }).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeInt8(value),
    expected: viaDataView(1, (v) => v.setInt8(0, value)),
    read: (c: BufferCursor) => c.readInt8(),
  })),
  fc.boolean().map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeBoolean(value),
    expected: Uint8Array.of(value ? 1 : 0),
    read: (c: BufferCursor) => c.readBoolean(),
  })),
  fc.nat(0xffff).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeUInt16LE(value),
    expected: viaDataView(2, (v) => v.setUint16(0, value, true)),
    read: (c: BufferCursor) => c.readUInt16LE(),
  })),
  fc.integer({ min: -0x8000, max: 0x7fff }).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeInt16LE(value),
    expected: viaDataView(2, (v) => v.setInt16(0, value, true)),
    read: (c: BufferCursor) => c.readInt16LE(),
  })),
  fc.nat(0xffffffff).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeUInt32LE(value),
    expected: viaDataView(4, (v) => v.setUint32(0, value, true)),
    read: (c: BufferCursor) => c.readUInt32LE(),
  })),
  fc.integer().map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeInt32LE(value),
    expected: viaDataView(4, (v) => v.setInt32(0, value, true)),
    read: (c: BufferCursor) => c.readInt32LE(),
  })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeBigUInt64LE(value),
    expected: viaDataView(8, (v) => v.setBigUint64(0, value, true)),
    read: (c: BufferCursor) => c.readBigUInt64LE(),
  })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeBigInt64LE(value),
    expected: viaDataView(8, (v) => v.setBigInt64(0, value, true)),
    read: (c: BufferCursor) => c.readBigInt64LE(),
  })),
  fc.maxSafeNat().map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeSafeUInt64LE(value),
    expected: viaDataView(8, (v) => v.setBigUint64(0, BigInt(value), true)),
    read: (c: BufferCursor) => c.readSafeUInt64LE(),
  })),
  fc.maxSafeInteger().map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeSafeInt64LE(value),
    expected: viaDataView(8, (v) => v.setBigInt64(0, BigInt(value), true)),
    read: (c: BufferCursor) => c.readSafeInt64LE(),
  })),
  fc.float().map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeFloatLE(value),
    expected: viaDataView(4, (v) => v.setFloat32(0, value, true)),
    read: (c: BufferCursor) => c.readFloatLE(),
  })),
  fc.double().map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeDoubleLE(value),
    expected: viaDataView(8, (v) => v.setFloat64(0, value, true)),
    read: (c: BufferCursor) => c.readDoubleLE(),
  })),
  fc.string({ unit: 'binary', maxLength: 100 }).map((value) => ({
    value,
    write: (e: BufferEncoder) => e.writeString(value),
    expected: sized(new TextEncoder().encode(value)),
    read: (c: BufferCursor) => c.readString(),
  })),
  fc
    .oneof(
      fc.uint8Array(),
      fc.constantFrom(300, 9000).map((n) => new Uint8Array(n).fill(n)),
    )
    .map((value) => ({
      value: Buffer.from(value).toString('hex'),
      write: (e: BufferEncoder) => e.writeSizedBytes(value),
      expected: sized(value),
      read: (c: BufferCursor) => c.readSizedList().toString('hex'),
    })),
  fc.tuple(fc.uint8Array(), fc.constantFrom(0, 257)).map(([small, n]) => {
    const list = new BufferList(small).append(new Uint8Array(n).fill(n))
    return {
      value: list.toString('hex'),
      write: (e: BufferEncoder) => e.writeSizedList(list),
      expected: sized(list.slice()),
      read: (c: BufferCursor) => Buffer.from(c.readSizedBytes()).toString('hex'),
    }
  }),
  fc.nat(20).map((value) => ({
    value: 0,
    write: (e: BufferEncoder) => e.writeZeros(value),
    expected: new Uint8Array(value),
    read: (c: BufferCursor) => c.readBytes(value).reduce((sum, byte) => sum + byte, 0),
  })),
)

describe('what is written', () => {
  test('has the bytes that a DataView makes, and is read back, however it is cut', () => {
    const kept = new BufferEncoder()
    fc.assert(
      fc.property(fc.array(field, { maxLength: 60, size: 'max' }), arbitraryCuts, (fields, cuts) => {
        for (const { write } of fields) write(kept)
        const expected = Buffer.concat(fields.map((one) => one.expected))
        expect(kept.length).toBe(expected.length)
        const bytes = kept.toBufferList().slice()
        expect(kept.length).toBe(0)
        expect(Buffer.compare(bytes, expected)).toBe(0)
        const cursor = rechunk(bytes, cuts).cursor()
        for (const { read, value } of fields) expect(read(cursor)).toEqual(value)
        expect(cursor.isAtEnd).toBe(true)
      }),
    )
  })

  test.each<[string, (encoder: BufferEncoder) => void]>([
    ['u8', (e) => e.writeUInt8(256)],
    ['u8', (e) => e.writeUInt8(-1)],
    ['u8', (e) => e.writeUInt8(1.5)],
    ['u8', (e) => e.writeUInt8(Number.NaN)],
    ['s8', (e) => e.writeInt8(128)],
    ['s8', (e) => e.writeInt8(-129)],
    ['u16', (e) => e.writeUInt16LE(0x10000)],
    ['s16', (e) => e.writeInt16LE(0x8000)],
    ['u32', (e) => e.writeUInt32LE(2 ** 32)],
    ['u32', (e) => e.writeUInt32LE(-1)],
    ['s32', (e) => e.writeInt32LE(2 ** 31)],
    ['u64', (e) => e.writeBigUInt64LE(2n ** 64n)],
    ['u64', (e) => e.writeBigUInt64LE(-1n)],
    ['s64', (e) => e.writeBigInt64LE(2n ** 63n)],
    ['safe u64', (e) => e.writeSafeUInt64LE(2 ** 53)],
    ['safe u64', (e) => e.writeSafeUInt64LE(-1)],
    ['safe s64', (e) => e.writeSafeInt64LE(-(2 ** 53))],
    ['zeros', (e) => e.writeZeros(-1)],
    ['hole', (e) => e.hole(0.5)],
  ])('must fit: %s', (_, write) => {
    const encoder = new BufferEncoder()
    expect(() => {
      write(encoder)
    }).toThrow(RangeError)
    expect(encoder.length).toBe(0)
  })

  test('keeps NaN and minus zero', () => {
    const encoder = new BufferEncoder().writeDoubleLE(Number.NaN).writeDoubleLE(-0).writeFloatLE(Number.NaN)
    const cursor = encoder.toBufferList().cursor()
    expect([cursor.readDoubleLE(), cursor.readDoubleLE(), cursor.readFloatLE()]).toEqual([Number.NaN, -0, Number.NaN])
  })

  test('of text that only begins as ASCII is UTF-8 all the same', () => {
    expect(digits(new BufferEncoder().writeUInt8(1).writeString('abcé').writeUInt8(2))).toBe('0105000000616263c3a902')
    expect(digits(new BufferEncoder().writeString('\ud800'))).toBe('03000000efbfbd')
  })

  test('small enough is one chunk', () => {
    const encoder = new BufferEncoder().writeUInt32LE(1).writeString('abc').writeBytes(hex('0102'))
    expect(encoder.writeList(new BufferList(hex('aa')).append(hex('bb'))).toBufferList().chunkCount).toBe(1)
  })

  test('goes over to new memory when it is full, without a gap', () => {
    const encoder = new BufferEncoder()
    for (let i = 0; i < 100_000; i++) encoder.writeUInt32LE(i)
    const list = encoder.writeBytes(new Uint8Array(200_000).fill(9)).writeUInt8(1).toBufferList()
    expect(list.length).toBe(600_001)
    expect(list.chunkCount).toBeLessThan(15)
    const cursor = list.cursor()
    for (let i = 0; i < 100_000; i++) if (cursor.readUInt32LE() !== i) throw new Error(`not ${i}`)
    expect(cursor.readBytes(200_000).every((byte) => byte === 9)).toBe(true)
    expect(cursor.readUInt8()).toBe(1)
  })
})

describe('memory', () => {
  test('of bytes is copied, and of large chunks in lists shared', () => {
    const large = new Uint8Array(257)
    const small = new Uint8Array(256)
    const bytes = new Uint8Array(10_000)
    const list = new BufferEncoder()
      .writeUInt8(1)
      .writeList(new BufferList(large).append(small))
      .writeBytes(bytes)
      .toBufferList()
    expect(list.chunkAt(1)).toBe(large)
    small.fill(1)
    bytes.fill(1)
    expect(list.substr(1, list.length - 1).isZero()).toBe(true)
  })

  test('that was handed over is not written again', () => {
    const first = new BufferEncoder().writeString('first').toBufferList()
    const before = first.slice()
    const encoder = new BufferEncoder().writeString('second')
    const other = new BufferEncoder().writeString('third')
    encoder.writeString('fourth')
    other.toBufferList()
    const again = encoder.writeString('fifth').toBufferList()
    encoder.writeString('sixth').toBufferList()
    expect(first.slice()).toEqual(before)
    expect(again.toString('latin1')).toBe('\x06\0\0\0second\x06\0\0\0fourth\x05\0\0\0fifth')
  })

  test('that was dropped comes back as zeros', () => {
    const encoder = new BufferEncoder().writeBytes(new Uint8Array(100).fill(0xff))
    encoder.clear()
    expect(encoder.length).toBe(0)
    expect(encoder.writeZeros(300).toBufferList().isZero()).toBe(true)
    encoder.writeString('é'.repeat(10))
    encoder.hole(100)
    expect(encoder.toBufferList().substr(24, 100).isZero()).toBe(true)
  })

  test('of nothing is an empty list', () => {
    expect(new BufferEncoder().toBufferList().chunkCount).toBe(0)
    expect(new BufferEncoder().writeBytes(new Uint8Array(0)).toBufferList().chunkCount).toBe(0)
  })

  test('of small encoders, one after the other, is the same', () => {
    const buffers = new Set<ArrayBufferLike>()
    for (let i = 0; i < 100; i++) {
      const { firstChunk } = new BufferEncoder().writeUInt32LE(i).toBufferList()
      if (firstChunk !== undefined) buffers.add(firstChunk.buffer)
    }
    expect(buffers.size).toBeLessThanOrEqual(2)
  })
})
