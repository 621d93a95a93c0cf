import { type MonClientOptions } from './mon-client-options.ts'

/**
 * How long to wait for monitors before others are tried: longer each time in vain, and shorter again while all is well.
 * Ceph: src/mon/MonClient.cc, reopen_interval_multiplier
 */
export class HuntPace {
  readonly #options: MonClientOptions
  #multiple: number

  constructor(options: MonClientOptions) {
    this.#options = options
    this.#multiple = options.huntIntervalMinMultiple
  }

  get intervalMs(): number {
    return this.#options.huntIntervalMs * this.#multiple
  }

  /** Nobody has answered, or a session is lost. */
  slowDown(): void {
    const { huntIntervalBackoff, huntIntervalMaxMultiple } = this.#options
    this.#multiple = Math.min(this.#multiple * huntIntervalBackoff, huntIntervalMaxMultiple)
  }

  /** A session has lasted another while. */
  speedUp(): void {
    const { huntIntervalBackoff, huntIntervalMinMultiple } = this.#options
    this.#multiple = Math.max(this.#multiple / huntIntervalBackoff, huntIntervalMinMultiple)
  }
}
