import { MessageError } from './errors.ts'

/** Bytes of a message header, and of the part of it that its checksum covers. */
export const MESSAGE_HEADER_SIZE = 53
export const MESSAGE_HEADER_CRC_OFFSET = 49

/**
 * The fixed part before every message, 53 bytes, little endian:
 *
 *      0 seq u64        16 type u16       22 front length u32    34 data offset u16   45 compat version u16
 *      8 tid u64        18 priority u16   26 middle length u32   36 source type u8    47 reserved u16
 *                       20 version u16    30 data length u32     37 source num s64    49 crc u32
 *
 * One object is read into again and again: copy what must last. The crc is left to the caller, who knows which
 * function computes it fastest. Ceph: src/include/msgr.h, ceph_msg_header
 */
export class MessageHeader {
  seq = 0
  /** The two halves of the transaction id: most are zero, and a bigint each would cost more than the rest. */
  tidLow = 0
  tidHigh = 0
  type = 0
  priority = 0
  version = 0
  frontLength = 0
  middleLength = 0
  dataLength = 0
  dataOffset = 0
  sourceType = 0
  sourceNum = 0
  compatVersion = 0
  crc = 0

  /** Reads 53 bytes at `offset`. Throws `MessageError` if a 64-bit field is beyond what a number can hold. */
  read(view: DataView, offset: number): void {
    const seqHigh = view.getUint32(offset + 4, true)
    this.seq = view.getUint32(offset, true) + seqHigh * 0x1_0000_0000
    this.tidLow = view.getUint32(offset + 8, true)
    this.tidHigh = view.getUint32(offset + 12, true)
    this.type = view.getUint16(offset + 16, true)
    this.priority = view.getUint16(offset + 18, true)
    this.version = view.getUint16(offset + 20, true)
    this.frontLength = view.getUint32(offset + 22, true)
    this.middleLength = view.getUint32(offset + 26, true)
    this.dataLength = view.getUint32(offset + 30, true)
    this.dataOffset = view.getUint16(offset + 34, true)
    this.sourceType = view.getUint8(offset + 36)
    const numHigh = view.getInt32(offset + 41, true)
    this.sourceNum = view.getUint32(offset + 37, true) + numHigh * 0x1_0000_0000
    this.compatVersion = view.getUint16(offset + 45, true)
    this.crc = view.getUint32(offset + 49, true)
    if (seqHigh > 0x1f_ffff || !Number.isSafeInteger(this.sourceNum)) {
      throw new MessageError('ERR_MSGR_HEADER', this.type, 'header: a 64-bit field exceeds 2^53 - 1')
    }
  }

  /** Writes the first 49 bytes at `offset`: all but the crc. */
  write(view: DataView, offset: number): void {
    view.setUint32(offset, this.seq >>> 0, true)
    view.setUint32(offset + 4, Math.floor(this.seq / 0x1_0000_0000), true)
    view.setUint32(offset + 8, this.tidLow, true)
    view.setUint32(offset + 12, this.tidHigh, true)
    view.setUint16(offset + 16, this.type, true)
    view.setUint16(offset + 18, this.priority, true)
    view.setUint16(offset + 20, this.version, true)
    view.setUint32(offset + 22, this.frontLength, true)
    view.setUint32(offset + 26, this.middleLength, true)
    view.setUint32(offset + 30, this.dataLength, true)
    view.setUint16(offset + 34, this.dataOffset, true)
    view.setUint8(offset + 36, this.sourceType)
    view.setUint32(offset + 37, this.sourceNum >>> 0, true)
    view.setInt32(offset + 41, Math.floor(this.sourceNum / 0x1_0000_0000), true)
    view.setUint16(offset + 45, this.compatVersion, true)
    view.setUint16(offset + 47, 0, true)
  }
}
