import {
  BufferList,
  decodeStruct,
  int64,
  MalformedInputError,
  mapOf,
  openStruct,
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
import { absentOsd, weightFromFixed, type OsdEntry } from './osd-entry.ts'
import { MAX_OSD_COUNT } from './osd-map-limits.ts'
import { type OsdMapFields } from './osd-map.ts'
import { decodeOsdPool, type OsdPool, type OsdPoolSettings } from './osd-pool.ts'
import { checkStructCrc } from './struct-crc.ts'

// A full map:
//
//   struct, version 8 {
//     struct, version 9: what clients need, up to the addresses read here
//     struct, version 9: what OSDs need besides, up to the addresses for heartbeats read here
//     crc u32 of everything before it and behind it
//   }

const UNDERSTOOD = 8
const OLDEST = 7
/** The newest layouts of the two parts that are known; the first of the client part whose fields are as read here. */
const UNDERSTOOD_CLIENT_PART = 10
const OLDEST_CLIENT_PART = 8
const UNDERSTOOD_OSD_PART = 12

const poolsCodec = mapOf(int64, decodeOnly(6, decodeOsdPool))
const namesCodec = mapOf(int64, string)
const uint32s = vectorOf(uint32)
const addrVecs = vectorOf(entityAddrVecCodec)
const blocklistCodec = mapOf(entityAddrCodec, utime, (a, b) => a.compare(b))
const uuidsCodec = vectorOf(uuid)
const xinfosCodec = vectorOf(skippedStruct)
/** Version u8 1, and six epochs, of which the third is the one in which the OSD came up. */
const upFromsCodec = vectorOf(
  decodeOnly(25, (cursor) => {
    cursor.skip(1 + 4 + 4)
    const upFrom = cursor.readUInt32LE()
    cursor.skip(4 * 3)
    return upFrom
  }),
)

interface ClientPart {
  readonly fsid: Uuid
  readonly epoch: number
  readonly created: UTime
  readonly modified: UTime
  readonly pools: ReadonlyMap<bigint, OsdPool>
  readonly flags: number
  readonly states: readonly number[]
  readonly weights: readonly number[]
  readonly clientAddrs: readonly EntityAddrVec[]
}

interface OsdPart {
  readonly upFroms: readonly number[]
  readonly clusterAddrs: readonly EntityAddrVec[]
  readonly heartbeatFrontAddrs: readonly EntityAddrVec[]
  readonly heartbeatBackAddrs: readonly EntityAddrVec[]
}

/** Reads the bytes of a full map. Throws as `OsdMap.decode` does. Ceph: src/osd/OSDMap.cc, OSDMap::decode */
export function decodeOsdMapFields(bytes: Uint8Array): OsdMapFields {
  const cursor = new BufferList(bytes).cursor()
  const struct = openStruct(cursor, 'OSDMap', UNDERSTOOD)
  struct.requireVersion(OLDEST)
  const clientPart = decodeStruct(cursor, 'client part of OSDMap', UNDERSTOOD_CLIENT_PART, (_, part) => {
    part.requireVersion(OLDEST_CLIENT_PART)
    return decodeClientPart(cursor)
  })
  const osdPart = decodeStruct(cursor, 'OSD part of OSDMap', UNDERSTOOD_OSD_PART, decodeOsdPart)
  checkStructCrc('OSDMap', bytes.subarray(0, cursor.tell + struct.remaining), struct)
  const { fsid, epoch, created, modified, pools, flags } = clientPart
  return { fsid, epoch, created, modified, pools, flags, osds: joinOsds(clientPart, osdPart) }
}

function decodeClientPart(cursor: BufferCursor): ClientPart {
  const fsid = uuid.decode(cursor)
  const epoch = cursor.readUInt32LE()
  const created = utime.decode(cursor)
  const modified = utime.decode(cursor)
  const settings = poolsCodec.decode(cursor)
  const pools = nameOsdPools(settings, namesCodec.decode(cursor))
  cursor.skip(4) // the largest id that a pool had
  const flags = cursor.readUInt32LE()
  const maxOsd = cursor.readInt32LE()
  const states = uint32s.decode(cursor)
  const weights = uint32s.decode(cursor)
  const clientAddrs = addrVecs.decode(cursor)
  if (states.length !== maxOsd || maxOsd > MAX_OSD_COUNT) {
    const text = `OSDMap: expected states of ${maxOsd} OSDs, at most ${MAX_OSD_COUNT}, got ${states.length}`
    throw new MalformedInputError(text, { maxOsd, count: states.length })
  }
  return { fsid, epoch, created, modified, pools, flags, states, weights, clientAddrs }
}

function decodeOsdPart(cursor: BufferCursor): OsdPart {
  const heartbeatBackAddrs = addrVecs.decode(cursor)
  const upFroms = upFromsCodec.decode(cursor)
  blocklistCodec.decode(cursor)
  const clusterAddrs = addrVecs.decode(cursor)
  cursor.skip(4) // epoch of the cluster's snapshot
  cursor.readString() // its name
  uuidsCodec.decode(cursor)
  xinfosCodec.decode(cursor)
  return { heartbeatBackAddrs, upFroms, clusterAddrs, heartbeatFrontAddrs: addrVecs.decode(cursor) }
}

function joinOsds(clientPart: ClientPart, osdPart: OsdPart): readonly OsdEntry[] {
  return clientPart.states.map((state, id) => {
    const absent = absentOsd(id)
    return {
      id,
      state,
      weight: weightFromFixed(clientPart.weights[id] ?? 0),
      upFrom: osdPart.upFroms[id] ?? 0,
      clientAddrs: clientPart.clientAddrs[id] ?? absent.clientAddrs,
      clusterAddrs: osdPart.clusterAddrs[id] ?? absent.clusterAddrs,
      heartbeatFrontAddrs: osdPart.heartbeatFrontAddrs[id] ?? absent.heartbeatFrontAddrs,
      heartbeatBackAddrs: osdPart.heartbeatBackAddrs[id] ?? absent.heartbeatBackAddrs,
    }
  })
}

/** A pool whose name is missing has none. */
function nameOsdPools(
  settings: ReadonlyMap<bigint, OsdPoolSettings>,
  names: ReadonlyMap<bigint, string>,
): ReadonlyMap<bigint, OsdPool> {
  return new Map([...settings].map(([id, pool]) => [id, { ...pool, id, name: names.get(id) ?? '' }]))
}
