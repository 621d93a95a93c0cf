import { BufferEncoder, duration, optionalOf, Uuid, utime, uuid, type BufferCursor, type UTime } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

// The front of version 5, little endian. Version 4 ends its fields with pad_len, and the padding follows at once.
//
//   0  fsid 16 │ 16 map_epoch u32 │ 20 op u8 │ 21 ping_stamp utime │ 29 pad_len u32
//  33  up_from u32 │ 37 mono_ping_stamp span │ 45 mono_send_stamp span │ 53 has delta_ub u8 │ 54 delta_ub span, if so
//  54 or 62  pad_len zeros
//
// A reader of version 4 skips pad_len bytes and ignores what is left, so it can read version 5 too.

/** What a MOSDPing asks or says. Ceph: src/messages/MOSDPing.h; the values missing here are obsolete */
export const MOSDPingOp = { youDied: 2, ping: 4, pingReply: 5 } as const

/** Bytes before pad_len; a ping is padded as if these were all it has. */
const UNPADDED_LENGTH = 29
const NO_STAMP: UTime = { seconds: 0, nanoseconds: 0 }
const optionalDuration = optionalOf(duration)

/** What a MOSDPing says. */
export interface MOSDPingFields {
  /** The sender's cluster. */
  readonly fsid: Uuid
  /** The newest map that the sender has. u32. */
  readonly mapEpoch: number
  /** One of `MOSDPingOp`; others are passed over by those who receive them. */
  readonly op: number
  /** When the PING was sent, by its sender's wall clock. The answer repeats it. */
  readonly pingStamp: UTime
  /** The epoch in which the sender came up. u32. Version 5. */
  readonly upFrom: number
  /** When the PING was sent, in nanoseconds of its sender's monotonic clock. The answer repeats it. Version 5. */
  readonly monoPingStamp: bigint
  /** When this message was sent, in nanoseconds of its sender's monotonic clock. Version 5. */
  readonly monoSendStamp: bigint
  /** The most that the receiver's clock may be ahead of the sender's, in nanoseconds, if it is known. Version 5. */
  readonly deltaUb: bigint | undefined
  /** The size up to which the message is padded with zeros, so that a path that drops large packets is noticed. */
  readonly minMessageSize: number
}

const NOTHING: MOSDPingFields = {
  fsid: Uuid.zero(),
  mapEpoch: 0,
  op: MOSDPingOp.ping,
  pingStamp: NO_STAMP,
  upFrom: 0,
  monoPingStamp: 0n,
  monoSendStamp: 0n,
  deltaUb: undefined,
  minMessageSize: 0,
}

/**
 * The heartbeat between OSDs, and its answer. Version 5 is written, whatever the peer's features are; 1 to 5 are read.
 * Decoding throws `EndOfBufferError` for a front that ends too soon, the padding included.
 *
 * Ceph: src/messages/MOSDPing.h
 *
 * Differs from Ceph: versions before 4 are read as they were written. Ceph 16 reads them as if they were version 4, and
 * takes the operation from what is another field in them.
 */
export class MOSDPing extends Message {
  static readonly type = 70
  static readonly headVersion = 5
  static readonly compatVersion = 4

  #fields: MOSDPingFields

  constructor(fields: Partial<MOSDPingFields> = {}) {
    super(MOSDPing)
    // Spelled out, here and below, as a spread costs more than all the rest of a ping.
    this.#fields = {
      fsid: fields.fsid ?? NOTHING.fsid,
      mapEpoch: fields.mapEpoch ?? NOTHING.mapEpoch,
      op: fields.op ?? NOTHING.op,
      pingStamp: fields.pingStamp ?? NOTHING.pingStamp,
      upFrom: fields.upFrom ?? NOTHING.upFrom,
      monoPingStamp: fields.monoPingStamp ?? NOTHING.monoPingStamp,
      monoSendStamp: fields.monoSendStamp ?? NOTHING.monoSendStamp,
      deltaUb: fields.deltaUb,
      minMessageSize: fields.minMessageSize ?? NOTHING.minMessageSize,
    }
  }

  get fields(): MOSDPingFields {
    return this.#fields
  }

  protected override encodePayload(): void {
    const { fsid, mapEpoch, op, pingStamp, upFrom, monoPingStamp, monoSendStamp, deltaUb, minMessageSize } =
      this.#fields
    const padLength = Math.max(0, minMessageSize - UNPADDED_LENGTH)
    const encoder = new BufferEncoder()
    uuid.encode(encoder, fsid)
    encoder.writeUInt32LE(mapEpoch).writeUInt8(op)
    utime.encode(encoder, pingStamp)
    encoder.writeUInt32LE(padLength).writeUInt32LE(upFrom)
    duration.encode(encoder, monoPingStamp)
    duration.encode(encoder, monoSendStamp)
    optionalDuration.encode(encoder, deltaUb)
    encoder.writeZeros(padLength)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const fsid = uuid.decode(cursor)
    const mapEpoch = cursor.readUInt32LE()
    if (this.version < 4) {
      this.#fields = { ...NOTHING, fsid, mapEpoch, ...decodeOldRest(cursor, this.version) }
      return
    }
    const op = cursor.readUInt8()
    const pingStamp = utime.decode(cursor)
    const padLength = cursor.readUInt32LE()
    const hasClocks = this.version >= 5
    const upFrom = hasClocks ? cursor.readUInt32LE() : NOTHING.upFrom
    const monoPingStamp = hasClocks ? duration.decode(cursor) : NOTHING.monoPingStamp
    const monoSendStamp = hasClocks ? duration.decode(cursor) : NOTHING.monoSendStamp
    const deltaUb = hasClocks ? optionalDuration.decode(cursor) : undefined
    cursor.skip(padLength)
    const minMessageSize = padLength + UNPADDED_LENGTH
    this.#fields = { fsid, mapEpoch, op, pingStamp, upFrom, monoPingStamp, monoSendStamp, deltaUb, minMessageSize }
  }
}

/**
 * peer_as_of_epoch u32 │ op u8 │ peer_stat: u8 version, u8 compat, u32 length and so many bytes │
 * since version 2: ping_stamp utime │ since version 3: pad_len u32, pad_len zeros
 */
function decodeOldRest(cursor: BufferCursor, version: number): Partial<MOSDPingFields> {
  cursor.skip(4)
  const op = cursor.readUInt8()
  cursor.skip(2)
  cursor.skip(cursor.readUInt32LE())
  const pingStamp = version < 2 ? NO_STAMP : utime.decode(cursor)
  if (version < 3) return { op, pingStamp }
  const padLength = cursor.readUInt32LE()
  cursor.skip(padLength)
  return { op, pingStamp, minMessageSize: padLength + UNPADDED_LENGTH }
}
