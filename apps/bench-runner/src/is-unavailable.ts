import { MessengerError } from '@msgr/messenger'
import { BenchError } from './errors.ts'

/** True for an error that says that this machine has not what a subject is made of. */
export function isUnavailable(error: unknown): error is Error {
  if (error instanceof MessengerError) return error.code === 'ERR_MSGR_ASYNC_UNAVAILABLE'
  return error instanceof BenchError && error.code === 'ERR_BENCH_UNAVAILABLE'
}
