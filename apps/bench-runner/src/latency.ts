import * as hdr from 'hdr-histogram-js'
import type { Histogram } from 'hdr-histogram-js'

const NANOS_PER_MICRO = 1e3
/** Nanoseconds, to three digits; it grows by itself if something takes longer than a minute. */
const SHAPE: hdr.BuildRequest = {
  lowestDiscernibleValue: 1,
  highestTrackableValue: 60e9,
  numberOfSignificantValueDigits: 3,
  autoResize: true,
}

/** How long each of many messages took. Recording is a store and no more; sums are made when it is over. */
export class LatencyRecorder {
  #nanos = new Float64Array(1024)
  #count = 0

  record(nanos: number): void {
    if (this.#count === this.#nanos.length) {
      const longer = new Float64Array(2 * this.#count)
      longer.set(this.#nanos)
      this.#nanos = longer
    }
    this.#nanos[this.#count++] = nanos
  }

  /** All of them, packed to go from one process to another. */
  pack(): string {
    return packLatencies(this.#nanos.subarray(0, this.#count))
  }
}

/** Packs nanoseconds as an HdrHistogram. */
export function packLatencies(nanos: Iterable<number>): string {
  const histogram = hdr.build(SHAPE)
  for (const value of nanos) histogram.recordValue(Math.max(1, Math.round(value)))
  return hdr.encodeIntoCompressedBase64(histogram)
}

/** A point of a distribution: so many of a hundred messages took no longer. */
export interface LatencyPoint {
  readonly percentile: number
  readonly micros: number
}

/** The percentiles that reports show. The last one is the longest of all. */
const SHOWN_PERCENTILES: readonly number[] = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100]

/** What packed latencies come to. */
export class LatencyDistribution {
  readonly #histogram: Histogram

  /** Takes several packs together. */
  constructor(packs: readonly string[]) {
    this.#histogram = hdr.build(SHAPE)
    for (const pack of packs) this.#histogram.add(hdr.decodeFromCompressedBase64(pack))
  }

  micros(percentile: number): number {
    return this.#histogram.getValueAtPercentile(percentile) / NANOS_PER_MICRO
  }

  /** As far as there are enough messages to tell. */
  get points(): readonly LatencyPoint[] {
    const { totalCount } = this.#histogram
    const isKnown = (percentile: number): boolean =>
      percentile === 100 || Math.round(totalCount * (100 - percentile)) >= 100
    return SHOWN_PERCENTILES.filter(isKnown).map((percentile) => ({ percentile, micros: this.micros(percentile) }))
  }
}

/** The distribution of one subject in one case, over all its rounds. */
export interface LatencyCurve {
  readonly suite: string
  readonly case: string
  readonly subject: string
  readonly points: readonly LatencyPoint[]
}
