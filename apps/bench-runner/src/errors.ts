export type BenchErrorCode =
  | 'ERR_BENCH_ARGUMENT'
  | 'ERR_BENCH_FRAME'
  | 'ERR_BENCH_REPLY'
  | 'ERR_BENCH_CONNECTION'
  | 'ERR_BENCH_PROCESS'
  | 'ERR_BENCH_UNAVAILABLE'

/**
 * A run that gives no figures: an argument that makes no sense, a wrong reply, a broken connection, a lost process, or
 * something that this machine has not.
 */
export class BenchError extends Error {
  override readonly name = 'BenchError'
  readonly code: BenchErrorCode

  constructor(code: BenchErrorCode, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
