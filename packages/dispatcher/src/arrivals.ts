import type { QueuedMessage } from './queued-item.ts'

/** The messages that wait, in the order in which they came; each can leave at any time. All in O(1). */
export class Arrivals {
  #oldest: QueuedMessage | undefined
  #newest: QueuedMessage | undefined

  /** When the oldest was received, in the milliseconds of `recvStampMs`; `undefined` if none waits. */
  get oldestMs(): number | undefined {
    return this.#oldest?.message.recvStampMs
  }

  add(item: QueuedMessage): void {
    item.older = this.#newest
    if (this.#newest === undefined) this.#oldest = item
    else this.#newest.newer = item
    this.#newest = item
  }

  remove(item: QueuedMessage): void {
    if (item.older === undefined) this.#oldest = item.newer
    else item.older.newer = item.newer
    if (item.newer === undefined) this.#newest = item.older
    else item.newer.older = item.older
    item.older = item.newer = undefined
  }
}
