interface Waiter {
  readonly onGranted: () => void
  readonly signal: AbortSignal | undefined
}

/**
 * Keeps messages from being read while the way to the messenger's thread is full: each connection's next message waits
 * before its body is read. In the place of a throttle that holds nothing.
 */
export class CrossingGate {
  readonly #isShut: () => boolean
  readonly #waiters: Waiter[] = []

  constructor(isShut: () => boolean) {
    this.#isShut = isShut
  }

  getOrFail(): boolean {
    return !this.#isShut()
  }

  getWhenRoom(_count: number, onGranted: () => void, signal?: AbortSignal): boolean {
    if (!this.#isShut()) {
      onGranted()
      return false
    }
    this.#waiters.push({ onGranted, signal })
    return true
  }

  put(): number {
    return 0
  }

  /** The way may be free again: lets in who waits, in order, until it is not. */
  open(): void {
    while (!this.#isShut()) {
      const waiter = this.#waiters.shift()
      if (waiter === undefined) return
      if (waiter.signal?.aborted !== true) waiter.onGranted()
    }
  }
}
