import type { Message } from '@msgr/message'
import type { Timer, Timers } from './timers.ts'

/**
 * Holds messages back, in order: one that is delayed delays those behind it. Only there to test what happens then.
 * Ceph: src/msg/async/AsyncConnection.h, DelayedDelivery
 */
export class DelayLine {
  readonly #timers: Timers
  readonly #deliver: (message: Message) => void
  #held: { readonly message: Message; readonly atMs: number }[] = []
  #timer: Timer | undefined

  constructor(timers: Timers, deliver: (message: Message) => void) {
    this.#timers = timers
    this.#deliver = deliver
  }

  add(message: Message, delayMs: number): void {
    this.#held.push({ message, atMs: this.#timers.now() + delayMs })
    this.#deliverDue()
  }

  /** Delivers all at once: the transport is gone, but its messages came. */
  flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    for (const { message } of this.#takeAll()) this.#deliver(message)
  }

  /** Gives back what is held, undelivered: the session they belong to is gone. */
  discard(): Message[] {
    this.#timer?.cancel()
    this.#timer = undefined
    return this.#takeAll().map(({ message }) => message)
  }

  #takeAll(): { readonly message: Message }[] {
    const held = this.#held
    this.#held = []
    return held
  }

  #deliverDue(): void {
    while (this.#timer === undefined) {
      const first = this.#held[0]
      if (first === undefined) return
      const waitMs = first.atMs - this.#timers.now()
      if (waitMs > 0) {
        this.#timer = this.#timers.after(waitMs, () => {
          this.#timer = undefined
          this.#deliverDue()
        })
        return
      }
      this.#held.shift()
      this.#deliver(first.message)
    }
  }
}
