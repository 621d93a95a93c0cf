/** Which revision of version 2 of the protocol frames are in. */
export type FrameRevision = '2.0' | '2.1'

/** Bytes that sealing adds behind what is sealed. */
export const FRAME_TAG_LENGTH = 16

/**
 * Encrypts and authenticates the frames of one connection, both directions, each call with a nonce of its own. What is
 * sealed in one call is opened in one. The `FrameCipher` of `@msgr/auth` is one.
 */
export interface FrameCipher {
  /**
   * The ciphertext of all parts as one run of bytes, in any number of chunks, and the tag of 16 bytes behind it. The
   * chunks are the caller's; the parts are not in use afterwards. Throws if there are no nonces left.
   */
  seal(parts: readonly Uint8Array[]): Uint8Array[]
  /** What was sealed, in memory of its own; `sealed` is ciphertext and tag. Throws if the tag is not right. */
  open(sealed: Uint8Array): Uint8Array
  /** Begins to open what comes bit by bit. */
  startOpening(): FrameOpening
}

/** Something sealed that is being opened. */
export interface FrameOpening {
  /** The next bytes in clear, in memory of their own. Nobody has vouched for them before `finish`. */
  update(ciphertext: Uint8Array): Uint8Array
  /** Vouches for all that `update` gave, or throws. */
  finish(tag: Uint8Array): void
}
