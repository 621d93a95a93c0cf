import { createCipheriv, createDecipheriv, createSecretKey, type DecipherGCM, type KeyObject } from 'node:crypto'
import { FrameCipherError } from './errors.ts'
import { COUNTED_BYTES, type FrameRevision, NONCE_LENGTH, NonceSequence } from './nonce-sequence.ts'

const KEY_LENGTH = 16
/** Of a connection secret, that which is used: the key, and the first nonce of either direction. */
const USED_SECRET_LENGTH = KEY_LENGTH + 2 * NONCE_LENGTH
const ALGORITHM = 'aes-128-gcm'

/** Bytes that sealing adds. */
export const FRAME_TAG_LENGTH = 16
/** Bytes of the connection secrets that servers make. */
export const CONNECTION_SECRET_LENGTH = 64

/**
 * Encrypts and authenticates what goes over one connection of version 2 of the protocol, by AES-128-GCM: both
 * directions, each with nonces of its own. What is sealed in one call is opened in one. Frames, padding and segments
 * are the affair of the wire. Ceph: src/msg/async/crypto_onwire.cc
 */
export class FrameCipher {
  readonly #key: KeyObject
  readonly #sending: NonceSequence
  readonly #receiving: NonceSequence
  #isBroken = false

  /**
   * `role`: `'dial'` for the end that opened the connection. Takes what it needs of the secret, 40 bytes at least, and
   * keeps no reference to it. Throws `FrameCipherError` for a shorter one.
   */
  constructor(connectionSecret: Uint8Array, options: { role: 'dial' | 'accept'; revision: FrameRevision }) {
    if (connectionSecret.length < USED_SECRET_LENGTH) {
      const text = `connection secret: expected at least ${USED_SECRET_LENGTH} bytes, got ${connectionSecret.length}`
      throw new FrameCipherError('ERR_MSGR_CONNECTION_SECRET', text)
    }
    const { role, revision } = options
    const ofServer = connectionSecret.subarray(KEY_LENGTH, KEY_LENGTH + NONCE_LENGTH)
    const ofClient = connectionSecret.subarray(KEY_LENGTH + NONCE_LENGTH, USED_SECRET_LENGTH)
    this.#key = createSecretKey(connectionSecret.subarray(0, KEY_LENGTH))
    const counted = COUNTED_BYTES[revision]
    this.#sending = new NonceSequence(role === 'dial' ? ofClient : ofServer, counted)
    this.#receiving = new NonceSequence(role === 'dial' ? ofServer : ofClient, counted)
  }

  /**
   * The ciphertext of all parts as one run of bytes, in as many chunks as there were parts that are not empty, and the
   * tag. Takes one nonce; throws `FrameCipherError` when there is none left.
   */
  seal(parts: readonly Uint8Array[]): Uint8Array[] {
    const cipher = createCipheriv(ALGORITHM, this.#key, this.#sending.next())
    const chunks: Uint8Array[] = []
    for (const part of parts) if (part.length > 0) chunks.push(cipher.update(part))
    cipher.final()
    chunks.push(cipher.getAuthTag())
    return chunks
  }

  /**
   * What was sealed: `sealed` is ciphertext and tag. Nothing of it is given out before the tag is found right. Takes
   * one nonce. Throws `FrameCipherError`, and from then on always.
   */
  open(sealed: Uint8Array): Uint8Array {
    const length = sealed.length - FRAME_TAG_LENGTH
    const opening = this.startOpening()
    const plain = opening.update(sealed.subarray(0, Math.max(0, length)))
    opening.finish(sealed.subarray(Math.max(0, length)))
    return plain
  }

  /** Begins to open what comes bit by bit, as a frame of 2.0 does, where the length is in what is sealed. */
  startOpening(): FrameOpening {
    if (this.#isBroken) throw wrongTag()
    const decipher = createDecipheriv(ALGORITHM, this.#key, this.#receiving.next())
    return new FrameOpening(decipher, () => {
      this.#isBroken = true
    })
  }
}

/** Something sealed that is being opened. */
export class FrameOpening {
  readonly #decipher: DecipherGCM
  readonly #refuse: () => void

  /** Made by `FrameCipher.startOpening`. */
  constructor(decipher: DecipherGCM, refuse: () => void) {
    this.#decipher = decipher
    this.#refuse = refuse
  }

  /** The next bytes in clear. Nobody has vouched for them yet: act on nothing in them but the length of the frame. */
  update(ciphertext: Uint8Array): Uint8Array {
    return this.#decipher.update(ciphertext)
  }

  /** Vouches for all that `update` gave, or throws `FrameCipherError`. */
  finish(tag: Uint8Array): void {
    if (this.#isRight(tag)) return
    this.#refuse()
    throw wrongTag()
  }

  #isRight(tag: Uint8Array): boolean {
    // A shorter tag would do for GCM: one byte is guessed in no time.
    if (tag.length !== FRAME_TAG_LENGTH) return false
    try {
      this.#decipher.setAuthTag(tag)
      this.#decipher.final()
      return true
    } catch {
      return false
    }
  }
}

function wrongTag(): FrameCipherError {
  return new FrameCipherError('ERR_MSGR_FRAME_TAG', 'frame: expected one that the peer sealed, got another')
}
