import { MessageRegistry, type Connection, type Message } from '@msgr/message'
import type { FastDispatcher } from './fast-dispatcher.ts'

/** The way to a worker's fast dispatcher, if it has one. */
export class FastPath {
  readonly #dispatcher: FastDispatcher | undefined
  readonly #messages: MessageRegistry | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(dispatcher: FastDispatcher | undefined) {
    this.#dispatcher = dispatcher
    this.#messages = dispatcher && new MessageRegistry(dispatcher.messages)
  }

  /** What the dispatcher has thrown. The worker ends when its turn is over: its connections may be in any state. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /** True if the message was taken. */
  take(message: Message, nowMs: number): boolean {
    const dispatcher = this.#dispatcher
    if (dispatcher === undefined || this.#messages?.has(message.type) !== true) return false
    return this.#guard(() => {
      if (dispatcher.msCanFastDispatch?.(message) === false) return false
      message.dispatchStampMs = nowMs
      dispatcher.msFastDispatch(message)
      return true
    })
  }

  opened(connection: Connection, how: 'connected' | 'accepted'): void {
    this.#guard(() => {
      if (how === 'connected') this.#dispatcher?.msHandleFastConnect?.(connection)
      else this.#dispatcher?.msHandleFastAccept?.(connection)
      return true
    })
  }

  #guard(run: () => boolean): boolean {
    try {
      return run()
    } catch (error) {
      this.#failure ??= { error }
      return true
    }
  }
}
