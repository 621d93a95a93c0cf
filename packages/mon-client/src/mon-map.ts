import {
  BufferEncoder,
  BufferList,
  MalformedInputError,
  mapOf,
  setOf,
  string,
  structOf,
  uint32,
  utime,
  Uuid,
  uuid,
  vectorOf,
  type BufferCursor,
  type Codec,
  type UTime,
} from '@msgr/bufferlist'
import { entityAddrVecCodec, FEATURES_ALL, type EntityAddrVec } from '@msgr/message'

/** One monitor. */
export interface MonInfo {
  readonly name: string
  readonly addrs: EntityAddrVec
  /** Clients try those of the lowest value first. u16. */
  readonly priority: number
  /** How often clients choose it among its equals; if all have 0, all are chosen equally often. u16. */
  readonly weight: number
  /** Where it stands, such as `datacenter` and its name. */
  readonly crushLocation: ReadonlyMap<string, string>
}

/** Who the monitors of a cluster are. */
export interface MonMap {
  readonly fsid: Uuid
  readonly epoch: number
  readonly lastChanged: UTime
  readonly created: UTime
  /** What all monitors can do, as bits. */
  readonly persistentFeatures: bigint
  readonly optionalFeatures: bigint
  /** In the order of their ranks, the first of which is 0. */
  readonly mons: readonly MonInfo[]
  /** The release that every monitor has at least: 16 for Pacific; 0 if it is not known. */
  readonly minMonRelease: number
  readonly removedRanks: ReadonlySet<number>
  /** 1 classic, 2 disallow, 3 connectivity. */
  readonly electionStrategy: number
  readonly disallowedLeaders: ReadonlySet<string>
  readonly isStretchModeEnabled: boolean
  readonly tiebreakerMon: string
  readonly markedDownMons: ReadonlySet<string>
}

/** The map before there is any. */
export const NO_MON_MAP: MonMap = {
  fsid: Uuid.zero(),
  epoch: 0,
  lastChanged: { seconds: 0, nanoseconds: 0 },
  created: { seconds: 0, nanoseconds: 0 },
  persistentFeatures: 0n,
  optionalFeatures: 0n,
  mons: [],
  minMonRelease: 0,
  removedRanks: new Set(),
  electionStrategy: 1,
  disallowedLeaders: new Set(),
  isStretchModeEnabled: false,
  tiebreakerMon: '',
  markedDownMons: new Set(),
}

const featureCodec = structOf<bigint>({
  name: 'mon_feature_t',
  version: 1,
  compat: 1,
  encode: (encoder, bits) => void encoder.writeBigUInt64LE(bits),
  decode: (cursor) => cursor.readBigUInt64LE(),
})

const locationCodec = mapOf(string, string)

/** name string, addresses; since version 2 priority u16, since 4 weight u16, since 5 location map of strings. */
const monInfoCodec = structOf<MonInfo>({
  name: 'mon_info_t',
  version: 5,
  compat: 1,
  encode: (encoder, { name, addrs, priority, weight, crushLocation }, features) => {
    encoder.writeString(name)
    entityAddrVecCodec.encode(encoder, addrs, features)
    encoder.writeUInt16LE(priority).writeUInt16LE(weight)
    locationCodec.encode(encoder, crushLocation)
  },
  decode: (cursor, version) => ({
    name: cursor.readString(),
    addrs: entityAddrVecCodec.decode(cursor),
    priority: version >= 2 ? cursor.readUInt16LE() : 0,
    weight: version >= 4 ? cursor.readUInt16LE() : 0,
    crushLocation: version >= 5 ? locationCodec.decode(cursor) : new Map(),
  }),
})

const monsCodec = mapOf(string, monInfoCodec)
const namesCodec = vectorOf(string)
const nameSetCodec = setOf(string)
const ranksCodec = setOf(uint32)

/**
 * The map of monitors: fsid, epoch u32, last changed and created utime, persistent and optional features, map of names
 * to monitors, list of names by rank; since version 7 release u8; since 8 removed ranks, strategy u8, disallowed
 * leaders; since 9 stretch mode u8, tiebreaker string, monitors marked down. Versions 6 to 9 are read, 9 is written.
 * Ceph: src/mon/MonMap.cc, encode
 */
export const monMapCodec: Codec<MonMap> = structOf<MonMap>({
  name: 'MonMap',
  version: 9,
  compat: 6,
  oldest: 6,
  encode: (encoder, map, features) => {
    uuid.encode(encoder, map.fsid)
    encoder.writeUInt32LE(map.epoch)
    utime.encode(encoder, map.lastChanged)
    utime.encode(encoder, map.created)
    featureCodec.encode(encoder, map.persistentFeatures)
    featureCodec.encode(encoder, map.optionalFeatures)
    monsCodec.encode(encoder, new Map(map.mons.map((mon) => [mon.name, mon])), features)
    const names = map.mons.map(({ name }) => name)
    namesCodec.encode(encoder, names)
    encoder.writeUInt8(map.minMonRelease)
    ranksCodec.encode(encoder, map.removedRanks)
    encoder.writeUInt8(map.electionStrategy)
    nameSetCodec.encode(encoder, map.disallowedLeaders)
    encoder.writeBoolean(map.isStretchModeEnabled).writeString(map.tiebreakerMon)
    nameSetCodec.encode(encoder, map.markedDownMons)
  },
  decode: (cursor, version) => ({
    fsid: uuid.decode(cursor),
    epoch: cursor.readUInt32LE(),
    lastChanged: utime.decode(cursor),
    created: utime.decode(cursor),
    persistentFeatures: featureCodec.decode(cursor),
    optionalFeatures: featureCodec.decode(cursor),
    mons: decodeMons(cursor),
    minMonRelease: version >= 7 ? cursor.readUInt8() : 0,
    removedRanks: version >= 8 ? ranksCodec.decode(cursor) : NO_MON_MAP.removedRanks,
    electionStrategy: version >= 8 ? cursor.readUInt8() : NO_MON_MAP.electionStrategy,
    disallowedLeaders: version >= 8 ? nameSetCodec.decode(cursor) : NO_MON_MAP.disallowedLeaders,
    isStretchModeEnabled: version >= 9 && cursor.readBoolean(),
    tiebreakerMon: version >= 9 ? cursor.readString() : '',
    markedDownMons: version >= 9 ? nameSetCodec.decode(cursor) : NO_MON_MAP.markedDownMons,
  }),
})

/** Reads what an `MMonMap` or `ceph mon getmap` gives. Throws `EndOfBufferError` or `MalformedInputError`. */
export function decodeMonMap(bytes: Uint8Array): MonMap {
  return monMapCodec.decode(new BufferList(bytes).cursor())
}

/** For a peer with these features: what goes into an `MMonMap`. */
export function encodeMonMap(map: MonMap, features: bigint = FEATURES_ALL): Uint8Array {
  const encoder = new BufferEncoder()
  monMapCodec.encode(encoder, map, features)
  return encoder.toBufferList().toContiguous()
}

/** Every monitor has one rank. */
function decodeMons(cursor: BufferCursor): readonly MonInfo[] {
  const byName = monsCodec.decode(cursor)
  const names = namesCodec.decode(cursor)
  if (new Set(names).size !== byName.size || names.length !== byName.size) {
    throw new MalformedInputError(`MonMap: expected ${byName.size} ranks, got ${names.length}`, { count: names.length })
  }
  return names.map((name) => {
    const mon = byName.get(name)
    if (mon === undefined) throw new MalformedInputError(`MonMap: expected a monitor for each rank, got none for one`)
    return mon
  })
}
