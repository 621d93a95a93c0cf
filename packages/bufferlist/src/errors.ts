/** More bytes were asked for than there are. Nothing was read or changed: positions are as they were before the call. */
export class EndOfBufferError extends RangeError {
  override readonly name = 'EndOfBufferError'
  readonly code = 'ERR_BUFFERLIST_END_OF_BUFFER'
  /** Bytes that the call needed. */
  readonly wanted: number
  /** Bytes that were there, counted from the offset the call named or the position it started at. */
  readonly available: number

  constructor(wanted: number, available: number) {
    super(`expected ${wanted} more bytes, got ${available}`)
    this.wanted = wanted
    this.available = available
  }
}

/** The bytes are there, but they cannot be what they claim to be. */
export class MalformedInputError extends Error {
  override readonly name = 'MalformedInputError'
  readonly code = 'ERR_BUFFERLIST_MALFORMED_INPUT'
  /** The numbers of the message by name, for example `{ compat: 3, understood: 2 }`. */
  readonly detail: Readonly<Record<string, number>>

  constructor(message: string, detail: Readonly<Record<string, number>> = {}) {
    super(message)
    this.detail = detail
  }
}

/** A source gave more bytes than its reader had allowed. */
export class ListTooLongError extends Error {
  override readonly name = 'ListTooLongError'
  readonly code = 'ERR_BUFFERLIST_TOO_LONG'
  /** Bytes that were allowed. */
  readonly maxLength: number
  /** Bytes that would have been in the list. */
  readonly length: number

  constructor(maxLength: number, length: number) {
    super(`expected up to ${maxLength} bytes, got ${length} so far`)
    this.maxLength = maxLength
    this.length = length
  }
}
