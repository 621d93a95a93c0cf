import { crc32c } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityType, MessageRegistry } from '@msgr/message'
import {
  ConnectionMode,
  GlobalSeq,
  Policies,
  protocolVersion,
  type Policy,
  type ProtocolLimits,
  type SessionOptions,
} from '@msgr/msgr-protocol'
import { MBoot, MClusterMap, MFailureReport, MOSDPing, MSubscribe } from '@msgr-apps/heartbeat-demo'

/** Small enough for a length beyond one to be seen in what is allocated. */
export const LIMITS: ProtocolLimits = {
  maxFrontBytes: 64 * 1024,
  maxMiddleBytes: 4 * 1024,
  maxDataBytes: 64 * 1024,
  maxAuthorizerBytes: 4096,
  maxControlBytes: 16_384,
  maxHandshakeRounds: 8,
}

/** What one message may make us hold before it is there. */
export const BODY_LIMIT: number = LIMITS.maxFrontBytes + LIMITS.maxMiddleBytes + LIMITS.maxDataBytes

export const OWN_ADDR: EntityAddr = EntityAddr.parse('v1:127.0.0.1:6800/77')
export const PEER_ADDR: EntityAddr = EntityAddr.parse('v1:127.0.0.1:6789/5')

/** The same in version 2. */
export const OWN_ADDR_V2: EntityAddr = EntityAddr.parse('v2:127.0.0.1:6801/77')
export const PEER_ADDR_V2: EntityAddr = EntityAddr.parse('v2:127.0.0.1:3300/5')

const OWN_ADDRS = new EntityAddrVec([OWN_ADDR_V2, OWN_ADDR])
const registry = new MessageRegistry([MBoot, MClusterMap, MFailureReport, MOSDPing, MSubscribe])
const policies = Object.values(Policies).map((make) => make())

/** One of the named policies. */
export function policyNumber(number: number): Policy {
  const policy = policies[number % policies.length]
  if (policy === undefined) throw new Error('expected policies, got none')
  return policy
}

/** What a session of osd.0 needs; chance and time always say the same. */
export function sessionOptions(choice: { readonly policy: Policy; readonly checksCrc: boolean }): SessionOptions {
  return {
    wire: {
      ownType: EntityType.osd,
      ownNum: 0,
      crc32c,
      crcHeader: choice.checksCrc,
      crcData: choice.checksCrc,
      limits: LIMITS,
    },
    registry,
    globalSeq: new GlobalSeq(),
    ownType: EntityType.osd,
    ownAddr: () => OWN_ADDR,
    ownAddrs: () => OWN_ADDRS,
    termsFor: (peerType, role) => {
      const terms = { ownType: EntityType.osd, peerType, clusterProtocol: 10, connecting: role === 'dial' }
      return { policy: choice.policy, protocolVersion: protocolVersion(terms), modes: [ConnectionMode.crc] }
    },
    random: () => 0.5,
    timing: {
      initialBackoffMs: 200,
      maxBackoffMs: 15_000,
      connectionReadyTimeoutMs: 10_000,
      connectionIdleTimeoutMs: 900_000,
    },
    maxHandshakeRounds: LIMITS.maxHandshakeRounds,
  }
}
