import type { Crc32cFunction } from '@msgr/bufferlist'
import { DispatchQueue, DispatcherChain, Throttle, type DispatcherFailure } from '@msgr/dispatcher'
import { Priority, type EntityAddr, type EntityName, type Message } from '@msgr/message'
import {
  afterLossy,
  decideAccept,
  DEFAULT_LIMITS,
  GlobalSeq,
  protocolVersion,
  type AeadFactory,
  type AskedSession,
  type SessionOptions,
} from '@msgr/msgr-protocol'
import type { AdmissionStep } from './admission.ts'
import { allocateUncleared } from './allocate-uncleared.ts'
import type { Authenticator } from './authenticator.ts'
import type { ConnectionHost } from './connection-host.ts'
import { modesFor } from './connection-modes.ts'
import { ConnectionTable } from './connection-table.ts'
import { FaultInjector } from './fault-injector.ts'
import { LocalConnection } from './local-connection.ts'
import type { Logger } from './logger.ts'
import type { MessengerParts } from './messenger-settings.ts'
import type { OwnAddrs } from './own-addrs.ts'
import { PolicyTable } from './policy-table.ts'
import { SessionConnection } from './session-connection.ts'
import type { Timers } from './timers.ts'

/** What a messenger may do better than code that runs everywhere: the answers are the same. */
export interface WireTools {
  readonly crc32c: Crc32cFunction
  /** For connections that are encrypted; without, `node:crypto` does it. */
  readonly aead?: AeadFactory | undefined
}

/** What the host needs of the messenger it works for. */
export interface MessengerFace extends WireTools {
  readonly name: EntityName
  readonly parts: MessengerParts
  readonly ownAddrs: OwnAddrs
  readonly learnedAddr: (seen: EntityAddr) => void
}

/** A messenger as its connections see it: tables, throttles, and the way to the dispatchers. */
export class MessengerHost implements ConnectionHost {
  readonly sessionOptions: SessionOptions
  readonly timers: Timers
  readonly logger: Logger
  readonly injector: FaultInjector
  readonly authenticator: Authenticator
  readonly maxQueuedBytes: number
  defaultSendPriority: number = Priority.default
  clusterProtocol = 0

  readonly policies: PolicyTable = new PolicyTable()
  readonly table: ConnectionTable = new ConnectionTable()
  readonly chain: DispatcherChain
  readonly queue: DispatchQueue
  readonly #dispatchThrottle: Throttle
  readonly #face: MessengerFace

  constructor(face: MessengerFace) {
    const { options, logger, authenticator, timers } = face.parts
    this.#face = face
    this.timers = timers
    this.logger = logger
    this.authenticator = authenticator
    this.injector = new FaultInjector(options)
    this.maxQueuedBytes = options.maxQueuedBytes || Infinity
    this.#dispatchThrottle = new Throttle(options.dispatchThrottleBytes)
    this.sessionOptions = this.#makeSessionOptions()
    this.chain = new DispatcherChain((failure) => {
      this.#logFailure(failure)
    })
    this.queue = new DispatchQueue(this.chain, {
      maxTokensPerPriority: options.pqMaxTokensPerPriority,
      minCost: options.pqMinCost,
      now: () => timers.now(),
      onDone: (message) => {
        const { connection } = message
        if (connection instanceof SessionConnection || connection instanceof LocalConnection) {
          connection.releaseThrottles(message)
        }
      },
      onUnhandled: (message) => {
        logger(0, `no dispatcher took ${message.toString()} from ${String(message.source)}`)
      },
    })
  }

