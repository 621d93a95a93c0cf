import { BenchError } from './errors.ts'
import type { Suite } from './suite.ts'

/**
 * The suites of these names, in the order in which they are known. Without names it is all of them, or, in a hurry,
 * the first, as the others know no hurry. Throws `BenchError` for a name that no suite has.
 */
export function chooseSuites(known: readonly Suite[], names: readonly string[], isQuick: boolean): readonly Suite[] {
  const missing = names.find((name) => !known.some((suite) => suite.name === name))
  if (missing !== undefined) {
    const list = known.map(({ name }) => name).join(', ')
    throw new BenchError('ERR_BENCH_ARGUMENT', `expected the name of a suite (${list}), got ${missing}`)
  }
  if (names.length > 0) return known.filter(({ name }) => names.includes(name))
  return isQuick ? known.slice(0, 1) : known
}
