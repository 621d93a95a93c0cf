import { createCipheriv } from 'node:crypto'
import { FooterFlag, MessageFooter, MessageHeader } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CryptoKey, KeyError, MessageSigner } from '../src/index.ts'
import * as arbitrary from './arbitraries.ts'

const { uint32 } = arbitrary
const numbers = fc.record({
  crc: uint32,
  frontLength: uint32,
  middleLength: uint32,
  dataLength: uint32,
  seq: fc.maxSafeNat(),
})
const crcs = fc.record({ frontCrc: uint32, middleCrc: uint32, dataCrc: uint32 })
const message = fc
  .tuple(numbers, crcs)
  .map(
    ([ofHeader, ofFooter]) =>
      [
        Object.assign(new MessageHeader(), ofHeader),
        Object.assign(new MessageFooter(), { ...ofFooter, flags: FooterFlag.complete }),
      ] as const,
  )

/** AES-CBC as cephx has it, of one buffer of u32 and other things put together by hand. */
function encrypt(key: CryptoKey, block: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-cbc', key.exportSecret(), 'cephsageyudagreg')
  return Buffer.concat([cipher.update(block), cipher.final()])
}

function words(...values: number[]): Buffer {
  const block = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => block.writeUInt32LE(value, 4 * i))
  return block
}

describe('MessageSigner', () => {
  test('signs eight numbers of a message between peers with CEPHX_V2', () => {
    fc.assert(
      fc.property(arbitrary.aesKey, message, (key, [header, footer]) => {
        new MessageSigner(key, { hasCephxV2: true }).sign(header, footer)
        const block = words(
          ...[header.crc, footer.frontCrc, header.frontLength, footer.middleCrc, header.middleLength],
          ...[footer.dataCrc, header.dataLength, Number(BigInt(header.seq) & 0xffffffffn)],
        )
        const encrypted = encrypt(key, block)
        expect(encrypted).toHaveLength(48)
        const folded = [0, 8, 16, 24].reduce((sum, at) => sum ^ encrypted.readBigUInt64LE(at), 0n)
        expect(footer.signature).toBe(folded)
        expect(footer.flags).toBe(FooterFlag.complete | FooterFlag.signed)
      }),
    )
  })

  test('signs four between peers without', () => {
    fc.assert(
      fc.property(arbitrary.aesKey, message, (key, [header, footer]) => {
        new MessageSigner(key, { hasCephxV2: false }).sign(header, footer)
        const magic = Buffer.from('0155aa2688ad9c00ff10000000', 'hex')
        const block = Buffer.concat([magic, words(header.crc, footer.frontCrc, footer.middleCrc, footer.dataCrc)])
        expect(block).toHaveLength(29)
        expect(footer.signature).toBe(encrypt(key, block).readBigUInt64LE(0))
      }),
    )
  })

  test('finds what it has signed right, and nothing that was changed after', () => {
    const fields = fc.constantFrom('crc', 'frontLength', 'middleLength', 'dataLength', 'seq')
    const footerFields = fc.constantFrom('frontCrc', 'middleCrc', 'dataCrc', 'signatureLow', 'signatureHigh')
    fc.assert(
      fc.property(arbitrary.key, message, fields, footerFields, (key, [header, footer], field, footerField) => {
        const signer = new MessageSigner(key, { hasCephxV2: true })
        signer.sign(header, footer)
        expect(signer.check(header, footer)).toBe(true)
        header[field] = (header[field] ^ 1) >>> 0
        expect(signer.check(header, footer)).toBe(false)
        header[field] = (header[field] ^ 1) >>> 0
        fc.pre(signer.check(header, footer))
        footer[footerField] = (footer[footerField] ^ 0x100) >>> 0
        expect(signer.check(header, footer)).toBe(false)
      }),
    )
  })

  test('with another key finds nothing right', () => {
    const [header, footer] = [new MessageHeader(), new MessageFooter()]
    new MessageSigner(CryptoKey.generate(), { hasCephxV2: true }).sign(header, footer)
    expect(new MessageSigner(CryptoKey.generate(), { hasCephxV2: true }).check(header, footer)).toBe(false)
  })

  test('has no way to sign with a key of type 2 for a peer without CEPHX_V2', () => {
    const key = CryptoKey.generate({ type: 2 })
    expect(() => new MessageSigner(key, { hasCephxV2: false })).toThrow(KeyError)
    const [header, footer] = [new MessageHeader(), new MessageFooter()]
    header.crc = 5
    new MessageSigner(key, { hasCephxV2: true }).sign(header, footer)
    const mac = Buffer.from(key.hmacSha256(words(5, 0, 0, 0, 0, 0, 0, 0)))
    expect(footer.signature).toBe([0, 8, 16, 24].reduce((sum, at) => sum ^ mac.readBigUInt64LE(at), 0n))
  })
})
