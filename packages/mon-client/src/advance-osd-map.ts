import { MalformedInputError } from '@msgr/bufferlist'
import { type MOSDMapFields } from './m-osd-map.ts'
import { decodeOsdMapIncremental } from './osd-map-incremental.ts'
import { OsdMap } from './osd-map.ts'

/** What has become of a map. */
export interface OsdMapAdvance {
  /** The newest that could be made; `undefined` if none could, and there was none before. */
  readonly map: OsdMap | undefined
  /** Something is missing on the way to what was sent: ask for a full map. */
  readonly hasGap: boolean
}

/**
 * Takes what an MOSDMap brings: changes from the epoch that is held on, and full maps where changes are missing. Throws
 * as decoding does, for bytes that make no sense. Ceph: src/osdc/Objecter.cc, handle_osd_map
 */
export function advanceOsdMap(held: OsdMap | undefined, { incrementals, maps }: MOSDMapFields): OsdMapAdvance {
  let map = held
  const newest = Math.max(0, ...incrementals.keys(), ...maps.keys())
  while (newest > (map?.epoch ?? 0)) {
    const next = nextMap(map, incrementals, maps)
    if (next === undefined) return { map, hasGap: true }
    map = next
  }
  return { map, hasGap: false }
}

function nextMap(
  map: OsdMap | undefined,
  incrementals: MOSDMapFields['incrementals'],
  maps: MOSDMapFields['maps'],
): OsdMap | undefined {
  const epoch = (map?.epoch ?? 0) + 1
  const change = incrementals.get(epoch)
  if (change !== undefined) {
    const incremental = decodeOsdMapIncremental(change)
    if (map !== undefined) return checkEpoch(epoch, map.apply(incremental))
    // The first of all changes holds the first map.
    if (incremental.fullMap !== undefined) return checkEpoch(epoch, OsdMap.decode(incremental.fullMap))
  }
  const newestFull = Math.max(0, ...maps.keys())
  const full = newestFull >= epoch ? maps.get(newestFull) : undefined
  return full === undefined ? undefined : checkEpoch(newestFull, OsdMap.decode(full))
}

/** Each step must lead on, or there would be no end. */
function checkEpoch(epoch: number, map: OsdMap): OsdMap {
  if (map.epoch === epoch) return map
  throw new MalformedInputError(`OSD map: expected epoch ${epoch}, got ${map.epoch}`, { epoch: map.epoch })
}
