const MS_PER_SECOND = 1000
const NANOS_PER_MS = 1e6

/**
 * Milliseconds of a clock that all threads of the machine share, with fractions down to nanoseconds; that of
 * `performance.now` begins at another time on each thread.
 */
export function monotonicMs(): number {
  const [seconds, nanos] = process.hrtime()
  return seconds * MS_PER_SECOND + nanos / NANOS_PER_MS
}
