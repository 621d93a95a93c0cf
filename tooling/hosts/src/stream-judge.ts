import type { Connection, Dispatcher, Message } from '@msgr/messenger'
import { readNumber } from './numbered-message.ts'

/** Judges what comes: each message of each sender once, in order and unchanged, and no word of anything lost. */
export class StreamJudge implements Dispatcher {
  readonly received: Map<string, number> = new Map<string, number>()
  readonly wrong: string[] = []
  receivedAtMs = 0
  opened = 0
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  msDispatch(message: Message): boolean {
    const sender = String(message.source)
    const expected = this.received.get(sender) ?? 0
    try {
      const number = readNumber(message)
      if (number !== expected) this.wrong.push(`${sender}: expected message ${expected}, got ${number}`)
    } catch (error) {
      this.wrong.push(String(error))
    }
    this.received.set(sender, expected + 1)
    this.receivedAtMs = Date.now()
    this.#changed()
    return true
  }

  msHandleConnect(): void {
    this.#open()
  }

  msHandleAccept(): void {
    this.#open()
  }

  msHandleReset(connection: Connection): boolean {
    return this.#lost('reset', connection)
  }

  msHandleRemoteReset(connection: Connection): void {
    this.#lost('reset by the peer', connection)
  }

  #open(): void {
    this.opened++
    this.#changed()
  }

  #lost(what: string, connection: Connection): true {
    this.wrong.push(`the connection to ${connection.peerAddr.toString()} was ${what}`)
    this.#changed()
    return true
  }
}
