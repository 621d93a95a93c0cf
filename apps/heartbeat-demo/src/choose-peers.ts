import type { ClusterMap, OsdEntry } from './cluster-map.ts'
import type { PeerTarget } from './heartbeat-link.ts'

/** Ceph: osd_heartbeat_min_peers */
const MIN_PEERS = 10

/**
 * The OSDs that one of them pings: the next and the previous one that is up, by id and around the end, and then the
 * next ones until there are enough. Up to eleven OSDs, everyone pings everyone.
 *
 * Ceph: src/osd/OSD.cc, maybe_update_heartbeat_peers
 *
 * Differs from Ceph: there, those that share placement groups come first, and some from other parts of the tree of
 * hosts. There are neither groups nor a tree here.
 */
export function choosePeers(map: ClusterMap, whoami: number, minPeers: number = MIN_PEERS): readonly OsdEntry[] {
  const others = map.osds.filter(({ id, isUp }) => isUp && id !== whoami)
  const following = [...others.filter(({ id }) => id > whoami), ...others.filter(({ id }) => id < whoami)]
  const previous = following.at(-1)
  if (previous === undefined || following.length <= minPeers) return following
  return [...following.slice(0, Math.max(1, minPeers - 1)), previous]
}

/** What is pinged of an OSD of the map. Each of its lives is another target. */
export function targetOf({ id, upFrom, front, back }: OsdEntry): PeerTarget {
  return {
    key: `osd.${id} ${upFrom}`,
    id,
    upFrom,
    front: { addr: front, anyNonce: false },
    back: { addr: back, anyNonce: false },
  }
}
