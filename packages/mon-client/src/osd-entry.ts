import { EntityAddrVec } from '@msgr/message'

/** Bits of an OSD's state. Ceph: src/include/rados.h, CEPH_OSD_* */
export const OsdStateBit = { exists: 0x1, up: 0x2, autoOut: 0x4, isNew: 0x8 } as const

/** A weight of 1, in the map's 16.16 fixed point. */
const WHOLE_WEIGHT = 0x10000

/** One OSD of a map. */
export interface OsdEntry {
  readonly id: number
  /** See `OsdStateBit`. An OSD without the bit `exists` is a gap in the numbers. */
  readonly state: number
  /** How much of its share it takes, from 0 (out) to 1, in steps of 1/65536. */
  readonly weight: number
  /** The epoch in which it came up last. */
  readonly upFrom: number
  /** Where clients find it; empty for one that was never up. */
  readonly clientAddrs: EntityAddrVec
  /** Where its peers find it. */
  readonly clusterAddrs: EntityAddrVec
  readonly heartbeatFrontAddrs: EntityAddrVec
  readonly heartbeatBackAddrs: EntityAddrVec
}

const NO_ADDRS = new EntityAddrVec()

/** An OSD that does not exist. */
export function absentOsd(id: number): OsdEntry {
  return {
    ...{ id, state: 0, weight: 0, upFrom: 0 },
    ...{ clientAddrs: NO_ADDRS, clusterAddrs: NO_ADDRS, heartbeatFrontAddrs: NO_ADDRS, heartbeatBackAddrs: NO_ADDRS },
  }
}

/** A weight as the map has it, in 16.16 fixed point. */
export function weightFromFixed(fixed: number): number {
  return fixed / WHOLE_WEIGHT
}

export function osdExists(osd: OsdEntry): boolean {
  return (osd.state & OsdStateBit.exists) !== 0
}

export function osdIsUp(osd: OsdEntry): boolean {
  return osdExists(osd) && (osd.state & OsdStateBit.up) !== 0
}

/** Whether data is put on it, as far as its weight tells. */
export function osdIsIn(osd: OsdEntry): boolean {
  return osdExists(osd) && osd.weight > 0
}
