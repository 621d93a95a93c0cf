import { timingSafeEqual } from 'node:crypto'
import { type SealingKey } from './crypto-key.ts'
import { AuthProtocolError } from './errors.ts'
import { AuthLimits } from './limits.ts'

/** Bytes of an AUTH_SIGNATURE. */
export const SIGNATURE_LENGTH = 32

/**
 * All bytes that went one way, from the banner up to and with AUTH_DONE. Once there is a session key each end signs
 * what it received, and so shows the other that nobody has changed it on its way. Version 2 of the protocol.
 *
 * The bytes are kept, for there is no key before the end of them: they are a few KiB, and limited.
 * Ceph: src/msg/async/ProtocolV2.cc, pre_auth and finish_auth
 */
export class Transcript {
  #parts: Uint8Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Adds a copy of the bytes of a frame. Throws `AuthProtocolError` if a peer makes the handshake too long. */
  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > AuthLimits.maxTranscriptBytes) {
      throw new AuthProtocolError(`handshake: expected at most ${AuthLimits.maxTranscriptBytes} bytes, got ${length}`)
    }
    this.#parts.push(Uint8Array.from(bytes))
    this.#length = length
  }

  /** The signature of it: of what was received, to send. Without a key, as with method none, 32 zeros. */
  sign(sessionKey: SealingKey | undefined): Uint8Array {
    return sessionKey?.hmacSha256(...this.#parts) ?? new Uint8Array(SIGNATURE_LENGTH)
  }

  /** Whether a signature is right: the peer's, of what was sent. */
  matches(sessionKey: SealingKey | undefined, signature: Uint8Array): boolean {
    return signature.length === SIGNATURE_LENGTH && timingSafeEqual(this.sign(sessionKey), signature)
  }

  /** Lets go of the bytes. */
  clear(): void {
    this.#parts = []
    this.#length = 0
  }
}
