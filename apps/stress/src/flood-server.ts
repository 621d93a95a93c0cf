import {
  EntityAddr,
  EntityName,
  EntityType,
  MPing,
  Policies,
  type Dispatcher,
  type Message,
  type Messenger,
} from '@msgr/messenger'
import { SERVER_HANDSHAKE_MS, SERVER_MAX_QUEUED_BYTES, type FloodPlan } from './flood-plan.ts'
import type { ServerReport } from './flood-protocol.ts'
import { createChosen } from './messenger-choice.ts'

/**
 * Answers every ping with the same content. Good peers come as OSDs, whose sessions are kept; whoever comes as a client
 * may be anyone, and is dropped as soon as it lets too many answers pile up.
 */
export class FloodServer implements Dispatcher {
  readonly #messenger: Messenger
  #droppedCount = 0
  #lastRssBytes = 0

  constructor({ messenger }: FloodPlan) {
    const settings = { connectionReadyTimeoutMs: SERVER_HANDSHAKE_MS, maxQueuedBytes: SERVER_MAX_QUEUED_BYTES }
    this.#messenger = createChosen(EntityName.osd(0), messenger, settings)
    this.#messenger.setDefaultPolicy(Policies.statelessServer())
    this.#messenger.setPolicy(EntityType.osd, Policies.losslessPeer())
    this.#messenger.addDispatcherHead(this)
  }

  async listen(): Promise<string> {
    const addr = await this.#messenger.bind(EntityAddr.fromIp('v1', '127.0.0.1', 0))
    return addr.toString()
  }

  async close(): Promise<void> {
    await this.#messenger.shutdown()
  }

  get report(): ServerReport {
    try {
      // Reading it takes a descriptor, which there may not be.
      this.#lastRssBytes = process.memoryUsage.rss()
    } catch {
      // The last one has to do.
    }
    const { connectionCount } = this.#messenger
    return { rssBytes: this.#lastRssBytes, dropped: this.#droppedCount, connections: connectionCount }
  }

  msDispatch(message: Message): boolean {
    const reply = new MPing()
    reply.tid = message.tid
    reply.data = message.data
    if (message.connection?.sendMessage(reply) === 'full') {
      this.#droppedCount++
      message.connection.markDown()
    }
    return true
  }
}
