import { expect, test } from 'vitest'
import { BufferEncoder, encodeStruct, startStruct } from '../src/index.ts'

const digits = (encoder: BufferEncoder): string => encoder.toBufferList().toString('hex')

test('a struct is a version, a compat, a length and the payload', () => {
  const encoder = new BufferEncoder().writeUInt8(0xaa)
  const struct = startStruct(encoder, 3, 2)
  encoder.writeUInt16LE(0x1234).writeString('x')
  struct.finish()
  expect(digits(encoder.writeUInt8(0xbb))).toBe('aa' + '0302' + '07000000' + '3412' + '0100000078' + 'bb')
})

test('structs nest, and may be empty', () => {
  const encoder = new BufferEncoder()
  encodeStruct(encoder, 1, 1, () => {
    encodeStruct(encoder, 2, 1, () => encoder.writeUInt8(9))
    encodeStruct(encoder, 4, 3, () => undefined)
  })
  expect(digits(encoder)).toBe('0101' + '0d000000' + ('0201' + '01000000' + '09') + ('0403' + '00000000'))
})

test('compat can be raised by what turned out to be written', () => {
  const encoder = new BufferEncoder()
  encodeStruct(encoder, 9, 1, (_, struct) => {
    struct.raiseCompat(6)
  })
  expect(digits(encoder)).toBe('0906' + '00000000')
})

test('the length is right for payloads of many blocks and shared chunks', () => {
  const encoder = new BufferEncoder()
  encodeStruct(encoder, 1, 1, () => encoder.writeBytes(new Uint8Array(70_000)).writeBytes(new Uint8Array(70_000)))
  const list = encoder.toBufferList()
  expect(list.cursor(2).readUInt32LE()).toBe(140_000)
  expect(list.length).toBe(140_006)
})

test('versions are bytes', () => {
  expect(() => startStruct(new BufferEncoder(), 256, 1)).toThrow(RangeError)
  expect(() => startStruct(new BufferEncoder(), 1, 256)).toThrow(RangeError)
  expect(() => startStruct(new BufferEncoder(), -1, 1)).toThrow(RangeError)
})
