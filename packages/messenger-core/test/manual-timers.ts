import type { Timer, Timers } from '../src/timers.ts'

interface Waiting {
  readonly atMs: number
  readonly run: () => void
}

/** A clock that a test sets forward. */
export class ManualTimers implements Timers {
  #nowMs = 1000
  #waiting: Waiting[] = []

  now(): number {
    return this.#nowMs
  }

  wallNow(): number {
    return this.#nowMs + 1e12
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  after(delayMs: number, run: () => void): Timer {
    const entry = { atMs: this.#nowMs + delayMs, run }
    this.#waiting.push(entry)
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry)
      },
    }
  }

  /** Lets time pass, and runs what comes due, in order. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs
    for (;;) {
      const next = [...this.#waiting].sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > endMs) break
      this.#waiting = this.#waiting.filter((entry) => entry !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
    }
    this.#nowMs = endMs
  }
}
