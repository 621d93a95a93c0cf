import { max, median, min } from 'simple-statistics'

/** Where values lie: the middle one, and the ends. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The spread of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const list = [...values]
  return { median: median(list), min: min(list), max: max(list) }
}

/** The spread of each value over the one at the same place: what two subjects found in the same round. */
export function spreadOfRatios(values: readonly number[], baseline: readonly number[]): Spread {
  if (values.length !== baseline.length) {
    throw new Error(`ratios: expected as many values as in the baseline, ${baseline.length}, got ${values.length}`)
  }
  return spreadOf(values.map((value, index) => value / (baseline[index] ?? Number.NaN)))
}
