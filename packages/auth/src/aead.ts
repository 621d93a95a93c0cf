/**
 * AES-128-GCM with one key, without additional data, by something faster than `node:crypto`: the `AesGcm` of
 * `@msgr/posix`, by shape. Nonces have 12 bytes, tags 16; whoever calls sees to it that no nonce comes twice.
 */
export interface Aead {
  /** The ciphertext of all parts as one run of bytes, to target[at …], and the tag behind it. */
  seal(nonce: Uint8Array, parts: readonly Uint8Array[], target: Uint8Array, at: number): number
  /** Opens source[start, end), ciphertext and tag, to target[at …]. False, with nothing given out, for a wrong tag. */
  open(nonce: Uint8Array, source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): boolean
}

/** Makes one with a key of 16 bytes, of which it keeps no reference. */
export type AeadFactory = (key: Uint8Array) => Aead
