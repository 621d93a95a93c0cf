import { createHistogram } from 'node:perf_hooks'

const MICROS_PER_MS = 1000

/** Round trips in milliseconds. */
export interface RoundTripFigures {
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** Gathers round trips, in microseconds from 1 up. */
export class RoundTrips {
  readonly #histogram = createHistogram()

  add(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * MICROS_PER_MS)))
  }

  get figures(): RoundTripFigures {
    const { count, max } = this.#histogram
    const percentile = (percent: number): number => this.#histogram.percentile(percent) / MICROS_PER_MS
    if (count === 0) return { count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 }
    return { count, p50Ms: percentile(50), p99Ms: percentile(99), maxMs: max / MICROS_PER_MS }
  }
}
