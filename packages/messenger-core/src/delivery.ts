import { DispatchQueue, DispatcherChain, type DispatcherFailure } from '@msgr/dispatcher'
import type { Connection, Message } from '@msgr/message'
import { LocalConnection } from './local-connection.ts'
import type { Logger } from './logger.ts'
import type { MessengerOptions } from './messenger-options.ts'
import type { Timers } from './timers.ts'

/** What the way to the dispatchers is made of. */
export interface DeliveryParts {
  readonly options: Pick<MessengerOptions, 'pqMaxTokensPerPriority' | 'pqMinCost'>
  readonly logger: Logger
  readonly timers: Timers
  /** A message of a peer's connection has been dispatched or dropped. */
  readonly onDone: (message: Message) => void
}

/** The way from connections to the dispatchers: what they are told at once, and the queue for all else. */
export class Delivery {
  readonly chain: DispatcherChain
  readonly queue: DispatchQueue

  constructor({ options, logger, timers, onDone }: DeliveryParts) {
    this.chain = new DispatcherChain((failure) => {
      logFailure(logger, failure)
    })
    this.queue = new DispatchQueue(this.chain, {
      maxTokensPerPriority: options.pqMaxTokensPerPriority,
      minCost: options.pqMinCost,
      now: () => timers.now(),
      onDone: (message) => {
        if (message.connection instanceof LocalConnection) message.connection.releaseThrottles(message)
        else onDone(message)
      },
      onUnhandled: (message) => {
        logger(0, `no dispatcher took ${message.toString()} from ${String(message.source)}`)
      },
    })
  }

  deliver(message: Message, connection: Connection): void {
    this.queue.deliver(message, connection.id)
  }

  authenticated(connection: Connection): void {
    this.chain.deliverHandleAuthentication(connection)
  }

  connected(connection: Connection): void {
    this.chain.deliverHandleFastConnect(connection)
    this.queue.queueEvent('connect', connection)
  }

  accepted(connection: Connection): void {
    this.chain.deliverHandleFastAccept(connection)
    this.queue.queueEvent('accept', connection)
  }

  /** What came of the session and was not dispatched is dropped. */
  remoteReset(connection: Connection): void {
    this.queue.discard(connection.id)
    this.queue.queueEvent('remoteReset', connection)
  }

  refused(connection: Connection): void {
    this.queue.queueEvent('refused', connection)
  }

  /** `isTold`: the dispatchers are told of it. */
  closed(connection: Connection, isTold: boolean): void {
    this.queue.discard(connection.id)
    if (isTold) this.queue.queueEvent('reset', connection)
  }
}

function logFailure(logger: Logger, { error, method, dispatcher }: DispatcherFailure): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  logger(0, `${method} of ${dispatcher.constructor.name} threw: ${reason}`)
}
