import { EntityType } from '@msgr/message'
import { expect, test } from 'vitest'
import { ClusterProtocol, protocolVersion } from '../src/index.ts'

const { mon, osd, mds, mgr, client } = EntityType

test.each([
  { from: client, to: mon, cluster: 0, version: 15 },
  { from: osd, to: mon, cluster: ClusterProtocol.osd, version: 15 },
  { from: mgr, to: mon, cluster: 0, version: 15 },
  { from: mon, to: mon, cluster: ClusterProtocol.mon, version: 13 },
  { from: client, to: osd, cluster: 0, version: 24 },
  { from: mon, to: osd, cluster: ClusterProtocol.mon, version: 24 },
  { from: osd, to: osd, cluster: ClusterProtocol.osd, version: 10 },
  { from: client, to: mds, cluster: 0, version: 32 },
  { from: osd, to: mgr, cluster: ClusterProtocol.osd, version: 0 },
  { from: client, to: client, cluster: 0, version: 0 },
  { from: mon, to: client, cluster: ClusterProtocol.mon, version: 0 },
])('both ends of a connection from type $from to type $to name version $version', ({ from, to, cluster, version }) => {
  const dialling = { ownType: from, peerType: to, clusterProtocol: cluster, connecting: true }
  expect(protocolVersion(dialling)).toBe(version)
  // Among equals the number is the cluster's, which both ends know; otherwise an end's own counts for nothing.
  const accepting = { ownType: to, peerType: from, clusterProtocol: from === to ? cluster : 99, connecting: false }
  expect(protocolVersion(accepting)).toBe(version)
})
