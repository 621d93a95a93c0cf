import { crc32c } from '@msgr/bufferlist'

// Streams of version 1 of the protocol, put together field by field: what our own encoder would refuse to write can be
// written here.

export const BANNER_LENGTH = 9
export const ADDR_LENGTH = 136
export const CONNECT_LENGTH = 33
export const REPLY_LENGTH = 26
const HEADER_LENGTH = 53
const HEADER_CRC_OFFSET = 49
export const FOOTER_LENGTH = 21
export const OLD_FOOTER_LENGTH = 13

/** What a peer with all features says it has; the footer is the one with room for a signature, and in seqs are told. */
export const ALL_FEATURES = 0x3f01_cfbd_fffd_ffffn
const MSG_AUTH = 0x80_0000n
const RECONNECT_SEQ = 0x40n

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

export function banner(): Uint8Array {
  return Uint8Array.from(Buffer.from('ceph v027', 'latin1'))
}

/** An IPv4 address as the handshake has it. */
export function legacyAddr(fields: { port: number; nonce: number; family?: number; ip?: number }): Uint8Array {
  const bytes = new Uint8Array(ADDR_LENGTH)
  const view = new DataView(bytes.buffer)
  view.setUint32(4, fields.nonce, true)
  view.setUint16(8, fields.family ?? 2)
  view.setUint16(10, fields.port)
  view.setUint32(12, fields.ip ?? 0x7f00_0001)
  return bytes
}

/** The fields of a request. `authorizerLength` is what it says, `authorizer` what follows. */
export interface ConnectFields {
  readonly features: bigint
  readonly hostType: number
  readonly globalSeq: number
  readonly connectSeq: number
  readonly protocolVersion: number
  readonly authorizerProtocol: number
  readonly authorizer: Uint8Array
  readonly authorizerLength?: number
  readonly flags: number
}

export function connect(fields: ConnectFields): Uint8Array {
  const bytes = new Uint8Array(CONNECT_LENGTH)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, fields.features, true)
  view.setUint32(8, fields.hostType, true)
  view.setUint32(12, fields.globalSeq, true)
  view.setUint32(16, fields.connectSeq, true)
  view.setUint32(20, fields.protocolVersion, true)
  view.setUint32(24, fields.authorizerProtocol, true)
  view.setUint32(28, fields.authorizerLength ?? fields.authorizer.length, true)
  view.setUint8(32, fields.flags)
  return concat(bytes, fields.authorizer)
}

/** The fields of a reply. */
export interface ReplyFields {
  readonly tag: number
  readonly features: bigint
  readonly globalSeq: number
  readonly connectSeq: number
  readonly protocolVersion: number
  readonly authorizer: Uint8Array
  readonly authorizerLength?: number
  readonly flags: number
}

export function reply(fields: ReplyFields): Uint8Array {
  const bytes = new Uint8Array(REPLY_LENGTH)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, fields.tag)
  view.setBigUint64(1, fields.features, true)
  view.setUint32(9, fields.globalSeq, true)
  view.setUint32(13, fields.connectSeq, true)
  view.setUint32(17, fields.protocolVersion, true)
  view.setUint32(21, fields.authorizerLength ?? fields.authorizer.length, true)
  view.setUint8(25, fields.flags)
  return concat(bytes, fields.authorizer)
}

/** A tag with a u64 behind it, as an ack has it, or two u32; without the tag, an in seq. */
export function tagged(tag: number | undefined, value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true)
  return tag === undefined ? bytes : concat(Uint8Array.of(tag), bytes)
}

/** The fields of a message's header, and what follows it. */
export interface MessageFields {
  readonly seq: bigint
  readonly type: number
  readonly version: number
  readonly compatVersion: number
  readonly front: Uint8Array
  readonly middle: Uint8Array
  readonly data: Uint8Array
  readonly sourceType?: number
  readonly sourceNum?: bigint
  /** What the header says of the lengths, if that is not true. */
  readonly frontLength?: number
  readonly middleLength?: number
  readonly dataLength?: number
  readonly footerFlags?: number
}

/** A whole frame, with its checksums. */
export function message(fields: MessageFields, footerLength: number = FOOTER_LENGTH): Uint8Array {
  const { front, middle, data } = fields
  const bytes = concat(new Uint8Array(1 + HEADER_LENGTH), front, middle, data, new Uint8Array(footerLength))
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 7)
  view.setBigUint64(1, BigInt.asUintN(64, fields.seq), true)
  view.setUint16(17, fields.type, true)
  view.setUint16(19, 127, true)
  view.setUint16(21, fields.version, true)
  view.setUint32(23, front.length, true)
  view.setUint32(27, middle.length, true)
  view.setUint32(31, data.length, true)
  view.setUint8(37, fields.sourceType ?? 4)
  view.setBigInt64(38, BigInt.asIntN(64, fields.sourceNum ?? 9n), true)
  view.setUint16(46, fields.compatVersion, true)
  view.setUint8(bytes.length - 1, fields.footerFlags ?? 1)
  repairFrames(bytes, 0, footerLength)
  view.setUint32(23, fields.frontLength ?? front.length, true)
  view.setUint32(27, fields.middleLength ?? middle.length, true)
  view.setUint32(31, fields.dataLength ?? data.length, true)
  repairHeader(bytes, view, 1)
  return bytes
}

/** Writes the checksums that the frames from `at` on should have, up to something that is no frame, or not complete. */
export function repairFrames(bytes: Uint8Array, at: number, footerLength: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  while (at < bytes.length) {
    const tag = bytes[at]
    if (tag === 7 && at + 1 + HEADER_LENGTH <= bytes.length) {
      repairHeader(bytes, view, at + 1)
      const end = repairFooter(bytes, view, at + 1, footerLength)
      if (end === undefined) return
      at = end
    } else if (tag === 8 || tag === 14 || tag === 15) {
      at += 9
    } else if (tag === 9) {
      at += 1
    } else {
      return
    }
  }
}

/** Where the footer of what follows a request ends up being decided: by the features in it. */
export function footerLengthFor(features: bigint): number {
  return (features & MSG_AUTH) === 0n ? OLD_FOOTER_LENGTH : FOOTER_LENGTH
}

/** Bytes of the in seq that a peer with these features tells after the reply. */
export function inSeqLengthFor(features: bigint): number {
  return (features & RECONNECT_SEQ) === 0n ? 0 : 8
}

function repairHeader(bytes: Uint8Array, view: DataView, at: number): void {
  view.setUint32(at + HEADER_CRC_OFFSET, crc32c(bytes, 0, at, at + HEADER_CRC_OFFSET), true)
}

/** Returns where the frame ends, if all of it is there. */
function repairFooter(bytes: Uint8Array, view: DataView, headerAt: number, footerLength: number): number | undefined {
  let at = headerAt + HEADER_LENGTH
  const lengths = [22, 26, 30].map((offset) => view.getUint32(headerAt + offset, true))
  const footerAt = lengths.reduce((sum, length) => sum + length, at)
  if (footerAt + footerLength > bytes.length) return undefined
  for (const [i, length] of lengths.entries()) {
    view.setUint32(footerAt + 4 * i, length === 0 ? 0 : crc32c(bytes, 0, at, at + length), true)
    at += length
  }
  return footerAt + footerLength
}