  admissionSteps(peerType: number): readonly AdmissionStep[] {
    const { messages, bytes } = this.policies.throttlers(peerType)
    const steps: AdmissionStep[] = []
    if (messages !== undefined) steps.push({ throttle: messages, counts: 'messages' })
    if (bytes !== undefined) steps.push({ throttle: bytes, counts: 'bytes' })
    steps.push({ throttle: this.#dispatchThrottle, counts: 'bytes' })
    return steps
  }

  learnedAddr(seen: EntityAddr): void {
    this.#face.learnedAddr(seen)
  }

  decide(connection: SessionConnection, asked: AskedSession): void {
    const found = this.table.find(connection.peerAddr)
    // A session lives on one wire. A peer that comes on the other has given up the one it had.
    if (found !== undefined && found.session.facts.wire !== asked.wire) found.reset()
    const held = this.table.find(connection.peerAddr)
    const decision = decideAccept(asked, held?.session.facts)
    if (decision.kind !== 'replace' || held === undefined) {
      if (decision.kind === 'wait') held?.sendKeepalive() // so that our own attempt is carried through
      if (decision.kind === 'resetSession' && decision.hasAgreed === true) held?.beginAnew()
      if (decision.kind !== 'replace') connection.answerConnect(decision)
      return
    }
    this.logger(10, `${connection.peerAddr.toString()}: the peer connects anew`)
    if (held.session.facts.lossy) {
      held.reset()
      connection.answerConnect(afterLossy(asked))
    } else {
      held.takeOver(connection, decision.discardOld)
    }
  }

  authenticated(connection: SessionConnection): void {
    this.chain.deliverHandleAuthentication(connection)
  }

  connected(connection: SessionConnection): void {
    this.chain.deliverHandleFastConnect(connection)
    this.queue.queueEvent('connect', connection)
  }

  accepted(connection: SessionConnection): void {
    const { lossy, policy } = connection.session.facts
    if (policy.server && lossy && !policy.registerLossyClients) this.table.addAnonymous(connection)
    else this.table.register(connection)
    this.chain.deliverHandleFastAccept(connection)
    this.queue.queueEvent('accept', connection)
  }

  deliver(message: Message, connection: SessionConnection): void {
    this.queue.deliver(message, connection.id)
  }

  remoteReset(connection: SessionConnection): void {
    this.queue.discard(connection.id)
    this.queue.queueEvent('remoteReset', connection)
  }

  refused(connection: SessionConnection): void {
    this.queue.queueEvent('refused', connection)
  }

  closed(connection: SessionConnection, { wasKnown }: { readonly wasKnown: boolean }): void {
    this.table.remove(connection)
    this.queue.discard(connection.id)
    if (wasKnown) this.queue.queueEvent('reset', connection)
  }

  #makeSessionOptions(): SessionOptions {
    const { name, parts, crc32c, aead, ownAddrs } = this.#face
    const { options, registry } = parts
    const { maxFrontBytes, maxMiddleBytes, maxDataBytes, maxAuthorizerBytes, crcHeader, crcData } = options
    const limits = { ...DEFAULT_LIMITS, maxFrontBytes, maxMiddleBytes, maxDataBytes, maxAuthorizerBytes }
    return {
      wire: {
        ownType: name.type,
        ownNum: name.num,
        crc32c,
        aead,
        crcHeader,
        crcData,
        limits,
        allocate: allocateUncleared,
      },
      registry,
      globalSeq: new GlobalSeq(),
      ownType: name.type,
      ownAddr: () => ownAddrs.legacy,
      ownAddrs: () => ownAddrs.all,
      termsFor: (peerType, role, remoteAddr) => ({
        policy: this.policies.get(peerType),
        modes: modesFor({ type: name.type, options }, peerType, remoteAddr),
        protocolVersion: protocolVersion({
          ownType: name.type,
          peerType,
          clusterProtocol: this.clusterProtocol,
          connecting: role === 'dial',
        }),
      }),
      random: Math.random,
      timing: options,
      maxHandshakeRounds: limits.maxHandshakeRounds,
      maxQueuedBytes: this.maxQueuedBytes,
    }
  }

  #logFailure({ error, method, dispatcher }: DispatcherFailure): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.logger(0, `${method} of ${dispatcher.constructor.name} threw: ${reason}`)
  }
}
