import { Throttle } from '@msgr/dispatcher'
import { Priority, type EntityAddr, type EntityName, type Message } from '@msgr/message'
import { acceptsAnonymously, GlobalSeq, type AskedSession, type SessionOptions } from '@msgr/msgr-protocol'
import { admissionSteps, type AdmissionStep } from './admission.ts'
import type { Authenticator } from './authenticator.ts'
import type { ConnectionHost } from './connection-host.ts'
import { ConnectionTable } from './connection-table.ts'
import { Delivery } from './delivery.ts'
import { FaultInjector } from './fault-injector.ts'
import type { Logger } from './logger.ts'
import type { MessengerParts } from './messenger-settings.ts'
import type { OwnAddrs } from './own-addrs.ts'
import { PolicyTable } from './policy-table.ts'
import { SessionConnection } from './session-connection.ts'
import { sessionOptionsFor, type WireTools } from './session-options-for.ts'
import { settleRequest } from './settle-request.ts'
import type { Timers } from './timers.ts'

/** What the host needs of the messenger it works for. */
export interface MessengerFace {
  readonly name: EntityName
  readonly parts: MessengerParts
  readonly tools: WireTools
  readonly ownAddrs: OwnAddrs
  readonly learnedAddr: (seen: EntityAddr) => void
  /** A message has been dispatched or dropped whose connection is none of this host's. */
  readonly onForeignDone: (message: Message) => void
}

/** A messenger as its connections see it: tables, throttles, and the way to the dispatchers. */
export class MessengerHost implements ConnectionHost {
  readonly sessionOptions: SessionOptions
  readonly timers: Timers
  readonly logger: Logger
  readonly injector: FaultInjector
  readonly maxQueuedBytes: number
  defaultSendPriority: number = Priority.default
  clusterProtocol = 0

  readonly policies: PolicyTable = new PolicyTable()
  readonly table: ConnectionTable<SessionConnection> = new ConnectionTable<SessionConnection>()
  readonly delivery: Delivery
  readonly dispatchThrottle: Throttle
  readonly #face: MessengerFace

  constructor(face: MessengerFace) {
    const { options, logger, timers, registry } = face.parts
    const { name, tools, ownAddrs, onForeignDone } = face
    this.#face = face
    this.timers = timers
    this.logger = logger
    this.injector = new FaultInjector(options)
    this.maxQueuedBytes = options.maxQueuedBytes || Infinity
    this.dispatchThrottle = new Throttle(options.dispatchThrottleBytes)
    this.sessionOptions = sessionOptionsFor({
      name,
      options,
      registry,
      tools,
      policies: this.policies,
      globalSeq: new GlobalSeq(),
      ownAddrs: () => ownAddrs,
      clusterProtocol: () => this.clusterProtocol,
    })
    this.delivery = new Delivery({
      options,
      logger,
      timers,
      onDone: (message) => {
        if (message.connection instanceof SessionConnection) message.connection.releaseThrottles(message)
        else onForeignDone(message)
      },
    })
  }

  authenticatorFor(): Authenticator {
    return this.#face.parts.authenticator
  }

  admissionSteps({ peerType }: SessionConnection): readonly AdmissionStep[] {
    return admissionSteps(this.policies.throttlers(peerType), this.dispatchThrottle)
  }

  learnedAddr(seen: EntityAddr): void {
    this.#face.learnedAddr(seen)
  }

  decide(connection: SessionConnection, asked: AskedSession): void {
    settleRequest(this.table, connection, asked, this.logger)
  }

  authenticated(connection: SessionConnection): void {
    this.delivery.authenticated(connection)
  }

  connected(connection: SessionConnection): void {
    this.delivery.connected(connection)
  }

  accepted(connection: SessionConnection): void {
    this.table.add(connection, acceptsAnonymously(connection.session.facts.policy))
    this.delivery.accepted(connection)
  }

  deliver(message: Message, connection: SessionConnection): void {
    this.delivery.deliver(message, connection)
  }

  remoteReset(connection: SessionConnection): void {
    this.delivery.remoteReset(connection)
  }

  refused(connection: SessionConnection): void {
    this.delivery.refused(connection)
  }

  closed(connection: SessionConnection, { wasKnown }: { readonly wasKnown: boolean }): void {
    this.table.remove(connection)
    this.delivery.closed(connection, wasKnown)
  }
}
