import { BufferEncoder, utime, type UTime } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import { readPaxosPrefix, writePaxosPrefix } from '@msgr/mon-client'

/** What an MOSDBeacon of an OSD without placement groups says. */
export interface MOSDBeaconFields {
  /** Of the newest map that the OSD has. */
  readonly mapEpoch: number
  readonly minLastEpochClean: number
  readonly lastPurgedSnapsScrub: UTime
  /** How long until the next one, at most. */
  readonly reportIntervalSeconds: number
}

const NOTHING: MOSDBeaconFields = {
  mapEpoch: 0,
  minLastEpochClean: 0,
  lastPurgedSnapsScrub: { seconds: 0, nanoseconds: 0 },
  reportIntervalSeconds: 0,
}
const PG_LENGTH = 17

/**
 * An OSD tells the monitors that it is alive, so that they do not take it for dead when nobody else pings it: prefix
 * with the map's epoch, list of placement groups, epoch u32; since version 2 utime; since version 3 seconds s32.
 * Written without placement groups; those that come are passed over. Ceph: src/messages/MOSDBeacon.h
 */
export class MOSDBeacon extends Message {
  static readonly type = 79
  static readonly headVersion = 3
  static readonly compatVersion = 1

  fields: MOSDBeaconFields

  constructor(fields: Partial<MOSDBeaconFields> = {}) {
    super(MOSDBeacon)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { mapEpoch, minLastEpochClean, lastPurgedSnapsScrub, reportIntervalSeconds } = this.fields
    const encoder = new BufferEncoder()
    writePaxosPrefix(encoder, mapEpoch)
    encoder.writeUInt32LE(0).writeUInt32LE(minLastEpochClean)
    utime.encode(encoder, lastPurgedSnapsScrub)
    this.front = encoder.writeInt32LE(reportIntervalSeconds).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const mapEpoch = readPaxosPrefix(cursor)
    cursor.skip(cursor.readUInt32LE() * PG_LENGTH)
    const minLastEpochClean = cursor.readUInt32LE()
    const lastPurgedSnapsScrub = this.version >= 2 ? utime.decode(cursor) : NOTHING.lastPurgedSnapsScrub
    const reportIntervalSeconds = this.version >= 3 ? cursor.readInt32LE() : 0
    this.fields = { mapEpoch, minLastEpochClean, lastPurgedSnapsScrub, reportIntervalSeconds }
  }
}
