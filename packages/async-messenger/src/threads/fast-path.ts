import { MessageRegistry, type Connection, type Message } from '@msgr/message'
import type { Timers } from '@msgr/messenger-core'
import type { FastDispatcher } from './fast-dispatcher.ts'

/** The way to a worker's fast dispatcher, if it has one. */
export class FastPath {
  readonly #dispatcher: FastDispatcher | undefined
  readonly #messages: MessageRegistry | undefined
  readonly #timers: Pick<Timers, 'now'>
  readonly #beforeDispatch: () => void
  #failure: { readonly error: unknown } | undefined

  /** `timers`: the clock of the messages' stamps. `beforeDispatch`: what is not to wait for a dispatcher that takes long. */
  constructor(dispatcher: FastDispatcher | undefined, timers: Pick<Timers, 'now'>, beforeDispatch: () => void) {
    this.#dispatcher = dispatcher
    this.#timers = timers
    this.#beforeDispatch = beforeDispatch
    this.#messages = dispatcher && new MessageRegistry(dispatcher.messages)
  }

  /** What the dispatcher has thrown. The worker ends when its turn is over: its connections may be in any state. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /** True if the message was taken. */
  take(message: Message): boolean {
    const dispatcher = this.#dispatcher
    if (dispatcher === undefined || this.#messages?.has(message.type) !== true) return false
    try {
      if (dispatcher.msCanFastDispatch?.(message) === false) return false
      this.#beforeDispatch()
      message.dispatchStampMs = this.#timers.now()
      dispatcher.msFastDispatch(message)
    } catch (error) {
      this.#failure ??= { error }
    }
    return true
  }

  opened(connection: Connection, how: 'connected' | 'accepted'): void {
    try {
      if (how === 'connected') this.#dispatcher?.msHandleFastConnect?.(connection)
      else this.#dispatcher?.msHandleFastAccept?.(connection)
    } catch (error) {
      this.#failure ??= { error }
    }
  }
}
