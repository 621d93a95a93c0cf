import type { Connection, Message } from '@msgr/message'
import type { Dispatcher } from './dispatcher.ts'

/** What went wrong in a dispatcher: which one, and in which of its methods. */
export interface DispatcherFailure {
  readonly error: unknown
  readonly dispatcher: Dispatcher
  readonly method: keyof Dispatcher
}

type ToldToAll = 'msHandleConnect' | 'msHandleAccept' | 'msHandleRemoteReset'
type ToldToAllFast = 'msHandleFastConnect' | 'msHandleFastAccept'
type ToldUntilTrue = 'msHandleReset' | 'msHandleRefused'

/**
 * The dispatchers of a messenger, in order. One that throws is reported and does not keep the others from being told;
 * a message in whose dispatch it threw counts as taken.
 *
 * Ceph: src/msg/Messenger.h, ms_deliver_*
 */
export class DispatcherChain {
  #all: readonly Dispatcher[] = []
  #fast: readonly Dispatcher[] = []
  readonly #onFailure: (failure: DispatcherFailure) => void

  constructor(onFailure: (failure: DispatcherFailure) => void) {
    this.#onFailure = onFailure
  }

  get length(): number {
    return this.#all.length
  }

  addDispatcherHead(dispatcher: Dispatcher): void {
    this.#all = [dispatcher, ...this.#all]
    if (canBeFast(dispatcher)) this.#fast = [dispatcher, ...this.#fast]
  }

  addDispatcherTail(dispatcher: Dispatcher): void {
    this.#all = [...this.#all, dispatcher]
    if (canBeFast(dispatcher)) this.#fast = [...this.#fast, dispatcher]
  }

  /** Offers the message along the chain until one takes it; false if none does. A promise only if one was needed. */
  dispatch(message: Message): boolean | Promise<boolean> {
    return this.#offer(message, this.#all, 0)
  }

  /** Shows the message to every fast dispatcher. */
  fastPreprocess(message: Message): void {
    for (const dispatcher of this.#fast) {
      if (dispatcher.msFastPreprocess === undefined) continue
      try {
        dispatcher.msFastPreprocess(message)
      } catch (error) {
        this.#onFailure({ error, dispatcher, method: 'msFastPreprocess' })
      }
    }
  }

  /** The dispatcher to take the message at once, if there is one. */
  findFastDispatcher(message: Message): Dispatcher | undefined {
    for (const dispatcher of this.#fast) {
      try {
        if (dispatcher.msCanFastDispatch?.(message) === true) return dispatcher
      } catch (error) {
        this.#onFailure({ error, dispatcher, method: 'msCanFastDispatch' })
      }
    }
    return undefined
  }

  /** Gives the message to the dispatcher that `findFastDispatcher` found. */
  fastDispatch(message: Message, dispatcher: Dispatcher): void {
    try {
      dispatcher.msFastDispatch?.(message)
    } catch (error) {
      this.#onFailure({ error, dispatcher, method: 'msFastDispatch' })
    }
  }

  deliverHandleConnect(connection: Connection): void {
    this.#tell('msHandleConnect', connection)
  }

  deliverHandleFastConnect(connection: Connection): void {
    this.#tellFast('msHandleFastConnect', connection)
  }

  deliverHandleAccept(connection: Connection): void {
    this.#tell('msHandleAccept', connection)
  }

  deliverHandleFastAccept(connection: Connection): void {
    this.#tellFast('msHandleFastAccept', connection)
  }

  deliverHandleRemoteReset(connection: Connection): void {
    this.#tell('msHandleRemoteReset', connection)
  }

  deliverHandleReset(connection: Connection): void {
    this.#tellUntilTrue('msHandleReset', connection)
  }

  deliverHandleRefused(connection: Connection): void {
    this.#tellUntilTrue('msHandleRefused', connection)
  }

  deliverHandleAuthentication(connection: Connection): void {
    for (const dispatcher of this.#all) {
      this.#guard(dispatcher, 'msHandleAuthentication', () => dispatcher.msHandleAuthentication?.(connection))
    }
  }

  #offer(message: Message, dispatchers: readonly Dispatcher[], from: number): boolean | Promise<boolean> {
    for (let i = from; i < dispatchers.length; i++) {
      const dispatcher = dispatchers[i]
      if (dispatcher === undefined) break
      try {
        const taken = dispatcher.msDispatch(message)
        if (typeof taken === 'object') return this.#offerOn(message, dispatchers, i, taken)
        if (taken) return true
      } catch (error) {
        this.#onFailure({ error, dispatcher, method: 'msDispatch' })
        return true
      }
    }
    return false
  }

  async #offerOn(
    message: Message,
    dispatchers: readonly Dispatcher[],
    index: number,
    pending: Promise<boolean>,
  ): Promise<boolean> {
    try {
      if (await pending) return true
    } catch (error) {
      const dispatcher = dispatchers[index]
      if (dispatcher !== undefined) this.#onFailure({ error, dispatcher, method: 'msDispatch' })
      return true
    }
    return this.#offer(message, dispatchers, index + 1)
  }

  #tell(method: ToldToAll, connection: Connection): void {
    for (const dispatcher of this.#all) this.#guard(dispatcher, method, () => dispatcher[method]?.(connection))
  }

  #tellFast(method: ToldToAllFast, connection: Connection): void {
    for (const dispatcher of this.#fast) this.#guard(dispatcher, method, () => dispatcher[method]?.(connection))
  }

  #tellUntilTrue(method: ToldUntilTrue, connection: Connection): void {
    for (const dispatcher of this.#all) {
      if (this.#guard(dispatcher, method, () => dispatcher[method]?.(connection)) === true) return
    }
  }

  #guard<T>(dispatcher: Dispatcher, method: keyof Dispatcher, call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.#onFailure({ error, dispatcher, method })
      return undefined
    }
  }
}

function canBeFast(dispatcher: Dispatcher): boolean {
  if (dispatcher.msCanFastDispatchAny !== undefined) return dispatcher.msCanFastDispatchAny()
  return (
    dispatcher.msFastDispatch !== undefined ||
    dispatcher.msFastPreprocess !== undefined ||
    dispatcher.msHandleFastConnect !== undefined ||
    dispatcher.msHandleFastAccept !== undefined
  )
}
