import type { MessageHeader } from '@msgr/message'
import { readSeq, writeSeq } from '../wire-v1/read-seq.ts'

// The first segment of a message, 41 bytes, little endian:
//
//      0 seq u64        18 priority u16           28 ack seq u64          39 reserved u16
//      8 tid u64        20 version u16            36 flags u8
//     16 type u16       22 data pre-padding u32   37 compat version u16
//                       26 data offset u16
//
// Ceph: src/include/msgr.h, ceph_msg_header2

/** Bytes of a message header. */
export const MESSAGE_HEADER_V2_SIZE = 41

const ACK_SEQ_OFFSET = 28
/** What 16.2 writes: the message is complete, and there is no other crc of its data. Nobody acts on it. */
const FLAGS = 3

/**
 * Reads all fields that a header of version 1 has too, but the lengths and the source, which are told elsewhere.
 * Throws `ProtocolError` for a seq beyond 2^53 - 1.
 */
export function readMessageHeader(header: MessageHeader, view: DataView, at: number): void {
  header.seq = readSeq(view, at)
  header.tidLow = view.getUint32(at + 8, true)
  header.tidHigh = view.getUint32(at + 12, true)
  header.type = view.getUint16(at + 16, true)
  header.priority = view.getUint16(at + 18, true)
  header.version = view.getUint16(at + 20, true)
  header.dataOffset = view.getUint16(at + 26, true)
  header.compatVersion = view.getUint16(at + 37, true)
}

/** Reads the seq of the last message that the sender had got. */
export function readAckSeq(view: DataView, at: number): number {
  return readSeq(view, at + ACK_SEQ_OFFSET)
}

/** Writes all 41 bytes. */
export function writeMessageHeader(header: MessageHeader, ackSeq: number, view: DataView, at: number): void {
  writeSeq(header.seq, view, at)
  view.setUint32(at + 8, header.tidLow, true)
  view.setUint32(at + 12, header.tidHigh, true)
  view.setUint16(at + 16, header.type, true)
  view.setUint16(at + 18, header.priority, true)
  view.setUint16(at + 20, header.version, true)
  view.setUint32(at + 22, 0, true)
  view.setUint16(at + 26, header.dataOffset, true)
  writeSeq(ackSeq, view, at + ACK_SEQ_OFFSET)
  view.setUint8(at + 36, FLAGS)
  view.setUint16(at + 37, header.compatVersion, true)
  view.setUint16(at + 39, 0, true)
}
