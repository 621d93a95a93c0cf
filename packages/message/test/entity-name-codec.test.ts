import { BufferEncoder, BufferList, EndOfBufferError, MalformedInputError, vectorOf } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEntityName, encodeEntityName, EntityName, entityNameCodec } from '../src/index.ts'

function encoded(name: EntityName): Uint8Array {
  const encoder = new BufferEncoder()
  encodeEntityName(encoder, name)
  return encoder.toBufferList().slice()
}

const name = fc
  .tuple(fc.nat({ max: 255 }), fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }))
  .map(([type, num]) => new EntityName(type, num))

describe('the encoding of a name', () => {
  it.each([
    [EntityName.mon(0), '010000000000000000'],
    [EntityName.osd(9), '040900000000000000'],
    [EntityName.client(4100), '080410000000000000'],
    [EntityName.client(-1), '08ffffffffffffffff'],
  ])('of %s is %s', (value, hex) => {
    expect(Buffer.from(encoded(value)).toString('hex')).toBe(hex)
    expect(decodeEntityName(new BufferList(Buffer.from(hex, 'hex')).cursor())).toEqual(value)
  })

  it('is a type byte and a signed 64-bit number, and is read back', () => {
    fc.assert(
      fc.property(name, (value) => {
        const expected = Buffer.alloc(9)
        expected.writeUInt8(value.type)
        expected.writeBigInt64LE(BigInt(value.num), 1)
        expect(Buffer.from(encoded(value))).toEqual(expected)
        expect(decodeEntityName(new BufferList(expected).cursor())).toEqual(value)
      }),
    )
  })

  it('is refused when it is cut short, or its number is beyond what a number can hold', () => {
    const bytes = encoded(EntityName.osd(3))
    expect(() => decodeEntityName(new BufferList(bytes.subarray(0, 8)).cursor())).toThrow(EndOfBufferError)
    const large = Buffer.from('040000000000002000', 'hex')
    expect(() => decodeEntityName(new BufferList(large).cursor())).toThrow(MalformedInputError)
  })

  it('can be part of a collection', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), (names) => {
        const codec = vectorOf(entityNameCodec)
        const encoder = new BufferEncoder()
        codec.encode(encoder, names)
        const list = encoder.toBufferList()
        expect(list.length).toBe(4 + names.length * entityNameCodec.minLength)
        expect(codec.decode(list.cursor())).toEqual(names)
      }),
    )
  })
})
