/**
 * An iterator over something that changes: it gives each value once, and to who is slow only the newest. Asking before
 * there is one waits for it. Several calls of `next` may wait; each gets a value of its own.
 */
export class LatestValue<T> implements AsyncIterableIterator<T, undefined, undefined> {
  #waiting: ((result: IteratorResult<T, undefined>) => void)[] = []
  #unread: { readonly value: T } | undefined
  #isOver = false
  readonly #onReturn: () => void

  /** `onReturn`: its reader has had enough. */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn
  }

  /** A new value; it takes the place of one that was not read. */
  push(value: T): void {
    if (this.#isOver) return
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#unread = { value }
    else waiting({ done: false, value })
  }

  /** No more values come; one that was not read is still given. */
  end(): void {
    this.#isOver = true
    const waiting = this.#waiting
    this.#waiting = []
    for (const settle of waiting) settle({ done: true, value: undefined })
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const unread = this.#unread
    if (unread !== undefined) {
      this.#unread = undefined
      return Promise.resolve({ done: false, value: unread.value })
    }
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#unread = undefined
    this.end()
    this.#onReturn()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
