import { setTimeout as delay } from 'node:timers/promises'
import { EntityAddr, EntityType, type Connection, type Messenger } from '@msgr/messenger'
import { numberedMessage } from './numbered-message.ts'
import type { PeerStream } from './peer-protocol.ts'

/** Sends one stream of numbered messages, as far as the connection takes them. */
export class StreamSender {
  readonly connection: Connection
  sent = 0
  full = 0
  maxQueuedBytes = 0
  readonly #messenger: Messenger
  readonly #stream: PeerStream

  constructor(messenger: Messenger, stream: PeerStream) {
    this.#messenger = messenger
    this.#stream = stream
    this.connection = messenger.getConnection({ type: EntityType.osd, addr: EntityAddr.parse(stream.to) })
  }

  async run(): Promise<void> {
    const { count, bytes, everyMs } = this.#stream
    while (this.sent < count) {
      const message = numberedMessage(this.#messenger.myName, this.sent, bytes)
      for (;;) {
        const result = this.connection.sendMessage(message)
        this.maxQueuedBytes = Math.max(this.maxQueuedBytes, this.connection.queuedBytes)
        if (result === 'queued') break
        if (result === 'dropped') throw new Error(`message ${this.sent} was dropped`)
        this.full++
        await this.connection.drained()
      }
      this.sent++
      if (everyMs > 0) await delay(everyMs)
    }
  }
}
