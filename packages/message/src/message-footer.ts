/** Bytes of the footer behind every message, with and without the signature field of `Feature.msgAuth`. */
export const MESSAGE_FOOTER_SIZE = 21
export const MESSAGE_FOOTER_OLD_SIZE = 13

/** Bits of the last byte of a footer. */
export const FooterFlag = {
  /** The sender has sent all of the message; without it the message was given up in the middle. */
  complete: 1,
  /** The data crc was not computed. */
  noCrc: 2,
  signed: 4,
} as const

/**
 * The fixed part behind every message, little endian:
 *
 *      0 front crc u32    4 middle crc u32    8 data crc u32    12 signature u64    20 flags u8
 *
 * and in the old form, of 13 bytes, no signature and the flags at 12. One object is read into again and again.
 * Ceph: src/include/msgr.h, ceph_msg_footer and ceph_msg_footer_old
 */
export class MessageFooter {
  frontCrc = 0
  middleCrc = 0
  dataCrc = 0
  /** The two halves of the signature: most are zero, and a bigint for each message would cost more than the rest. */
  signatureLow = 0
  signatureHigh = 0
  flags = 0

  /** u64; what is beyond 64 bits is cut off. */
  get signature(): bigint {
    return (BigInt(this.signatureHigh) << 32n) | BigInt(this.signatureLow)
  }

  set signature(signature: bigint) {
    this.signatureLow = Number(signature & 0xffffffffn)
    this.signatureHigh = Number((signature >> 32n) & 0xffffffffn)
  }

  /** Reads the `size` bytes at `offset`, 21 or 13. The old form sets the signature to 0. */
  read(view: DataView, offset: number, size: number): void {
    const hasSignature = size === MESSAGE_FOOTER_SIZE
    this.frontCrc = view.getUint32(offset, true)
    this.middleCrc = view.getUint32(offset + 4, true)
    this.dataCrc = view.getUint32(offset + 8, true)
    this.signatureLow = hasSignature ? view.getUint32(offset + 12, true) : 0
    this.signatureHigh = hasSignature ? view.getUint32(offset + 16, true) : 0
    this.flags = view.getUint8(offset + size - 1)
  }

  /** Writes `size` bytes at `offset`, 21 or 13. The old form leaves the signature out. */
  write(view: DataView, offset: number, size: number): void {
    view.setUint32(offset, this.frontCrc, true)
    view.setUint32(offset + 4, this.middleCrc, true)
    view.setUint32(offset + 8, this.dataCrc, true)
    if (size === MESSAGE_FOOTER_SIZE) {
      view.setUint32(offset + 12, this.signatureLow, true)
      view.setUint32(offset + 16, this.signatureHigh, true)
    }
    view.setUint8(offset + size - 1, this.flags)
  }
}
