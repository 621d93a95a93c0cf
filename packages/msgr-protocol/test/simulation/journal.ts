import type { VirtualClock } from '../network/virtual-clock.ts'

/** More broken promises of one scenario are not told: the first ones say what is wrong. */
const MAX_BROKEN = 10

/** What happened in one scenario: the promises that were broken and, if wanted, every step towards them. */
export class Journal {
  readonly broken: string[] = []
  readonly lines: string[] = []
  readonly isTracing: boolean
  readonly #clock: VirtualClock

  constructor(clock: VirtualClock, isTracing: boolean) {
    this.#clock = clock
    this.isTracing = isTracing
  }

  note(text: () => string): void {
    if (this.isTracing) this.lines.push(`${String(this.#clock.nowMs).padStart(7)}  ${text()}`)
  }

  breaks(promise: string): void {
    this.note(() => `BROKEN: ${promise}`)
    if (this.broken.length < MAX_BROKEN) this.broken.push(`at ${this.#clock.nowMs} ms: ${promise}`)
  }
}
