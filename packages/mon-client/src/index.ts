export { MAuthReply, type MAuthReplyFields } from './m-auth-reply.ts'
export { MAuth, type MAuthFields } from './m-auth.ts'
export { MConfig } from './m-config.ts'
export { MMgrMap } from './m-mgr-map.ts'
export { MMonCommandAck, type MMonCommandAckFields } from './m-mon-command-ack.ts'
export { MMonCommand, type MMonCommandFields } from './m-mon-command.ts'
export { MMonGetMap } from './m-mon-get-map.ts'
export { MMonGetVersionReply, type MMonGetVersionReplyFields } from './m-mon-get-version-reply.ts'
export { MMonGetVersion } from './m-mon-get-version.ts'
export { MMonMap } from './m-mon-map.ts'
export { MMonSubscribeAck } from './m-mon-subscribe-ack.ts'
export { MMonSubscribe, type SubscriptionRequest } from './m-mon-subscribe.ts'
export { MOSDMap, type MOSDMapFields } from './m-osd-map.ts'
export { mgrMapCodec, NO_MGR_MAP, type MgrMap } from './mgr-map.ts'
export { monMessages } from './mon-messages.ts'
export { decodeMonMap, encodeMonMap, monMapCodec, NO_MON_MAP, type MonInfo, type MonMap } from './mon-map.ts'
export { osdExists, osdIsIn, osdIsUp, OsdStateBit, type OsdEntry } from './osd-entry.ts'
export { decodeOsdMapIncremental, type OsdMapIncremental } from './osd-map-incremental.ts'
export { OsdMap, OsdMapFlag, type OsdMapFields } from './osd-map.ts'
export { OsdPoolFlag, type OsdPool, type OsdPoolSettings, type OsdPoolType } from './osd-pool.ts'
export { CephConf, type ConfOwner } from './ceph-conf.ts'
export { connectMonClient, type ConnectMonClientSettings } from './connect-mon-client.ts'
export { CephConfError, MonClientError, MonCommandError, type MonClientErrorCode } from './errors.ts'
export { findMonitors, type MonSources } from './find-monitors.ts'
export { type MonClientOptions, monClientOptionsFromCephConf } from './mon-client-options.ts'
export {
  MonClient,
  type MapVersions,
  type MonClientParts,
  type MonCommandArguments,
  type MonCommandOptions,
  type VersionedMapName,
} from './mon-client.ts'
export { MonCommandResult } from './mon-command-result.ts'
export { type Random } from './mon-hunt.ts'
export { type Subscribable, type SubscribableName } from './mon-maps.ts'
export { systemResolver, type MonResolver, type SrvRecord } from './mon-resolver.ts'
export { targetsOfAddrs, targetsOfMonMap, type MonTarget } from './mon-target.ts'
export { type WaitOptions } from './request-table.ts'
