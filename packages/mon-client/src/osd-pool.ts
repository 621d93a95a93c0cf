import { decodeStruct, mapOf, pairOf, string, uint64, vectorOf, type BufferCursor } from '@msgr/bufferlist'
import { skippedStruct, skipStruct } from './decode-only.ts'

/** How a pool keeps its objects. Other types are shown as `'other'`. */
export type OsdPoolType = 'replicated' | 'erasure' | 'other'

/** Bits of a pool's flags that matter to clients. Ceph: src/osd/osd_types.h, pg_pool_t::FLAG_* */
export const OsdPoolFlag = {
  hashPsPool: 0x1n,
  full: 0x2n,
  ecOverwrites: 0x4n,
  fullQuota: 0x400n,
  nearFull: 0x800n,
  selfManagedSnaps: 0x2000n,
  poolSnaps: 0x4000n,
  creating: 0x8000n,
} as const

/** A pool, without its name: that is in another part of the map. */
export interface OsdPoolSettings {
  readonly type: OsdPoolType
  /** Copies of each object, or chunks. */
  readonly size: number
  /** How many of them must be there to serve it. */
  readonly minSize: number
  readonly crushRule: number
  /** How names of objects are hashed; 2 is rjenkins. */
  readonly objectHash: number
  readonly pgNum: number
  readonly pgpNum: number
  /** The epoch of the map in which the pool changed last. */
  readonly lastChange: number
  /** See `OsdPoolFlag`. */
  readonly flags: bigint
  /** 0 for no limit. */
  readonly quotaBytes: bigint
  readonly quotaObjects: bigint
  /** Pools that requests are sent to instead; -1 for none. */
  readonly readTier: bigint
  readonly writeTier: bigint
  /** Bytes; 0 in a replicated pool. */
  readonly stripeWidth: number
  /** Empty in a replicated pool. */
  readonly erasureCodeProfile: string
}

/** A pool of an OSD map. */
export interface OsdPool extends OsdPoolSettings {
  readonly id: bigint
  readonly name: string
}

const TYPES: Readonly<Record<number, OsdPoolType>> = { 1: 'replicated', 3: 'erasure' }
/** The newest layout that is known, and the first that has an erasure code profile. */
const UNDERSTOOD = 32
const OLDEST = 14

const snapsCodec = mapOf(uint64, skippedStruct)
const intervalsCodec = vectorOf(pairOf(uint64, uint64))
const tiersCodec = vectorOf(uint64)
const propertiesCodec = mapOf(string, string)

/**
 * Reads the fields of a pool up to its erasure code profile; what follows is passed over. Its layout is in
 * Ceph: src/osd/osd_types.cc, pg_pool_t::encode
 */
export function decodeOsdPool(cursor: BufferCursor): OsdPoolSettings {
  return decodeStruct(cursor, 'pg_pool_t', UNDERSTOOD, (_, struct) => {
    struct.requireVersion(OLDEST)
    const type = TYPES[cursor.readUInt8()] ?? 'other'
    const size = cursor.readUInt8()
    const crushRule = cursor.readUInt8()
    const objectHash = cursor.readUInt8()
    const pgNum = cursor.readUInt32LE()
    const pgpNum = cursor.readUInt32LE()
    cursor.skip(4 + 4) // numbers of PGs localized to an OSD, which there are no more
    const lastChange = cursor.readUInt32LE()
    cursor.skip(8 + 4) // the newest snapshot, and its epoch
    snapsCodec.decode(cursor)
    intervalsCodec.decode(cursor) // removed snapshots
    cursor.skip(8) // auid
    const flags = cursor.readBigUInt64LE()
    cursor.skip(4) // crash replay interval
    const minSize = cursor.readUInt8()
    const quotaBytes = cursor.readBigUInt64LE()
    const quotaObjects = cursor.readBigUInt64LE()
    tiersCodec.decode(cursor)
    cursor.skip(8 + 1) // the pool that this is a tier of, and how
    const readTier = cursor.readBigInt64LE()
    const writeTier = cursor.readBigInt64LE()
    propertiesCodec.decode(cursor)
    skipStruct(cursor) // hit set parameters
    cursor.skip(4 + 4) // hit set period and count
    const stripeWidth = cursor.readUInt32LE()
    cursor.skip(8 + 8 + 4 * 4) // targets of cache tiering
    const erasureCodeProfile = cursor.readString()
    return {
      ...{ type, size, minSize, crushRule, objectHash, pgNum, pgpNum, lastChange, flags },
      ...{ quotaBytes, quotaObjects, readTier, writeTier, stripeWidth, erasureCodeProfile },
    }
  })
}
