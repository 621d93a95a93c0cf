import {
  BufferList,
  decodeStruct,
  int32,
  int64,
  mapOf,
  pairOf,
  sizedBytes,
  string,
  uint32,
  utime,
  uuid,
  vectorOf,
  type BufferCursor,
  type Codec,
} from '@msgr/bufferlist'
import { entityAddrCodec, EntityAddrVec, entityAddrVecCodec } from '@msgr/message'

// An OSD map, whole or as a change, is a struct with two in it, each of which begins with the fields that are read here:
//
//   what clients need      who exists and is up, and where clients find them
//   what only OSDs need    where OSDs find each other, and since when they are up

/** Where an OSD is found by clients, by OSDs, and by those who ping it. */
export interface OsdPlaces {
  readonly client: EntityAddrVec
  readonly cluster: EntityAddrVec
  readonly hbBack: EntityAddrVec
  readonly hbFront: EntityAddrVec
}

/** One OSD in a whole map. */
export interface OsdEntry extends OsdPlaces {
  /** Of `OsdStateBit`. */
  readonly state: number
  readonly upFrom: number
  readonly downAt: number
}

/** What a whole map says. The OSDs are listed by id. */
export interface WholeMap {
  readonly epoch: number
  readonly osds: readonly OsdEntry[]
}

/** What a change says: who has come up, and which bits of whose state change. */
export interface MapChange {
  readonly epoch: number
  /** The map as it becomes, if it is not told as a change. */
  readonly whole: WholeMap | undefined
  readonly cameUp: ReadonlyMap<number, OsdPlaces>
  /** No bits at all stand for `OsdStateBit.up`. */
  readonly states: ReadonlyMap<number, number>
}

/** Ceph: src/include/rados.h, CEPH_OSD_EXISTS and CEPH_OSD_UP */
export const OsdStateBit = { exists: 1, up: 2 } as const

/** The newest versions of the structs whose layout is known: those of Ceph 16.2. */
const UNDERSTOOD = { outer: 8, inner: 12 }
const UUID_LENGTH = 16
const NOWHERE = new EntityAddrVec()

/** A struct that is passed over. */
const skippedStruct: Pick<Codec<undefined>, 'minLength' | 'decode'> = {
  minLength: 6,
  decode: (cursor) => {
    cursor.skip(2)
    cursor.skip(cursor.readUInt32LE())
    return undefined
  },
}
const pools = readOnly(mapOf(int64, readOnly(skippedStruct)))
const poolNames = mapOf(int64, string)
const poolNumbers = vectorOf(int64)
const placesById = mapOf(int32, entityAddrVecCodec)
const numbersById = mapOf(int32, uint32)
const spansById = mapOf(int32, pairOf(uint32, uint32))
const numbers = vectorOf(uint32)
const places = vectorOf(entityAddrVecCodec)
const structs = vectorOf(readOnly(skippedStruct))
const blocklist = mapOf(entityAddrCodec, utime, (a, b) => a.compare(b))
const addrs = vectorOf(entityAddrCodec)

/** u8 1, clean from and to u32, up from u32, up through u32, down at u32, lost at u32. Ceph: osd_info_t */
const epochs = vectorOf<Pick<OsdEntry, 'upFrom' | 'downAt'>>(
  readOnly({
    minLength: 25,
    decode: (cursor) => {
      cursor.skip(1 + 4 + 4)
      const upFrom = cursor.readUInt32LE()
      cursor.skip(4)
      const downAt = cursor.readUInt32LE()
      cursor.skip(4)
      return { upFrom, downAt }
    },
  }),
)

/** Reads a whole map. Throws for bytes that are none. Ceph: src/osd/OSDMap.cc, OSDMap::encode */
export function readWholeMap(bytes: Uint8Array): WholeMap {
  return readParts(bytes, readWholeForClients, (cursor, { epoch, state, client }) => {
    const hbBack = places.decode(cursor)
    const life = epochs.decode(cursor)
    blocklist.decode(cursor)
    const cluster = places.decode(cursor)
    cursor.skip(4) // epoch of a snapshot of the cluster, and its name
    cursor.readString()
    cursor.skip(cursor.readUInt32LE() * UUID_LENGTH)
    structs.decode(cursor)
    const hbFront = places.decode(cursor)
    const osds = state.map((bits, id) => ({
      state: bits,
      client: client[id] ?? NOWHERE,
      cluster: cluster[id] ?? NOWHERE,
      hbBack: hbBack[id] ?? NOWHERE,
      hbFront: hbFront[id] ?? NOWHERE,
      upFrom: life[id]?.upFrom ?? 0,
      downAt: life[id]?.downAt ?? 0,
    }))
    return { epoch, osds }
  })
}

