import { BufferEncoder, Uuid, uuid } from '@msgr/bufferlist'
import { EntityAddrVec, entityAddrVecCodec, Message } from '@msgr/message'
import { readPaxosPrefix, writePaxosPrefix } from '@msgr/mon-client'

/** What an MOSDFailure says of its target. */
export interface MOSDFailureFields {
  readonly fsid: Uuid
  readonly target: number
  readonly targetAddrs: EntityAddrVec
  /** Of the map that the sender goes by. */
  readonly mapEpoch: number
  /** It has failed; otherwise it is alive after all. */
  readonly hasFailed: boolean
  /** It was not silent for too long, but nobody listens where it did. */
  readonly isImmediate: boolean
  /** For how long at least. */
  readonly failedForSeconds: number
}

const FAILED = 1
const IMMEDIATE = 2
const NOTHING: MOSDFailureFields = {
  fsid: Uuid.zero(),
  target: -1,
  targetAddrs: new EntityAddrVec(),
  mapEpoch: 0,
  hasFailed: true,
  isImmediate: false,
  failedForSeconds: 0,
}

/**
 * An OSD tells the monitors what it thinks of another: prefix with the map's epoch, fsid, id s32, addresses, epoch u32,
 * flags u8 (1 failed, 2 immediate), seconds s32. Ceph: src/messages/MOSDFailure.h
 */
export class MOSDFailure extends Message {
  static readonly type = 72
  static readonly headVersion = 4
  static readonly compatVersion = 4

  fields: MOSDFailureFields

  constructor(fields: Partial<MOSDFailureFields> = {}) {
    super(MOSDFailure)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(features: bigint): void {
    const { fsid, target, targetAddrs, mapEpoch, hasFailed, isImmediate, failedForSeconds } = this.fields
    const encoder = new BufferEncoder()
    writePaxosPrefix(encoder, mapEpoch)
    uuid.encode(encoder, fsid)
    encoder.writeInt32LE(target)
    entityAddrVecCodec.encode(encoder, targetAddrs, features)
    const flags = (hasFailed ? FAILED : 0) | (isImmediate ? IMMEDIATE : 0)
    this.front = encoder.writeUInt32LE(mapEpoch).writeUInt8(flags).writeInt32LE(failedForSeconds).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    readPaxosPrefix(cursor)
    const fsid = uuid.decode(cursor)
    const target = cursor.readInt32LE()
    const targetAddrs = entityAddrVecCodec.decode(cursor)
    const mapEpoch = cursor.readUInt32LE()
    const flags = cursor.readUInt8()
    this.fields = {
      fsid,
      target,
      targetAddrs,
      mapEpoch,
      hasFailed: (flags & FAILED) !== 0,
      isImmediate: (flags & IMMEDIATE) !== 0,
      failedForSeconds: cursor.readInt32LE(),
    }
  }
}
