/** A text, or a set of fields, is not an entity name or address. */
export class AddressError extends Error {
  override readonly name = 'AddressError'
  readonly code = 'ERR_MSGR_ADDRESS'
}

/**
 * What is wrong with a message: no class is registered for its type, its layout is too new for the class, its payload
 * makes no sense, its header holds numbers that cannot be held here — or, before any message came, its class cannot be
 * registered.
 */
export type MessageErrorCode =
  'ERR_MSGR_UNKNOWN_TYPE' | 'ERR_MSGR_INCOMPATIBLE' | 'ERR_MSGR_DECODE' | 'ERR_MSGR_HEADER' | 'ERR_MSGR_MESSAGE_CLASS'

/** The bytes of a message cannot be turned into one. `type` is the message type in its header, or of its class. */
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
