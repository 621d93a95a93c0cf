import { isAvailable, unavailableReason } from '@msgr/posix'
import { BenchError } from './errors.ts'

/** Throws `BenchError` where the native part is missing, with the reason. */
export function needShim(): void {
  if (isAvailable()) return
  const cause = unavailableReason()
  throw new BenchError('ERR_BENCH_UNAVAILABLE', cause?.message ?? 'the native part of @msgr/posix is missing', cause)
}
