/** A throttle was asked for something that cannot be, or a wait for it was ended. */
export class ThrottleError extends Error {
  override readonly name = 'ThrottleError'
  readonly code = 'ERR_DISPATCHER_THROTTLE'
}
