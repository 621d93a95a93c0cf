/** A text or a set of bytes is not an entity name or address. */
export class AddressError extends Error {
  override readonly name = 'AddressError'
  readonly code = 'ERR_MSGR_ADDRESS'
}

export type MessageErrorCode = 'ERR_MSGR_UNKNOWN_TYPE' | 'ERR_MSGR_INCOMPATIBLE' | 'ERR_MSGR_DECODE' | 'ERR_MSGR_HEADER'

/** The bytes of a message cannot be turned into one. `type` is the message type in its header. */
export class MessageError extends Error {
  override readonly name = 'MessageError'
  readonly code: MessageErrorCode
  readonly type: number

  constructor(code: MessageErrorCode, type: number, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
    this.type = type
  }
}
