import { crc32c } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FooterFlag, MESSAGE_FOOTER_OLD_SIZE, MESSAGE_FOOTER_SIZE, MessageFooter } from '../src/index.ts'
import { readGolden } from './read-golden.ts'

const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const sizes = [MESSAGE_FOOTER_SIZE, MESSAGE_FOOTER_OLD_SIZE] as const
const fields = fc.record({
  frontCrc: uint32,
  middleCrc: uint32,
  dataCrc: uint32,
  signature: uint64,
  flags: fc.nat({ max: 255 }),
})

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

describe('MessageFooter', () => {
  it('has the flags of the wire', () => {
    expect(FooterFlag).toEqual({ complete: 1, noCrc: 2, signed: 4 })
  })

  it.each([
    ['mosd-ping-frame', 21, 54],
    ['mon-ping-reply', 21, 3864],
    ['mon-auth-reply-old-footer', 13, 24],
    ['mping-client-4100-frame', 21, 0],
  ])('reads and writes that of %s', (name, size, frontLength) => {
    const frame = readGolden(name)
    const front = frame.subarray(54, 54 + frontLength)
    const bytes = frame.subarray(54 + frontLength)
    expect(bytes.length).toBe(size)

    const footer = new MessageFooter()
    footer.read(viewOf(bytes), 0, size)
    expect(footer).toMatchObject({ frontCrc: crc32c(front), middleCrc: 0, dataCrc: 0, flags: FooterFlag.complete })
    expect(footer.signature).toBe(0n)

    const again = Buffer.alloc(size, 0xaa)
    footer.write(viewOf(again), 0, size)
    expect(again).toEqual(Buffer.from(bytes))
  })

  it('lies on the wire as its layout says, and nothing around it changes', () => {
    fc.assert(
      fc.property(fields, fc.constantFrom(...sizes), fc.nat({ max: 9 }), (values, size, offset) => {
        const expected = Buffer.alloc(offset + size + 5, 0xaa)
        expected.writeUInt32LE(values.frontCrc, offset)
        expected.writeUInt32LE(values.middleCrc, offset + 4)
        expected.writeUInt32LE(values.dataCrc, offset + 8)
        if (size === MESSAGE_FOOTER_SIZE) expected.writeBigUInt64LE(values.signature, offset + 12)
        expected.writeUInt8(values.flags, offset + size - 1)

        const bytes = Buffer.alloc(expected.length, 0xaa)
        Object.assign(new MessageFooter(), values).write(viewOf(bytes), offset, size)
        expect(bytes).toEqual(expected)
      }),
    )
  })

  it('is read into an object that held another', () => {
    fc.assert(
      fc.property(fields, fields, fc.constantFrom(...sizes), (values, old, size) => {
        const bytes = Buffer.alloc(size)
        Object.assign(new MessageFooter(), values).write(viewOf(bytes), 0, size)
        const footer = Object.assign(new MessageFooter(), old)
        footer.read(viewOf(bytes), 0, size)
        expect(footer).toMatchObject(size === MESSAGE_FOOTER_SIZE ? values : { ...values, signature: 0n })
      }),
    )
  })

  it('has a signature of two halves', () => {
    fc.assert(
      fc.property(uint64, (signature) => {
        const footer = new MessageFooter()
        footer.signature = signature
        expect(footer).toMatchObject({
          signatureLow: Number(signature & 0xffffffffn),
          signatureHigh: Number(signature >> 32n),
        })
        expect(footer.signature).toBe(signature)
      }),
    )
  })
})
