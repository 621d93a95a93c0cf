import { EntityType } from '@msgr/message'

/** Versions of what daemons say to each other and to clients. Ceph: src/include/ceph_fs.h, CEPH_*_PROTOCOL */
export const ClusterProtocol = { osd: 10, mon: 13 } as const
const PUBLIC_PROTOCOL: Readonly<Record<number, number>> = {
  [EntityType.osd]: 24,
  [EntityType.mds]: 32,
  [EntityType.mon]: 15,
}

/**
 * The protocol version that a connection between two types of peers must name. Among equals it is the cluster's own;
 * otherwise it is that of the end that serves; 0 for an end that serves no protocol of its own.
 *
 * Ceph: src/msg/Messenger.h, get_proto_version
 */
export function protocolVersion(terms: {
  readonly ownType: number
  readonly peerType: number
  readonly clusterProtocol: number
  readonly connecting: boolean
}): number {
  if (terms.ownType === terms.peerType) return terms.clusterProtocol
  return PUBLIC_PROTOCOL[terms.connecting ? terms.peerType : terms.ownType] ?? 0
}
