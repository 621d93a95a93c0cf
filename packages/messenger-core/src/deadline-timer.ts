import type { Timer, Timers } from './timers.ts'

/** A timer for a deadline that is asked for often, seldom comes, and mostly moves away. */
export class DeadlineTimer {
  readonly #timers: Timers
  readonly #onDue: () => void
  #timer: Timer | undefined
  #atMs = Infinity

  /** `onDue` is called once for a deadline, or too early: then it arms the timer again. */
  constructor(timers: Timers, onDue: () => void) {
    this.#timers = timers
    this.#onDue = onDue
  }

  /** `deadlineMs` of the timers' clock; `undefined`: there is none. */
  arm(deadlineMs: number | undefined): void {
    // A timer that fires too early only looks again, so one that is due before the deadline is left as it is.
    if (deadlineMs !== undefined && this.#atMs <= deadlineMs) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#atMs = Infinity
    if (deadlineMs === undefined) return
    this.#atMs = deadlineMs
    this.#timer = this.#timers.after(Math.max(0, deadlineMs - this.#timers.now()), () => {
      this.#atMs = Infinity
      this.#onDue()
    })
  }
}
