import { LatestValue } from './latest-value.ts'

/** Something that changes, and those who follow it. */
export class MapFeed<T> {
  readonly #followers = new Set<LatestValue<T>>()
  #current: T | undefined

  /** The newest value, as long as somebody follows it; `undefined` before there is any. */
  get current(): T | undefined {
    return this.#current
  }

  get hasFollowers(): boolean {
    return this.#followers.size > 0
  }

  publish(value: T): void {
    this.#current = value
    for (const follower of this.#followers) follower.push(value)
  }

  /** Forgets the value: the next one may be any. */
  forget(): void {
    this.#current = undefined
  }

  /**
   * Gives the value that there is, and those that follow, until its reader returns or the signal aborts. `left`: one
   * follower less.
   */
  follow(signal: AbortSignal | undefined, left: () => void): AsyncIterableIterator<T, undefined, undefined> {
    const leave = (): void => {
      signal?.removeEventListener('abort', abort)
      if (this.#followers.delete(follower)) left()
    }
    const abort = (): void => {
      void follower.return()
    }
    const follower = new LatestValue<T>(leave)
    this.#followers.add(follower)
    if (this.#current !== undefined) follower.push(this.#current)
    if (signal?.aborted === true) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    return follower
  }

  /** Nothing more comes. */
  end(): void {
    for (const follower of this.#followers) void follower.return()
  }
}
