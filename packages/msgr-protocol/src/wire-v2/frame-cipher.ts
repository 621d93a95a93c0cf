/** Which revision of version 2 of the protocol frames are in. */
export type FrameRevision = '2.0' | '2.1'

/** Bytes that sealing adds behind what is sealed. */
export const FRAME_TAG_LENGTH = 16

/**
 * AES-128-GCM with one key, without additional data, for a frame cipher to build on: the `AesGcm` of `@msgr/posix` is
 * one. Nonces have 12 bytes; that none comes twice is the affair of the frame cipher.
 */
export interface Aead {
  /** The ciphertext of all parts as one run of bytes, to target[at …], and the tag of 16 bytes behind it. */
  seal(nonce: Uint8Array, parts: readonly Uint8Array[], target: Uint8Array, at: number): number
  /** Opens source[start, end), ciphertext and tag, to target[at …]. False, with nothing given out, for a wrong tag. */
  open(nonce: Uint8Array, source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): boolean
}

/** Makes one with a key of 16 bytes, of which it keeps no reference. */
export type AeadFactory = (key: Uint8Array) => Aead

/** How many nonces of either direction a frame cipher has used. */
export interface FrameCipherPosition {
  readonly sealed: bigint
  readonly opened: bigint
}

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
  /** As `seal`, to target[at …], where there is room for all parts and the tag. No part lies there. */
  sealInto(parts: readonly Uint8Array[], target: Uint8Array, at: number): void
  /** What was sealed, in memory of its own; `sealed` is ciphertext and tag. Throws if the tag is not right. */
  open(sealed: Uint8Array): Uint8Array
  /** As `open`: what source[start, end) was, to target[at …]. If it throws, nothing of it is in the target. */
  openInto(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void
  /** Begins to open what comes bit by bit. */
  startOpening(): FrameOpening
  /** How far it has come. Not to be asked for while something is being opened bit by bit. */
  readonly position: FrameCipherPosition
  /**
   * Goes to where another one with the same secret has stopped, for good: a nonce that is used twice gives away what it
   * sealed. Throws if this one has been used.
   */
  resumeAt(position: FrameCipherPosition): void
}

/** Something sealed that is being opened. */
export interface FrameOpening {
  /** The next bytes in clear, in memory of their own. Nobody has vouched for them before `finish`. */
  update(ciphertext: Uint8Array): Uint8Array
  /** Vouches for all that `update` gave, or throws. */
  finish(tag: Uint8Array): void
}
