import { type UTime, type Uuid } from '@msgr/bufferlist'
import { applyOsdMapIncremental } from './apply-osd-map-incremental.ts'
import { decodeOsdMapFields } from './decode-osd-map.ts'
import { osdExists, osdIsIn, osdIsUp, type OsdEntry } from './osd-entry.ts'
import { type OsdMapIncremental } from './osd-map-incremental.ts'
import { type OsdPool } from './osd-pool.ts'

/** Bits of a map's flags that matter to clients. Ceph: src/include/rados.h, CEPH_OSDMAP_* */
export const OsdMapFlag = {
  nearFull: 0x1,
  full: 0x2,
  pauseRead: 0x4,
  pauseWrite: 0x8,
  noUp: 0x20,
  noDown: 0x40,
  noOut: 0x80,
  noIn: 0x100,
  sortBitwise: 0x8000,
} as const

/** What an `OsdMap` holds. */
export interface OsdMapFields {
  readonly fsid: Uuid
  readonly epoch: number
  readonly created: UTime
  readonly modified: UTime
  /** See `OsdMapFlag`. */
  readonly flags: number
  /** By their ids. */
  readonly pools: ReadonlyMap<bigint, OsdPool>
  /** By their ids, without gaps: a number that no OSD has stands there without the bit `exists`. */
  readonly osds: readonly OsdEntry[]
}

/**
 * The pools and the OSDs of a cluster, as far as needed to find them; where objects belong is not told. Never changes.
 * Ceph: src/osd/OSDMap.h
 */
export class OsdMap implements OsdMapFields {
  readonly fsid: Uuid
  readonly epoch: number
  readonly created: UTime
  readonly modified: UTime
  readonly flags: number
  readonly pools: ReadonlyMap<bigint, OsdPool>
  readonly osds: readonly OsdEntry[]

  constructor({ fsid, epoch, created, modified, flags, pools, osds }: OsdMapFields) {
    this.fsid = fsid
    this.epoch = epoch
    this.created = created
    this.modified = modified
    this.flags = flags
    this.pools = pools
    this.osds = osds
  }

  /**
   * Reads a full map, as an `MOSDMap` and `ceph osd getmap` give it, of Nautilus and later. Throws
   * `EndOfBufferError`, or `MalformedInputError`, also if its checksum is wrong. Keeps none of the bytes.
   */
  static decode(bytes: Uint8Array): OsdMap {
    return new OsdMap(decodeOsdMapFields(bytes))
  }

  /** The map that follows. Throws `MalformedInputError` for a change of another map. */
  apply(incremental: OsdMapIncremental): OsdMap {
    if (incremental.fullMap !== undefined) return OsdMap.decode(incremental.fullMap)
    return new OsdMap(applyOsdMapIncremental(this, incremental))
  }

  poolByName(name: string): OsdPool | undefined {
    for (const pool of this.pools.values()) if (pool.name === name) return pool
    return undefined
  }

  /** How many OSDs exist, how many of them are up, and how many are in. */
  countOsds(): { readonly total: number; readonly up: number; readonly in: number } {
    const existing = this.osds.filter(osdExists)
    return { total: existing.length, up: existing.filter(osdIsUp).length, in: existing.filter(osdIsIn).length }
  }
}
