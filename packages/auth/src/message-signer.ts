import { timingSafeEqual } from 'node:crypto'
import { FooterFlag, type MessageFooter, type MessageHeader } from '@msgr/message'
import { type SealingKey } from './crypto-key.ts'
import { KeyError } from './errors.ts'
import { KeyType } from './key-cipher.ts'
import { KeyUsage } from './key-usage.ts'

const MAGIC = 0xff009cad8826aa55n
const NEW_BLOCK_LENGTH = 32
const OLD_BLOCK_LENGTH = 29
const SIGNATURE_LENGTH = 8

/**
 * Signs and checks the messages of one connection of version 1 of the protocol. What is signed are the checksums, so
 * all of them have to be in header and footer first; and nothing is encrypted. Version 2 has no such signatures.
 *
 *      with CEPHX_V2   header crc, front crc, front length, middle crc, middle length, data crc, data length,
 *                      low half of seq: u32 each. The signature is the first four u64 of it encrypted, exclusive-ored
 *      without         u8 1, u64 magic, u32 16, header crc, front crc, middle crc, data crc. It is the first u64
 *
 * Keys of type 2 sign the newer block alone, with the four words of its HMAC-SHA256: so Linux does it; it has not been
 * tried with a daemon. Ceph: src/auth/cephx/CephxSessionHandler.cc
 */
export class MessageSigner {
  readonly #key: SealingKey
  readonly #hasCephxV2: boolean
  readonly #block: Buffer
  readonly #expected = Buffer.alloc(SIGNATURE_LENGTH)
  readonly #actual = Buffer.alloc(SIGNATURE_LENGTH)

  /** `hasCephxV2`: both ends have `Feature.cephxV2`. Throws `KeyError` for a key of type 2 where they have not. */
  constructor(key: SealingKey, { hasCephxV2 }: { hasCephxV2: boolean }) {
    if (key.type === KeyType.aes256Krb5 && !hasCephxV2) {
      throw new KeyError('key to sign messages without CEPHX_V2 with: expected type 1 (AES), got 2 (AES256KRB5)')
    }
    this.#key = key
    this.#hasCephxV2 = hasCephxV2
    this.#block = Buffer.alloc(hasCephxV2 ? NEW_BLOCK_LENGTH : OLD_BLOCK_LENGTH)
    if (hasCephxV2) return
    this.#block.writeUInt8(1, 0)
    this.#block.writeBigUInt64LE(MAGIC, 1)
    this.#block.writeUInt32LE(16, 9)
  }

  /** Puts the signature and the flag that there is one into the footer. */
  sign(header: MessageHeader, footer: MessageFooter): void {
    this.#compute(header, footer, this.#expected)
    footer.signatureLow = this.#expected.readUInt32LE(0)
    footer.signatureHigh = this.#expected.readUInt32LE(4)
    footer.flags |= FooterFlag.signed
  }

  /** Whether the signature in the footer is right. One without the flag is looked at as well. */
  check(header: MessageHeader, footer: MessageFooter): boolean {
    this.#compute(header, footer, this.#expected)
    this.#actual.writeUInt32LE(footer.signatureLow, 0)
    this.#actual.writeUInt32LE(footer.signatureHigh, 4)
    return timingSafeEqual(this.#expected, this.#actual)
  }

  #compute(header: MessageHeader, footer: MessageFooter, signature: Buffer): void {
    if (this.#hasCephxV2) this.#fillNewBlock(header, footer)
    else this.#fillOldBlock(header, footer)
    const isMac = this.#key.type === KeyType.aes256Krb5
    const bytes = isMac ? this.#key.hmacSha256(this.#block) : this.#key.encrypt(KeyUsage.other, this.#block)
    const wordCount = this.#hasCephxV2 ? 4 : 1
    for (let i = 0; i < SIGNATURE_LENGTH; i++) {
      let folded = 0
      for (let word = 0; word < wordCount; word++) folded ^= bytes[word * SIGNATURE_LENGTH + i] ?? 0
      signature[i] = folded
    }
  }

  #fillNewBlock(header: MessageHeader, footer: MessageFooter): void {
    const block = this.#block
    block.writeUInt32LE(header.crc, 0)
    block.writeUInt32LE(footer.frontCrc, 4)
    block.writeUInt32LE(header.frontLength, 8)
    block.writeUInt32LE(footer.middleCrc, 12)
    block.writeUInt32LE(header.middleLength, 16)
    block.writeUInt32LE(footer.dataCrc, 20)
    block.writeUInt32LE(header.dataLength, 24)
    block.writeUInt32LE(header.seq % 0x1_0000_0000, 28)
  }

  #fillOldBlock(header: MessageHeader, footer: MessageFooter): void {
    const block = this.#block
    block.writeUInt32LE(header.crc, 13)
    block.writeUInt32LE(footer.frontCrc, 17)
    block.writeUInt32LE(footer.middleCrc, 21)
    block.writeUInt32LE(footer.dataCrc, 25)
  }
}
