import type { EntityAddr, EntityAddrVec, EntityName } from '@msgr/message'
import type { MessengerHost, MessengerParts } from '@msgr/messenger-core'
import type { Configuration } from './control.ts'
import type { SharedThrottles } from './shared-throttles.ts'

/** The messenger that the threads work for. */
export interface ThreadPoolMessenger {
  readonly name: EntityName
  readonly parts: MessengerParts
  readonly host: MessengerHost
  readonly ownAddrs: () => { readonly legacy: EntityAddr; readonly all: EntityAddrVec }
}

/** What the threads are to know of a messenger, as it is now. */
export function configurationOf({ host, ownAddrs }: ThreadPoolMessenger, throttles: SharedThrottles): Configuration {
  const { byDefault, byType, throttlers } = host.policies.entries
  const { legacy, all } = ownAddrs()
  return {
    ownLegacy: legacy.fields,
    ownAll: all.fields,
    byDefault,
    byType,
    throttlers: throttlers.map(([peerType, own]) => [peerType, throttles.shareBoth(own)] as const),
    clusterProtocol: host.clusterProtocol,
    defaultSendPriority: host.defaultSendPriority,
  }
}
