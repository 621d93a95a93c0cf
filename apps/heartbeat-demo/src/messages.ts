// For the tooling: what an OSD and the monitor read of each other's bytes, which is fuzzed, and the heartbeat half of an
// OSD, which meets real ones.
export { ClusterMap, clusterMapCodec } from './cluster-map.ts'
export { MBoot } from './m-boot.ts'
export { MClusterMap } from './m-cluster-map.ts'
export { MFailureReport } from './m-failure-report.ts'
export { MOSDPing, MOSDPingOp, type MOSDPingFields } from './m-osd-ping.ts'
export { MSubscribe } from './m-subscribe.ts'
export { makeMessenger, type MessengerChoice } from './messenger-choice.ts'
export { Osd, type OsdObserver } from './osd.ts'
export { OsdKnowledge } from './osd-knowledge.ts'
export { default as makePingAnswerer, type PingAnswererData } from './ping-answerer-thread.ts'
