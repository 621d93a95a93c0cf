/**
 * A sealed value cannot be opened with this key. Which of the checks failed is not said, here or anywhere: whoever
 * could tell wrong padding from a wrong key could use us to decrypt.
 */
export class SealError extends Error {
  override readonly name = 'SealError'
  readonly code = 'ERR_MSGR_SEAL'

  constructor() {
    super('sealed value: expected one that was sealed with this key, got another')
  }
}

/** A key cannot be made of what was given, or cannot be used so. Never tells any of the secret. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
  readonly code = 'ERR_MSGR_KEY'
}

/** A keyring cannot be read, written or found, or lacks a name. Tells where, but never a key. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError'
  readonly code = 'ERR_MSGR_KEYRING'
  /** The file, or what stands for it. */
  readonly path: string
  /** Counted from 1; 0 if no line is to blame. */
  readonly line: number

  constructor(place: { path: string; line?: number }, text: string, cause?: unknown) {
    const { path, line = 0 } = place
    super(`${path}${line > 0 ? `:${line}` : ''}: ${text}`, cause === undefined ? undefined : { cause })
    this.path = path
    this.line = line
  }
}

/** What the peer sent makes no sense, or none at this point of the conversation. */
export class AuthProtocolError extends Error {
  override readonly name = 'AuthProtocolError'
  readonly code = 'ERR_MSGR_AUTH_PROTOCOL'

  constructor(text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
  }
}

/** The peer will not have us, or there is nothing that could be shown to it. */
export class AuthRefusedError extends Error {
  override readonly name = 'AuthRefusedError'
  readonly code = 'ERR_MSGR_AUTH_REFUSED'
  /** Ceph's answer, a negated Linux errno: -13 for a wrong key or an unknown name, -95 for a method. */
  readonly result: number

  constructor(result: number, text: string) {
    super(text)
    this.result = result
  }
}

/**
 * What became of a frame: its tag is wrong; no nonce is left for another; or, before any frame, the connection secret
 * is too short.
 */
export type FrameCipherErrorCode = 'ERR_MSGR_FRAME_TAG' | 'ERR_MSGR_NONCES_USED_UP' | 'ERR_MSGR_CONNECTION_SECRET'

/** A frame cannot be sealed or opened. Every one of these is the end of the connection. */
export class FrameCipherError extends Error {
  override readonly name = 'FrameCipherError'
  readonly code: FrameCipherErrorCode

  constructor(code: FrameCipherErrorCode, text: string) {
    super(text)
    this.code = code
  }
}
