export type ProtocolErrorCode =
  | 'ERR_MSGR_BAD_BANNER'
  | 'ERR_MSGR_WRONG_PEER'
  | 'ERR_MSGR_BAD_TAG'
  | 'ERR_MSGR_BAD_HEADER'
  | 'ERR_MSGR_BAD_FOOTER'
  | 'ERR_MSGR_BAD_FRAME'
  | 'ERR_MSGR_TOO_LONG'
  | 'ERR_MSGR_BAD_REPLY'
  | 'ERR_MSGR_TOO_MANY_ROUNDS'
  | 'ERR_MSGR_REFUSED'
  | 'ERR_MSGR_BAD_SIGNATURE'
  | 'ERR_MSGR_TIMEOUT'
  | 'ERR_MSGR_CLOSED_BY_PEER'

/** The peer broke the protocol, refused us, or took too long. It ends the transport, never the process. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, text: string) {
    super(text)
    this.code = code
  }
}

/** The text of two 32-bit values that should have been equal, in hexadecimal. */
export function mismatch(what: string, expected: number, got: number): string {
  return `${what}: expected 0x${expected.toString(16)}, got 0x${got.toString(16)}`
}
