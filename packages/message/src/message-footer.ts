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
 * The fixed part behind every message, little endian: front, middle and data crc (u32 each), then the signature
 * (u64, only in the 21-byte form), then the flags (u8). Ceph: src/include/msgr.h, ceph_msg_footer
 */
export class MessageFooter {
  frontCrc = 0
  middleCrc = 0
  dataCrc = 0
  signature = 0n
  flags = 0

  read(view: DataView, offset: number, size: number): void {
    this.frontCrc = view.getUint32(offset, true)
    this.middleCrc = view.getUint32(offset + 4, true)
    this.dataCrc = view.getUint32(offset + 8, true)
    this.signature = size === MESSAGE_FOOTER_SIZE ? view.getBigUint64(offset + 12, true) : 0n
    this.flags = view.getUint8(offset + size - 1)
  }

  write(view: DataView, offset: number, size: number): void {
    view.setUint32(offset, this.frontCrc, true)
    view.setUint32(offset + 4, this.middleCrc, true)
    view.setUint32(offset + 8, this.dataCrc, true)
    if (size === MESSAGE_FOOTER_SIZE) view.setBigUint64(offset + 12, this.signature, true)
    view.setUint8(offset + size - 1, this.flags)
  }
}
