import { BufferEncoder, mapOf, string } from '@msgr/bufferlist'
import { EntityAddrVec, entityAddrVecCodec, Message } from '@msgr/message'
import { readPaxosPrefix, writePaxosPrefix } from '@msgr/mon-client'
import { NO_SUPERBLOCK, osdSuperblockCodec, type OsdSuperblock } from './osd-superblock.ts'

/** What an MOSDBoot says. Where clients find the OSD is the address of the connection it comes on. */
export interface MOSDBootFields {
  /** Of the newest map that the OSD has. */
  readonly mapEpoch: number
  readonly superblock: OsdSuperblock
  readonly hbBackAddrs: EntityAddrVec
  readonly clusterAddrs: EntityAddrVec
  /** When this process was first marked up; 0 if it never was. u32. */
  readonly bootEpoch: number
  readonly hbFrontAddrs: EntityAddrVec
  /** What people are told of the OSD: `hostname`, `ceph_version`, … */
  readonly metadata: ReadonlyMap<string, string>
  /** What the OSD's connections are able to do. */
  readonly osdFeatures: bigint
}

const NOWHERE = new EntityAddrVec()
const NOTHING: MOSDBootFields = {
  mapEpoch: 0,
  superblock: NO_SUPERBLOCK,
  hbBackAddrs: NOWHERE,
  clusterAddrs: NOWHERE,
  bootEpoch: 0,
  hbFrontAddrs: NOWHERE,
  metadata: new Map(),
  osdFeatures: 0n,
}
const pairs = mapOf(string, string)

/**
 * An OSD asks the monitors to mark it up: prefix with the map's epoch, superblock, back and cluster addresses, boot
 * epoch u32, front addresses, map of strings, features u64. Peers without `Feature.serverNautilus` are not written to.
 * Ceph: src/messages/MOSDBoot.h
 */
export class MOSDBoot extends Message {
  static readonly type = 71
  static readonly headVersion = 7
  static readonly compatVersion = 7

  fields: MOSDBootFields

  constructor(fields: Partial<MOSDBootFields> = {}) {
    super(MOSDBoot)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(features: bigint): void {
    const { mapEpoch, superblock, hbBackAddrs, clusterAddrs, bootEpoch, hbFrontAddrs, metadata, osdFeatures } =
      this.fields
    const encoder = new BufferEncoder()
    writePaxosPrefix(encoder, mapEpoch)
    osdSuperblockCodec.encode(encoder, superblock)
    entityAddrVecCodec.encode(encoder, hbBackAddrs, features)
    entityAddrVecCodec.encode(encoder, clusterAddrs, features)
    encoder.writeUInt32LE(bootEpoch)
    entityAddrVecCodec.encode(encoder, hbFrontAddrs, features)
    pairs.encode(encoder, metadata)
    this.front = encoder.writeBigUInt64LE(osdFeatures).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    this.fields = {
      mapEpoch: readPaxosPrefix(cursor),
      superblock: osdSuperblockCodec.decode(cursor),
      hbBackAddrs: entityAddrVecCodec.decode(cursor),
      clusterAddrs: entityAddrVecCodec.decode(cursor),
      bootEpoch: cursor.readUInt32LE(),
      hbFrontAddrs: entityAddrVecCodec.decode(cursor),
      metadata: pairs.decode(cursor),
      osdFeatures: cursor.readBigUInt64LE(),
    }
  }
}
