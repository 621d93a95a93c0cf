// What an OSD and the monitor read of each other's bytes: for the tooling, which fuzzes it.
export { ClusterMap, clusterMapCodec } from './cluster-map.ts'
export { MBoot } from './m-boot.ts'
export { MClusterMap } from './m-cluster-map.ts'
export { MFailureReport } from './m-failure-report.ts'
export { MOSDPing, MOSDPingOp, type MOSDPingFields } from './m-osd-ping.ts'
export { MSubscribe } from './m-subscribe.ts'
