import type { Crc32cFunction } from '@msgr/bufferlist'
import type { EntityAddr, EntityAddrVec, EntityName, MessageRegistry } from '@msgr/message'
import {
  DEFAULT_LIMITS,
  protocolVersion,
  WireMemory,
  type AeadFactory,
  type Allocate,
  type GlobalSeq,
  type SessionOptions,
} from '@msgr/msgr-protocol'
import { allocateUncleared } from './allocate-uncleared.ts'
import { modesFor } from './connection-modes.ts'
import type { MessengerOptions } from './messenger-options.ts'
import type { PolicyTable } from './policy-table.ts'

/** What a messenger may do better than code that runs everywhere: the answers are the same. */
export interface WireTools {
  readonly crc32c: Crc32cFunction
  /** For connections that are encrypted; without, `node:crypto` does it. */
  readonly aead?: AeadFactory | undefined
}

/** What the sessions of one messenger are to know of it. */
export interface SessionSurroundings {
  readonly name: EntityName
  readonly options: MessengerOptions
  readonly registry: MessageRegistry
  readonly tools: WireTools
  readonly policies: PolicyTable
  readonly globalSeq: GlobalSeq
  /** As they are now: the IP may be learned, and `rebind` renews the nonce. */
  readonly ownAddrs: () => { readonly legacy: EntityAddr; readonly all: EntityAddrVec }
  readonly clusterProtocol: () => number
  /** Where memory for what comes and goes is from; `allocateUncleared` if absent. */
  readonly allocate?: Allocate
}

/** A messenger's options as its sessions want them. */
export function sessionOptionsFor(surroundings: SessionSurroundings): SessionOptions {
  const { name, options, registry, tools, policies, globalSeq, ownAddrs, clusterProtocol } = surroundings
  const { allocate = allocateUncleared } = surroundings
  const { maxFrontBytes, maxMiddleBytes, maxDataBytes, maxAuthorizerBytes, crcHeader, crcData } = options
  const limits = { ...DEFAULT_LIMITS, maxFrontBytes, maxMiddleBytes, maxDataBytes, maxAuthorizerBytes }
  return {
    wire: {
      ownType: name.type,
      ownNum: name.num,
      crc32c: tools.crc32c,
      aead: tools.aead,
      crcHeader,
      crcData,
      limits,
      memory: new WireMemory(allocate),
    },
    registry,
    globalSeq,
    ownType: name.type,
    ownAddr: () => ownAddrs().legacy,
    ownAddrs: () => ownAddrs().all,
    termsFor: (peerType, role, remoteAddr) => ({
      policy: policies.get(peerType),
      modes: modesFor({ type: name.type, options }, peerType, remoteAddr),
      protocolVersion: protocolVersion({
        ownType: name.type,
        peerType,
        clusterProtocol: clusterProtocol(),
        connecting: role === 'dial',
      }),
    }),
    random: Math.random,
    timing: options,
    maxHandshakeRounds: limits.maxHandshakeRounds,
    maxQueuedBytes: options.maxQueuedBytes || Infinity,
  }
}
