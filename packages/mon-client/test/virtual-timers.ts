import { type Timer, type Timers } from '@msgr/messenger-core'

interface Appointment {
  readonly atMs: number
  readonly run: () => void
}

/** A clock that goes when it is told to. */
export class VirtualTimers implements Timers {
  #nowMs = 0
  readonly #wallMs: number
  readonly #appointments = new Set<Appointment>()

  constructor(wallMs = 1_700_000_000_000) {
    this.#wallMs = wallMs
  }

  /** How long it takes to what comes next; `undefined` if nothing does. */
  get nextInMs(): number | undefined {
    const times = [...this.#appointments].map(({ atMs }) => atMs - this.#nowMs)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  now(): number {
    return this.#nowMs
  }

  wallNow(): number {
    return this.#wallMs + this.#nowMs
  }

  after(delayMs: number, run: () => void): Timer {
    const appointment = { atMs: this.#nowMs + delayMs, run }
    this.#appointments.add(appointment)
    return { cancel: () => void this.#appointments.delete(appointment) }
  }

  /** Lets time pass, and calls what is due on the way, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#appointments].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      this.#appointments.delete(due)
      this.#nowMs = Math.max(this.#nowMs, due.atMs)
      due.run()
    }
    this.#nowMs = untilMs
  }
}
