import type { Connection, Message } from '@msgr/messenger'

/**
 * Sends on connections that take only so much at a time: what a full one will not take waits here, in order. How much
 * that can be is for the caller to bound.
 */
export class Outbox {
  readonly #waiting = new WeakMap<Connection, Message[]>()

  /** False if the connection is closed. What waits when it is closed is lost with it. */
  send(connection: Connection, message: Message): boolean {
    const waiting = this.#waiting.get(connection)
    if (waiting !== undefined) {
      waiting.push(message)
      return true
    }
    const result = connection.sendMessage(message)
    if (result === 'full') void this.#sendLater(connection, message)
    return result !== 'dropped'
  }

  async #sendLater(connection: Connection, message: Message): Promise<void> {
    const waiting = [message]
    this.#waiting.set(connection, waiting)
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (connection.sendMessage(next) === 'full') await connection.drained()
      else waiting.shift()
    }
    this.#waiting.delete(connection)
  }
}
