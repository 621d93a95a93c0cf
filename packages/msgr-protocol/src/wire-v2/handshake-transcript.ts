import { ProtocolError } from '../errors.ts'

/** A handshake of real peers is a few KiB. */
const MAX_TRANSCRIPT_BYTES = 64 * 1024

/**
 * All bytes of a handshake that went one way, up to and with AUTH_DONE. They are kept, since there is no key to sign
 * them with before their end. Ceph: src/msg/async/ProtocolV2.h, pre_auth
 */
export class HandshakeTranscript {
  #parts: Uint8Array[] = []
  #length = 0

  get parts(): readonly Uint8Array[] {
    return this.#parts
  }

  /** Adds a copy. Throws `ProtocolError` if a peer makes the handshake too long. */
  readonly add = (bytes: Uint8Array): void => {
    this.#length += bytes.length
    if (this.#length > MAX_TRANSCRIPT_BYTES) {
      const text = `handshake: expected at most ${MAX_TRANSCRIPT_BYTES} bytes, got ${this.#length}`
      throw new ProtocolError('ERR_MSGR_TOO_LONG', text)
    }
    this.#parts.push(Uint8Array.from(bytes))
  }

  clear(): void {
    this.#parts = []
    this.#length = 0
  }
}
