import { MalformedInputError } from '@msgr/bufferlist'
import { absentOsd, OsdStateBit, weightFromFixed, type OsdEntry } from './osd-entry.ts'
import { type OsdMapIncremental } from './osd-map-incremental.ts'
import { MAX_OSD_COUNT } from './osd-map-limits.ts'
import { type OsdMapFields } from './osd-map.ts'
import { type OsdPool } from './osd-pool.ts'

/**
 * What becomes of a map by a change without a full map in it. Throws `MalformedInputError` for a change of another map,
 * and for one of OSDs or pools that the map does not have. Ceph: src/osd/OSDMap.cc, OSDMap::apply_incremental
 */
export function applyOsdMapIncremental(map: OsdMapFields, change: OsdMapIncremental): OsdMapFields {
  if (change.epoch !== map.epoch + 1 || !change.fsid.equals(map.fsid)) {
    const text = `change of an OSD map: expected one to epoch ${map.epoch + 1} of ${map.fsid.toString()}`
    const got = `${change.epoch} of ${change.fsid.toString()}`
    throw new MalformedInputError(`${text}, got ${got}`, { epoch: change.epoch })
  }
  return {
    fsid: map.fsid,
    epoch: change.epoch,
    created: map.created,
    modified: change.modified,
    flags: change.flags ?? map.flags,
    pools: changePools(map.pools, change),
    osds: changeOsds(map.osds, change),
  }
}

function changePools(pools: ReadonlyMap<bigint, OsdPool>, change: OsdMapIncremental): ReadonlyMap<bigint, OsdPool> {
  const { newPools, newPoolNames, removedPools, epoch } = change
  if (newPools.size + newPoolNames.size + removedPools.size === 0) return pools
  const changed = new Map(pools)
  for (const [id, settings] of newPools) {
    changed.set(id, { ...settings, id, name: pools.get(id)?.name ?? '', lastChange: epoch })
  }
  for (const [id, name] of newPoolNames) {
    const pool = changed.get(id)
    if (pool !== undefined) changed.set(id, { ...pool, name })
  }
  for (const id of removedPools) changed.delete(id)
  return changed
}

function changeOsds(osds: readonly OsdEntry[], change: OsdMapIncremental): readonly OsdEntry[] {
  const changed = resize(osds, change.maxOsd ?? osds.length)
  const update = (id: number, by: (osd: OsdEntry) => OsdEntry): void => {
    const osd = changed[id]
    if (osd === undefined) {
      throw new MalformedInputError(`change of an OSD map: expected OSDs below ${changed.length}, got ${id}`, { id })
    }
    changed[id] = by(osd)
  }
  // The order matters: an OSD may be marked in and destroyed, or marked down and up, by one change.
  for (const [id, weight] of change.weights) update(id, (osd) => reweight(osd, weight))
  for (const [id, bits] of change.stateChanges) update(id, (osd) => turnOver(osd, bits))
  for (const [id, clientAddrs] of change.newUpClient) {
    update(id, (osd) => ({
      ...osd,
      state: osd.state | OsdStateBit.exists | OsdStateBit.up,
      upFrom: change.epoch,
      clientAddrs,
      heartbeatBackAddrs: change.newHeartbeatBack.get(id) ?? osd.heartbeatBackAddrs,
      heartbeatFrontAddrs: change.newHeartbeatFront.get(id) ?? osd.heartbeatFrontAddrs,
    }))
  }
  for (const [id, clusterAddrs] of change.newUpCluster) update(id, (osd) => ({ ...osd, clusterAddrs }))
  return changed
}

function resize(osds: readonly OsdEntry[], count: number): OsdEntry[] {
  if (count > MAX_OSD_COUNT) {
    const text = `change of an OSD map: expected at most ${MAX_OSD_COUNT} OSDs, got ${count}`
    throw new MalformedInputError(text, { count })
  }
  return Array.from({ length: count }, (_, id) => osds[id] ?? absentOsd(id))
}

/** An OSD that has a weight exists, and is not out on its own account. */
function reweight(osd: OsdEntry, fixed: number): OsdEntry {
  const weight = weightFromFixed(fixed)
  if (fixed === 0) return { ...osd, weight }
  return { ...osd, weight, state: (osd.state | OsdStateBit.exists) & ~(OsdStateBit.autoOut | OsdStateBit.isNew) }
}

function turnOver(osd: OsdEntry, given: number): OsdEntry {
  const bits = given === 0 ? OsdStateBit.up : given
  const ends = (osd.state & bits & OsdStateBit.exists) !== 0
  return ends ? { ...absentOsd(osd.id), weight: osd.weight } : { ...osd, state: (osd.state ^ bits) >>> 0 }
}
