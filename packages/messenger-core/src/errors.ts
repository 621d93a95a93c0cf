export type MessengerErrorCode =
  | 'ERR_MSGR_OPTION'
  | 'ERR_MSGR_ALREADY_BOUND'
  | 'ERR_MSGR_NOT_BOUND'
  | 'ERR_MSGR_BIND'
  | 'ERR_MSGR_SHUT_DOWN'
  | 'ERR_MSGR_BAD_ADDRESS'
  | 'ERR_MSGR_ASYNC_UNAVAILABLE'
  | 'ERR_MSGR_WORKER'
  | 'ERR_MSGR_AUTHENTICATOR'

/** The messenger was given something it cannot use, or cannot do what it was asked. */
export class MessengerError extends Error {
  override readonly name = 'MessengerError'
  readonly code: MessengerErrorCode

  constructor(code: MessengerErrorCode, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** A transport could not be opened, or broke. `code` is the system's (`'ECONNREFUSED'`) where it has one. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly code: string

  constructor(code: string, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
