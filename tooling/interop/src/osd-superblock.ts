import {
  float64,
  mapOf,
  string,
  structOf,
  uint64,
  utime,
  Uuid,
  uuid,
  type BufferCursor,
  type BufferEncoder,
  type Codec,
  type UTime,
} from '@msgr/bufferlist'

/** Features of a store, by their numbers from 1 to 63. */
export type StoreFeatures = ReadonlyMap<bigint, string>

/** What an OSD keeps about itself in its store, and shows the monitors when it boots. */
export interface OsdSuperblock {
  readonly clusterFsid: Uuid
  readonly whoami: number
  /** The newest map that the OSD has acted upon; the oldest and the newest that it keeps. */
  readonly currentEpoch: number
  readonly oldestMap: number
  readonly newestMap: number
  readonly weight: number
  /** Features that others may pass over; that they may pass over if they only read; that they must know. */
  readonly compat: StoreFeatures
  readonly roCompat: StoreFeatures
  readonly incompat: StoreFeatures
  /** The last epoch in which everything was clean, and the one in which the store was mounted. */
  readonly cleanThru: number
  readonly mounted: number
  /** Of the OSD, not of the cluster: a monitor holds two stores with one number apart by it. */
  readonly osdFsid: Uuid
  readonly purgedSnapsLast: number
  readonly lastPurgedSnapsScrub: UTime
  /** Since version 10; 0 in older ones. */
  readonly trimLowerBound: number
}

const NONE: StoreFeatures = new Map()

export const NO_SUPERBLOCK: OsdSuperblock = {
  clusterFsid: Uuid.zero(),
  whoami: -1,
  currentEpoch: 0,
  oldestMap: 0,
  newestMap: 0,
  weight: 0,
  compat: NONE,
  roCompat: NONE,
  incompat: NONE,
  cleanThru: 0,
  mounted: 0,
  osdFsid: Uuid.zero(),
  purgedSnapsLast: 0,
  lastPurgedSnapsScrub: { seconds: 0, nanoseconds: 0 },
  trimLowerBound: 0,
}

const names = mapOf(uint64, string)

/** u64 with a bit for each number, and the names. Ceph: src/include/CompatSet.h, FeatureSet */
const featuresCodec: Codec<StoreFeatures> = {
  minLength: 12,
  encode: (encoder, features) => {
    const mask = [...features.keys()].reduce((bits, number) => bits | (1n << number), 0n)
    encoder.writeBigUInt64LE(mask)
    names.encode(encoder, features)
  },
  decode: (cursor) => {
    cursor.skip(8) // says nothing that the numbers of the names do not
    return names.decode(cursor)
  },
}

/**
 * cluster fsid, number s32, three epochs u32, weight f64, three sets of features, two epochs u32, fsid of the OSD, two
 * u32 that are no longer used, epoch u32, utime; since version 10 an epoch u32. Versions 9 and 10 are read.
 * Ceph: src/osd/osd_types.cc, OSDSuperblock::encode
 */
export const osdSuperblockCodec: Codec<OsdSuperblock> = structOf<OsdSuperblock>({
  name: 'OSDSuperblock',
  version: 10,
  compat: 5,
  oldest: 9,
  encode: encodeFields,
  decode: decodeFields,
})

function encodeFields(encoder: BufferEncoder, block: OsdSuperblock): void {
  uuid.encode(encoder, block.clusterFsid)
  encoder.writeInt32LE(block.whoami)
  encoder.writeUInt32LE(block.currentEpoch).writeUInt32LE(block.oldestMap).writeUInt32LE(block.newestMap)
  float64.encode(encoder, block.weight)
  featuresCodec.encode(encoder, block.compat)
  featuresCodec.encode(encoder, block.roCompat)
  featuresCodec.encode(encoder, block.incompat)
  encoder.writeUInt32LE(block.cleanThru).writeUInt32LE(block.mounted)
  uuid.encode(encoder, block.osdFsid)
  encoder.writeUInt32LE(0).writeUInt32LE(0).writeUInt32LE(block.purgedSnapsLast)
  utime.encode(encoder, block.lastPurgedSnapsScrub)
  encoder.writeUInt32LE(block.trimLowerBound)
}

function decodeFields(cursor: BufferCursor, version: number): OsdSuperblock {
  const ofCluster = {
    clusterFsid: uuid.decode(cursor),
    whoami: cursor.readInt32LE(),
    currentEpoch: cursor.readUInt32LE(),
    oldestMap: cursor.readUInt32LE(),
    newestMap: cursor.readUInt32LE(),
    weight: float64.decode(cursor),
    compat: featuresCodec.decode(cursor),
    roCompat: featuresCodec.decode(cursor),
    incompat: featuresCodec.decode(cursor),
    cleanThru: cursor.readUInt32LE(),
    mounted: cursor.readUInt32LE(),
    osdFsid: uuid.decode(cursor),
  }
  cursor.skip(4 + 4)
  const purgedSnapsLast = cursor.readUInt32LE()
  const lastPurgedSnapsScrub = utime.decode(cursor)
  const trimLowerBound = version >= 10 ? cursor.readUInt32LE() : 0
  return { ...ofCluster, purgedSnapsLast, lastPurgedSnapsScrub, trimLowerBound }
}
