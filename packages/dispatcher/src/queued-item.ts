import type { Connection, Message } from '@msgr/message'

/** What a connection's dispatchers are told of it, besides its messages. */
export type ConnectionEvent = 'connect' | 'accept' | 'remoteReset' | 'reset' | 'refused'

/** One entry of the dispatch queue: a message, or an event of a connection. */
export type QueuedItem = QueuedMessage | QueuedEvent

export interface QueuedEvent {
  readonly event: ConnectionEvent
  readonly connection: Connection
}

/** A message that waits, and its neighbours in the order of arrival. */
export class QueuedMessage {
  readonly event = undefined
  readonly message: Message
  older: QueuedMessage | undefined = undefined
  newer: QueuedMessage | undefined = undefined

  constructor(message: Message) {
    this.message = message
  }
}
