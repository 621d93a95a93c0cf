import {
  BufferList,
  decodeStruct,
  int32,
  int64,
  mapOf,
  openStruct,
  pairOf,
  setOf,
  string,
  uint32,
  utime,
  uuid,
  vectorOf,
  type BufferCursor,
  type UTime,
  type Uuid,
} from '@msgr/bufferlist'
import { entityAddrCodec, entityAddrVecCodec, type EntityAddrVec } from '@msgr/message'
import { decodeOnly, skippedStruct } from './decode-only.ts'
import { decodeOsdPool, type OsdPoolSettings } from './osd-pool.ts'
import { checkStructCrc } from './struct-crc.ts'

// A change from one map to the next:
//
//   struct, version 8 {
//     struct, version 8: what clients need, up to the weights read here
//     struct, version 9: what OSDs need besides, up to the addresses for heartbeats read here
//     crc u32 of everything before it and behind it │ crc u32 of the full map that comes of it
//   }
//
// The second checksum cannot be checked by who does not keep all of the map.

const UNDERSTOOD = 8
const OLDEST = 7
const UNDERSTOOD_CLIENT_PART = 9
const OLDEST_CLIENT_PART = 7
const UNDERSTOOD_OSD_PART = 12

type AddrsByOsd = ReadonlyMap<number, EntityAddrVec>

/** What changes from one OSD map to the next. Read by `decodeOsdMapIncremental`, for `OsdMap.apply`. */
export interface OsdMapIncremental {
  readonly fsid: Uuid
  /** Of the map that comes of it. */
  readonly epoch: number
  readonly modified: UTime
  /** If there is one it is the new map, and nothing else counts. A view of what was decoded. */
  readonly fullMap: Uint8Array | undefined
  /** `undefined`: as before. */
  readonly flags: number | undefined
  readonly maxOsd: number | undefined
  readonly newPools: ReadonlyMap<bigint, OsdPoolSettings>
  readonly newPoolNames: ReadonlyMap<bigint, string>
  readonly removedPools: ReadonlySet<bigint>
  /** OSDs that came up, and where. */
  readonly newUpClient: AddrsByOsd
  readonly newUpCluster: AddrsByOsd
  readonly newHeartbeatFront: AddrsByOsd
  readonly newHeartbeatBack: AddrsByOsd
  /** Bits of states that turn over; 0 stands for the bit `up`. */
  readonly stateChanges: ReadonlyMap<number, number>
  /** In 16.16 fixed point. */
  readonly weights: ReadonlyMap<number, number>
}

const poolsCodec = mapOf(int64, decodeOnly(6, decodeOsdPool))
const namesCodec = mapOf(int64, string)
const idsCodec = setOf(int64)
const addrsCodec = mapOf(int32, entityAddrVecCodec)
const numbersCodec = mapOf(int32, uint32)
const intervalsCodec = mapOf(int32, pairOf(uint32, uint32))
const blocklistCodec = mapOf(entityAddrCodec, utime, (a, b) => a.compare(b))
const blockedCodec = vectorOf(entityAddrCodec)
const uuidsCodec = mapOf(int32, uuid)
const xinfosCodec = mapOf(int32, skippedStruct)

/**
 * Reads a change, as an `MOSDMap` has it. Throws `EndOfBufferError`, or `MalformedInputError`, also if its checksum is
 * wrong. Ceph: src/osd/OSDMap.cc, OSDMap::Incremental::decode
 */
export function decodeOsdMapIncremental(bytes: Uint8Array): OsdMapIncremental {
  const cursor = new BufferList(bytes).cursor()
  const struct = openStruct(cursor, 'OSDMap::Incremental', UNDERSTOOD)
  struct.requireVersion(OLDEST)
  const clientPart = decodeStruct(cursor, 'client part of OSDMap::Incremental', UNDERSTOOD_CLIENT_PART, (_, part) => {
    part.requireVersion(OLDEST_CLIENT_PART)
    return decodeClientPart(cursor)
  })
  const osdPart = decodeStruct(cursor, 'OSD part of OSDMap::Incremental', UNDERSTOOD_OSD_PART, decodeOsdPart)
  checkStructCrc('OSDMap::Incremental', bytes.subarray(0, cursor.tell + struct.remaining), struct)
  return { ...clientPart, ...osdPart }
}

type OsdPart = Pick<OsdMapIncremental, 'newUpCluster' | 'newHeartbeatFront' | 'newHeartbeatBack'>

function decodeClientPart(cursor: BufferCursor): Omit<OsdMapIncremental, keyof OsdPart> {
  const fsid = uuid.decode(cursor)
  const epoch = cursor.readUInt32LE()
  const modified = utime.decode(cursor)
  cursor.skip(8) // the largest id that a pool had
  const flags = cursor.readInt32LE()
  const fullMap = cursor.readSizedBytes()
  cursor.skip(cursor.readUInt32LE()) // the CRUSH map
  const maxOsd = cursor.readInt32LE()
  return {
    ...{ fsid, epoch, modified },
    flags: flags < 0 ? undefined : flags,
    fullMap: fullMap.length === 0 ? undefined : fullMap,
    maxOsd: maxOsd < 0 ? undefined : maxOsd,
    newPools: poolsCodec.decode(cursor),
    newPoolNames: namesCodec.decode(cursor),
    removedPools: idsCodec.decode(cursor),
    newUpClient: addrsCodec.decode(cursor),
    stateChanges: numbersCodec.decode(cursor),
    weights: numbersCodec.decode(cursor),
  }
}

function decodeOsdPart(cursor: BufferCursor): OsdPart {
  const newHeartbeatBack = addrsCodec.decode(cursor)
  numbersCodec.decode(cursor) // up through which epoch
  intervalsCodec.decode(cursor) // when they were clean
  numbersCodec.decode(cursor) // lost since
  blocklistCodec.decode(cursor)
  blockedCodec.decode(cursor)
  const newUpCluster = addrsCodec.decode(cursor)
  cursor.readString() // the cluster's snapshot
  uuidsCodec.decode(cursor)
  xinfosCodec.decode(cursor)
  return { newHeartbeatBack, newUpCluster, newHeartbeatFront: addrsCodec.decode(cursor) }
}
