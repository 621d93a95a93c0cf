/** A descriptor was given that no descriptor can be. */
export class FdOutOfRangeError extends RangeError {
  override readonly name = 'FdOutOfRangeError'
  readonly code = 'ERR_MSGR_FD_OUT_OF_RANGE'
  /** What was given. */
  readonly fd: number
  /** The first number that is too large. */
  readonly limit: number

  constructor(fd: number, limit: number) {
    super(`file descriptor: expected an integer from 0 to ${limit - 1}, got ${fd}`)
    this.fd = fd
    this.limit = limit
  }
}

/** A mask was given that names no event, or one that does not exist. */
export class BadEventMaskError extends RangeError {
  override readonly name = 'BadEventMaskError'
  readonly code = 'ERR_MSGR_BAD_EVENT_MASK'
  /** What was given. */
  readonly mask: number

  constructor(mask: number) {
    super(`event mask: expected EVENT_READABLE (1), EVENT_WRITABLE (2) or both (3), got ${mask}`)
    this.mask = mask
  }
}

/** A delay or a timeout was given that is no length of time. */
export class BadDurationError extends RangeError {
  override readonly name = 'BadDurationError'
  readonly code = 'ERR_MSGR_BAD_DURATION'
  /** The name of the argument. */
  readonly argument: string
  /** What was given. */
  readonly durationMs: number

  constructor(argument: string, expected: string, durationMs: number) {
    super(`${argument}: expected ${expected}, got ${durationMs}`)
    this.argument = argument
    this.durationMs = durationMs
  }
}

/** An option was given a value that it cannot have. */
export class BadEventCenterOptionError extends RangeError {
  override readonly name = 'BadEventCenterOptionError'
  readonly code = 'ERR_MSGR_BAD_EVENT_CENTER_OPTION'
  /** The name of the option. */
  readonly option: string
  /** What was given. */
  readonly value: number

  constructor(option: string, expected: string, value: number) {
    super(`${option}: expected ${expected}, got ${value}`)
    this.option = option
    this.value = value
  }
}

/** A driver was asked for by a name that none has, or none of this system. */
export class UnknownEventDriverError extends RangeError {
  override readonly name = 'UnknownEventDriverError'
  readonly code = 'ERR_MSGR_UNKNOWN_EVENT_DRIVER'
  /** What was given. */
  readonly driver: string
  /** The system, as `process.platform` names it, if others have such a driver. */
  readonly platform: string | undefined

  constructor(driver: string, known: readonly string[], platform?: string) {
    const place = platform === undefined ? '' : ` on ${platform}`
    super(`event driver${place}: expected ${known.map((name) => `'${name}'`).join(' or ')}, got '${driver}'`)
    this.driver = driver
    this.platform = platform
  }
}

/** Something was asked of an `EventCenter` that has been closed. */
export class EventCenterClosedError extends Error {
  override readonly name = 'EventCenterClosedError'
  readonly code = 'ERR_MSGR_EVENT_CENTER_CLOSED'
  /** The name of the method. */
  readonly method: string

  constructor(method: string) {
    super(`${method}: expected an open event center, got one that has been closed`)
    this.method = method
  }
}

/** `processEvents` was called by one of the callbacks that `processEvents` runs. */
export class EventCenterReentryError extends Error {
  override readonly name = 'EventCenterReentryError'
  readonly code = 'ERR_MSGR_EVENT_CENTER_REENTRY'

  constructor() {
    super('processEvents: expected to be called from outside, got a call from inside one of its callbacks')
  }
}

/** External events went on to queue others while the center was being closed, for longer than it is willing to run. */
export class EndlessExternalEventsError extends Error {
  override readonly name = 'EndlessExternalEventsError'
  readonly code = 'ERR_MSGR_ENDLESS_EXTERNAL_EVENTS'
  /** How many passes were run. */
  readonly passCount: number
  /** How many external events were dropped. */
  readonly droppedCount: number

  constructor(passCount: number, droppedCount: number) {
    super(
      `close: expected the external events to end within ${passCount} passes, got ${droppedCount} more and dropped them`,
    )
    this.passCount = passCount
    this.droppedCount = droppedCount
  }
}

/**
 * Callbacks of one pass have thrown: several of them, or one that threw something else than an `Error`. `errors` holds
 * what was thrown, in the order of the calls.
 */
export class EventCallbacksError extends AggregateError {
  override readonly name = 'EventCallbacksError'
  readonly code = 'ERR_MSGR_EVENT_CALLBACKS'

  constructor(thrown: readonly unknown[]) {
    super(thrown, `event callbacks: expected none to throw, got ${thrown.length} that did`)
  }
}
