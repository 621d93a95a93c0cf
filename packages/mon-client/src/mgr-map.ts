import { mapOf, string, structOf, uint64, vectorOf, type Codec } from '@msgr/bufferlist'
import { EntityAddrVec, entityAddrVecCodec } from '@msgr/message'

/** Which manager is active, and where. */
export interface MgrMap {
  readonly epoch: number
  /** Of the active manager; empty if there is none. */
  readonly activeAddrs: EntityAddrVec
  /** The global id of the active manager; 0 if there is none. */
  readonly activeGid: bigint
  /** The active manager has finished its start. */
  readonly isAvailable: boolean
  readonly activeName: string
  /** Names of the managers that stand by, by their global ids. */
  readonly standbys: ReadonlyMap<bigint, string>
  /** Modules that are switched on, besides those that always are. */
  readonly enabledModules: readonly string[]
  /** What modules serve, such as `dashboard`, and its URL. */
  readonly services: ReadonlyMap<string, string>
}

/** The map before there was any manager. */
export const NO_MGR_MAP: MgrMap = {
  epoch: 0,
  activeAddrs: new EntityAddrVec(),
  activeGid: 0n,
  isAvailable: false,
  activeName: '',
  standbys: new Map(),
  enabledModules: [],
  services: new Map(),
}

/** A manager that stands by: u64 global id, string name, and since version 2 more, which is passed over. */
const standbyCodec = structOf<{ readonly gid: bigint; readonly name: string }>({
  name: 'MgrMap::StandbyInfo',
  version: 4,
  compat: 1,
  encode: (encoder, { gid, name }) => {
    encoder.writeBigUInt64LE(gid).writeString(name)
    encoder.writeUInt32LE(0) // names of modules, of version 2
    encoder.writeUInt32LE(0) // modules, of version 3
    encoder.writeBigUInt64LE(0n) // features, of version 4
  },
  decode: (cursor) => ({ gid: cursor.readBigUInt64LE(), name: cursor.readString() }),
})

const standbysCodec = mapOf(uint64, standbyCodec)
const stringsCodec = vectorOf(string)
const servicesCodec = mapOf(string, string)

/**
 * The manager map: epoch u32, addresses, global id u64, available u8, name string, standbys, names of modules, services;
 * what follows is not needed by clients. It is written as Ceph 16.2.15 does, with nothing in what follows.
 * Ceph: src/mon/MgrMap.h
 */
export const mgrMapCodec: Codec<MgrMap> = structOf<MgrMap>({
  name: 'MgrMap',
  version: 12,
  compat: 6,
  oldest: 6,
  encode: (encoder, map, features) => {
    encoder.writeUInt32LE(map.epoch)
    entityAddrVecCodec.encode(encoder, map.activeAddrs, features)
    encoder.writeBigUInt64LE(map.activeGid).writeBoolean(map.isAvailable).writeString(map.activeName)
    standbysCodec.encode(encoder, new Map([...map.standbys].map(([gid, name]) => [gid, { gid, name }])))
    stringsCodec.encode(encoder, map.enabledModules)
    servicesCodec.encode(encoder, map.services)
    encoder.writeUInt32LE(0) // modules that there are
    encoder.writeBigUInt64LE(0n) // when the active manager changed, of version 7
    encoder.writeUInt32LE(0) // modules that are always on, of version 8
    encoder.writeBigUInt64LE(0n) // features of the active manager, of version 9
    encoder.writeUInt32LE(0) // epoch of the OSD map when the last one failed, of version 10
    encoder.writeUInt32LE(0) // addresses of the manager's clients, of version 11
    encoder.writeUInt32LE(0) // their names, of version 12
  },
  decode: (cursor) => ({
    epoch: cursor.readUInt32LE(),
    activeAddrs: entityAddrVecCodec.decode(cursor),
    activeGid: cursor.readBigUInt64LE(),
    isAvailable: cursor.readBoolean(),
    activeName: cursor.readString(),
    standbys: new Map([...standbysCodec.decode(cursor)].map(([gid, { name }]) => [gid, name])),
    enabledModules: stringsCodec.decode(cursor),
    services: servicesCodec.decode(cursor),
  }),
})