/** Reads a change. Throws for bytes that are none. Ceph: src/osd/OSDMap.cc, OSDMap::Incremental::encode */
export function readMapChange(bytes: Uint8Array): MapChange {
  return readParts(bytes, readChangeForClients, (cursor, { epoch, whole, client, states }) => {
    const hbBack = placesById.decode(cursor)
    numbersById.decode(cursor) // up through
    spansById.decode(cursor) // clean
    numbersById.decode(cursor) // lost
    blocklist.decode(cursor)
    addrs.decode(cursor) // no longer on it
    const cluster = placesById.decode(cursor)
    cursor.readString() // snapshot of the cluster
    cursor.skip(cursor.readUInt32LE() * (4 + UUID_LENGTH))
    for (let left = cursor.readUInt32LE(); left > 0; left--) {
      cursor.skip(4)
      skippedStruct.decode(cursor)
    }
    const hbFront = placesById.decode(cursor)
    const cameUp = new Map<number, OsdPlaces>()
    for (const [id, where] of client) {
      cameUp.set(id, {
        client: where,
        cluster: cluster.get(id) ?? NOWHERE,
        hbBack: hbBack.get(id) ?? NOWHERE,
        hbFront: hbFront.get(id) ?? NOWHERE,
      })
    }
    return { epoch, whole, states, cameUp }
  })
}

function readWholeForClients(cursor: BufferCursor): {
  readonly epoch: number
  readonly state: readonly number[]
  readonly client: readonly EntityAddrVec[]
} {
  uuid.decode(cursor)
  const epoch = cursor.readUInt32LE()
  utime.decode(cursor) // created
  utime.decode(cursor) // modified
  pools.decode(cursor)
  poolNames.decode(cursor)
  cursor.skip(4 + 4 + 4) // highest pool, flags, length of the lists
  const state = numbers.decode(cursor)
  numbers.decode(cursor) // weights
  return { epoch, state, client: places.decode(cursor) }
}

function readChangeForClients(cursor: BufferCursor): Pick<MapChange, 'epoch' | 'whole' | 'states'> & {
  readonly client: ReadonlyMap<number, EntityAddrVec>
} {
  uuid.decode(cursor)
  const epoch = cursor.readUInt32LE()
  utime.decode(cursor) // modified
  cursor.skip(8 + 4) // highest pool, flags
  const whole = sizedBytes.decode(cursor)
  sizedBytes.decode(cursor) // CRUSH map
  cursor.skip(4) // length of the lists
  pools.decode(cursor)
  poolNames.decode(cursor)
  poolNumbers.decode(cursor)
  const client = placesById.decode(cursor)
  const states = numbersById.decode(cursor)
  return { epoch, whole: whole.length === 0 ? undefined : readWholeMap(whole), client, states }
}

function readParts<A, B>(
  bytes: Uint8Array,
  forClients: (cursor: BufferCursor) => A,
  forOsds: (cursor: BufferCursor, before: A) => B,
): B {
  return decodeStruct(new BufferList(bytes).cursor(), 'OSD map', UNDERSTOOD.outer, (cursor) => {
    const before = decodeStruct(cursor, 'what clients need of an OSD map', UNDERSTOOD.inner, forClients)
    return decodeStruct(cursor, 'what OSDs need of an OSD map', UNDERSTOOD.inner, (inner) => forOsds(inner, before))
  })
}

/** The codec of what is only ever read. */
function readOnly<T>({ minLength, decode }: Pick<Codec<T>, 'minLength' | 'decode'>): Codec<T> {
  return {
    minLength,
    decode,
    encode: () => {
      throw new Error('an OSD writes no maps')
    },
  }
}
