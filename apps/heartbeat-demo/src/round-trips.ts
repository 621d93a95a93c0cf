import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

const NS_PER_MS = 1e6
const MAX_NS = 3_600e9

/** Some round trip times in a few figures, in milliseconds. */
export interface RoundTripFigures {
  readonly min: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Collects round trip times. */
export class RoundTrips {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: MAX_NS, figures: 3 })
  #count = 0
  #minMs = Infinity
  #maxMs = 0

  get count(): number {
    return this.#count
  }

  add(rttMs: number): void {
    this.#count++
    this.#minMs = Math.min(this.#minMs, rttMs)
    this.#maxMs = Math.max(this.#maxMs, rttMs)
    this.#histogram.record(Math.min(MAX_NS, Math.max(1, Math.round(rttMs * NS_PER_MS))))
  }

  /** `undefined` while there are none. Rounded to a thousandth of a millisecond. */
  get figures(): RoundTripFigures | undefined {
    if (this.#count === 0) return undefined
    return {
      min: round(this.#minMs),
      p50: round(this.#percentile(50)),
      p99: round(this.#percentile(99)),
      max: round(this.#maxMs),
    }
  }

  #percentile(percent: number): number {
    // The histogram keeps three figures, and rounds up: never beyond what was really there.
    const valueMs = this.#histogram.percentile(percent) / NS_PER_MS
    return Math.min(this.#maxMs, Math.max(this.#minMs, valueMs))
  }
}

function round(valueMs: number): number {
  return Math.round(valueMs * 1000) / 1000
}

/** `0.42 ms`, `1.20 s`. */
export function formatMs(valueMs: number): string {
  if (valueMs >= 999.5) return `${(valueMs / 1000).toFixed(2)} s`
  if (valueMs >= 99.5) return `${valueMs.toFixed(0)} ms`
  return `${valueMs.toFixed(valueMs >= 9.995 ? 1 : 2)} ms`
}
