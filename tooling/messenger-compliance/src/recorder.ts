import type { Dispatcher } from '@msgr/dispatcher'
import type { Connection, Message } from '@msgr/message'

export type RecordedEvent = 'connect' | 'accept' | 'reset' | 'remoteReset' | 'refused'

/** A dispatcher that remembers what it is told, and lets a test wait for it. */
export class Recorder implements Dispatcher {
  readonly messages: Message[] = []
  readonly events: { readonly event: RecordedEvent; readonly connection: Connection }[] = []
  /** What to do with each message, besides remembering it. */
  onMessage: (message: Message) => boolean | Promise<boolean> = () => true
  readonly #waiting = new Set<() => void>()

  msDispatch(message: Message): boolean | Promise<boolean> {
    this.messages.push(message)
    const taken = this.onMessage(message)
    this.#wake()
    return taken
  }

  msHandleConnect(connection: Connection): void {
    this.#record('connect', connection)
  }

  msHandleAccept(connection: Connection): void {
    this.#record('accept', connection)
  }

  msHandleReset(connection: Connection): undefined {
    this.#record('reset', connection)
  }

  msHandleRemoteReset(connection: Connection): void {
    this.#record('remoteReset', connection)
  }

  msHandleRefused(connection: Connection): undefined {
    this.#record('refused', connection)
  }

  count(event: RecordedEvent): number {
    return this.events.filter((recorded) => recorded.event === event).length
  }

  /** The transaction ids of the messages, in the order of their arrival. */
  get tids(): number[] {
    return this.messages.map(({ tid }) => Number(tid))
  }

  /** Resolves once `isSo`, which is asked again after everything that is recorded. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve)
      })
    }
  }

  untilMessages(count: number): Promise<void> {
    return this.until(() => this.messages.length >= count)
  }

  untilEvent(event: RecordedEvent, count = 1): Promise<void> {
    return this.until(() => this.count(event) >= count)
  }

  #record(event: RecordedEvent, connection: Connection): void {
    this.events.push({ event, connection })
    this.#wake()
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }
}
