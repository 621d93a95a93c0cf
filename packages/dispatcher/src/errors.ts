/** A throttle was asked for something that cannot be, or a wait for it was ended. */
export class ThrottleError extends Error {
  override readonly name = 'ThrottleError'
  readonly code = 'ERR_DISPATCHER_THROTTLE'

  /** More was given back than was taken. */
  static ofTooMuch(taken: number, count: number): ThrottleError {
    return new ThrottleError(`count to give back: expected at most ${taken}, which is taken, got ${count}`)
  }
}
