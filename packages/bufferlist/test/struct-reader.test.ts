import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BufferEncoder,
  BufferList,
  decodeStruct,
  encodeStruct,
  EndOfBufferError,
  MalformedInputError,
  openLegacyStruct,
  openStruct,
} from '../src/index.ts'
import { hex } from './golden-file.ts'
import { arbitraryCuts, rechunk } from './rechunk.ts'

const cursorOf = (digits: string): ReturnType<BufferList['cursor']> => new BufferList(hex(digits)).cursor()

function detailOf(run: () => unknown): Readonly<Record<string, number>> {
  try {
    run()
  } catch (error) {
    if (error instanceof MalformedInputError) return error.detail
    throw error
  }
  throw new Error('expected an error')
}

describe('openStruct', () => {
  test('tells version and compat, and skips what newer writers append', () => {
    const cursor = cursorOf('0502 04000000 07 aabbcc ee')
    const struct = openStruct(cursor, 'thing', 3)
    expect([struct.version, struct.compat, struct.remaining]).toEqual([5, 2, 4])
    expect(cursor.readUInt8()).toBe(7)
    expect(struct.remaining).toBe(3)
    struct.finish()
    expect(cursor.readUInt8()).toBe(0xee)
  })

  test('refuses what needs a newer reader', () => {
    const cursor = cursorOf('0504 00000000')
    expect(() => openStruct(cursor, 'thing', 3)).toThrow('thing: expected compat up to 3, got 4')
    expect(detailOf(() => openStruct(cursor.seek(0), 'thing', 3))).toEqual({ compat: 4, understood: 3 })
    expect(openStruct(cursor.seek(0), 'thing', 4).version).toBe(5)
  })

  test('refuses a length beyond the bytes that are there', () => {
    expect(detailOf(() => openStruct(cursorOf('0101 03000000 0102'), 'thing', 1))).toEqual({ reached: 3, end: 2 })
    expect(() => openStruct(cursorOf('0101 ffffffff'), 'thing', 1)).toThrow(MalformedInputError)
    expect(() => openStruct(cursorOf('0101 0000'), 'thing', 1)).toThrow(EndOfBufferError)
  })

  test('refuses to have read beyond its payload', () => {
    const cursor = cursorOf('0101 02000000 01020304')
    const struct = openStruct(cursor, 'thing', 1)
    cursor.readUInt32LE()
    expect(() => {
      struct.finish()
    }).toThrow('thing: expected to stay within 8 bytes, got to 10')
  })

  test('refuses versions that are too old when asked to', () => {
    const struct = openStruct(cursorOf('0301 00000000'), 'thing', 9)
    struct.requireVersion(3)
    expect(detailOf(() => struct.requireVersion(4))).toEqual({ version: 3, oldest: 4 })
  })
})

describe('decodeStruct', () => {
  test('reads what it knows of any newer version, nested, however the bytes are cut', () => {
    const tail = fc.uint8Array({ maxLength: 20 })
    fc.assert(
      fc.property(fc.nat(0xffff), tail, tail, arbitraryCuts, (value, innerTail, outerTail, cuts) => {
        const encoder = new BufferEncoder()
        encodeStruct(encoder, 7, 1, () => {
          encodeStruct(encoder, 8, 2, () => encoder.writeUInt16LE(value).writeBytes(innerTail))
          encoder.writeUInt8(5).writeBytes(outerTail)
        })
        const cursor = rechunk(encoder.writeUInt8(0xee).toBufferList().slice(), cuts).cursor()
        const read = decodeStruct(cursor, 'outer', 1, () => {
          const inner = decodeStruct(cursor, 'inner', 2, () => cursor.readUInt16LE())
          return [inner, cursor.readUInt8()]
        })
        expect(read).toEqual([value, 5])
        expect(cursor.readUInt8()).toBe(0xee)
      }),
    )
  })

  test('hands its reader the version', () => {
    expect(decodeStruct(cursorOf('0201 00000000'), 'thing', 1, (_, struct) => struct.version)).toBe(2)
  })
})

describe('openLegacyStruct', () => {
  test('reads whole frames as openStruct does', () => {
    const cursor = cursorOf('0503 02000000 01 02 ee')
    const struct = openLegacyStruct(cursor, 'thing', 3, { compatSince: 3, lengthSince: 3 })
    expect([struct.version, struct.compat, struct.remaining]).toEqual([5, 3, 2])
    struct.finish()
    expect(cursor.readUInt8()).toBe(0xee)
    expect(() => openLegacyStruct(cursor.seek(0), 'thing', 2, { compatSince: 3, lengthSince: 3 })).toThrow(
      MalformedInputError,
    )
  })

  test('reads versions before compat and length, which are neither checked nor skipped', () => {
    const cursor = cursorOf('02 aabb')
    const struct = openLegacyStruct(cursor, 'thing', 1, { compatSince: 3, lengthSince: 3 })
    expect([struct.version, struct.compat, struct.remaining]).toEqual([2, 0, 2])
    expect(cursor.readUInt8()).toBe(0xaa)
    struct.finish()
    expect(cursor.readUInt8()).toBe(0xbb)
  })

  test('reads versions with compat but without length', () => {
    const cursor = cursorOf('0401 aa')
    const struct = openLegacyStruct(cursor, 'thing', 1, { compatSince: 4, lengthSince: 5 })
    expect([struct.compat, struct.remaining]).toEqual([1, 1])
  })

  test('skips the rest of old versions of 16 and 32 bits', () => {
    const frame = { compatSince: 3, lengthSince: 3 }
    const of16 = cursorOf('0200 aa')
    openLegacyStruct(of16, 'thing', 1, { ...frame, oldVersionBytes: 2 })
    expect(of16.readUInt8()).toBe(0xaa)
    const of32 = cursorOf('02000000 aa')
    openLegacyStruct(of32, 'thing', 1, { ...frame, oldVersionBytes: 4 })
    expect(of32.readUInt8()).toBe(0xaa)
    const newer = cursorOf('0301 01000000 aa')
    openLegacyStruct(newer, 'thing', 1, { ...frame, oldVersionBytes: 4 })
    expect(newer.readUInt8()).toBe(0xaa)
  })
})
