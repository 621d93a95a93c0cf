import { createCipheriv, createDecipheriv, createSecretKey, type DecipherGCM, type KeyObject } from 'node:crypto'
import type { Aead, AeadFactory } from './aead.ts'
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

export interface FrameCipherOptions {
  /** `'dial'` for the end that opened the connection. */
  readonly role: 'dial' | 'accept'
  readonly revision: FrameRevision
  /** What does the work instead of `node:crypto`; not of `startOpening`, though. */
  readonly aead?: AeadFactory | undefined
}

/** How many nonces of either direction have been used. */
export interface FrameCipherPosition {
  readonly sealed: bigint
  readonly opened: bigint
}

/**
 * Encrypts and authenticates what goes over one connection of version 2 of the protocol, by AES-128-GCM: both
 * directions, each with nonces of its own. What is sealed in one call is opened in one. Frames, padding and segments
 * are the affair of the wire. Ceph: src/msg/async/crypto_onwire.cc
 */
export class FrameCipher {
  readonly #key: KeyObject
  readonly #aead: Aead | undefined
  readonly #sending: NonceSequence
  readonly #receiving: NonceSequence
  #isBroken = false

  /**
   * Takes what it needs of the secret, 40 bytes at least, and keeps no reference to it. Throws `FrameCipherError` for a
   * shorter one.
   */
  constructor(connectionSecret: Uint8Array, options: FrameCipherOptions) {
    if (connectionSecret.length < USED_SECRET_LENGTH) {
      const text = `connection secret: expected at least ${USED_SECRET_LENGTH} bytes, got ${connectionSecret.length}`
      throw new FrameCipherError('ERR_MSGR_CONNECTION_SECRET', text)
    }
    const { role, revision, aead } = options
    const key = connectionSecret.subarray(0, KEY_LENGTH)
    const ofServer = connectionSecret.subarray(KEY_LENGTH, KEY_LENGTH + NONCE_LENGTH)
    const ofClient = connectionSecret.subarray(KEY_LENGTH + NONCE_LENGTH, USED_SECRET_LENGTH)
    this.#key = createSecretKey(key)
    this.#aead = aead?.(key)
    const counted = COUNTED_BYTES[revision]
    this.#sending = new NonceSequence(role === 'dial' ? ofClient : ofServer, counted)
    this.#receiving = new NonceSequence(role === 'dial' ? ofServer : ofClient, counted)
  }

  /**
   * The ciphertext of all parts as one run of bytes, and the tag, in one chunk or several. Takes one nonce; throws
   * `FrameCipherError` when there is none left.
   */
  seal(parts: readonly Uint8Array[]): Uint8Array[] {
    const nonce = this.#sending.next()
    if (this.#aead === undefined) return sealByNode(this.#key, nonce, parts)
    let length = FRAME_TAG_LENGTH
    for (const part of parts) length += part.length
    // Not filled with zeros, which would cost as much as to seal it; all of it is written.
    const sealed = Buffer.allocUnsafeSlow(length)
    this.#aead.seal(nonce, parts, sealed, 0)
    return [sealed]
  }

  /** As `seal`, to target[at …], where there must be room: for what is in the parts, and for the tag. */
  sealInto(parts: readonly Uint8Array[], target: Uint8Array, at: number): void {
    const nonce = this.#sending.next()
    if (this.#aead === undefined) writeChunks(sealByNode(this.#key, nonce, parts), target, at)
    else this.#aead.seal(nonce, parts, target, at)
  }

  /**
   * What was sealed, in memory of its own: `sealed` is ciphertext and tag. Nothing of it is given out before the tag is
   * found right. Takes one nonce. Throws `FrameCipherError`, and from then on always.
   */
  open(sealed: Uint8Array): Uint8Array {
    const length = sealed.length - FRAME_TAG_LENGTH
    if (this.#aead !== undefined) {
      // No Buffer: a part of one takes several times as long to make as a part of a plain array.
      const plain = new Uint8Array(Buffer.allocUnsafeSlow(Math.max(0, length)).buffer)
      this.#openByAead(this.#aead, sealed, 0, sealed.length, plain, 0)
      return plain
    }
    const opening = this.startOpening()
    const plain = opening.update(sealed.subarray(0, Math.max(0, length)))
    opening.finish(sealed.subarray(Math.max(0, length)))
    return plain
  }

  /** As `open`: what is in source[start, end), to target[at …]. */
  openInto(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
    if (this.#aead === undefined) target.set(this.open(source.subarray(start, end)), at)
    else this.#openByAead(this.#aead, source, start, end, target, at)
  }

  /** Begins to open what comes bit by bit, as a frame of 2.0 does, where the length is in what is sealed. */
  startOpening(): FrameOpening {
    if (this.#isBroken) throw wrongTag()
    const decipher = createDecipheriv(ALGORITHM, this.#key, this.#receiving.next())
    return new FrameOpening(decipher, () => {
      this.#isBroken = true
    })
  }

  /**
   * How far it has come: what another one needs to go on in its place. Not to be asked for in the middle of what
   * `startOpening` began. Throws `FrameCipherError` if something that was opened was wrong.
   */
  get position(): FrameCipherPosition {
    if (this.#isBroken) throw wrongTag()
    return { sealed: this.#sending.usedCount, opened: this.#receiving.usedCount }
  }

  /**
   * Goes to where another one with the same secret and role has stopped, for good: a nonce that is used twice gives away
   * what it sealed. Throws if this one has been used, and for counts that cannot be.
   */
  resumeAt({ sealed, opened }: FrameCipherPosition): void {
    this.#sending.skip(sealed)
    this.#receiving.skip(opened)
  }

  #openByAead(aead: Aead, source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
    if (!this.#isBroken && aead.open(this.#receiving.next(), source, start, end, target, at)) return
    this.#isBroken = true
    throw wrongTag()
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

/** Ciphertext, in as many chunks as there are parts that are not empty, and the tag. */
function sealByNode(key: KeyObject, nonce: Uint8Array, parts: readonly Uint8Array[]): Uint8Array[] {
  const cipher = createCipheriv(ALGORITHM, key, nonce)
  const chunks: Uint8Array[] = []
  for (const part of parts) if (part.length > 0) chunks.push(cipher.update(part))
  cipher.final()
  chunks.push(cipher.getAuthTag())
  return chunks
}

function writeChunks(chunks: readonly Uint8Array[], target: Uint8Array, at: number): void {
  for (const chunk of chunks) {
    target.set(chunk, at)
    at += chunk.length
  }
}

function wrongTag(): FrameCipherError {
  return new FrameCipherError('ERR_MSGR_FRAME_TAG', 'frame: expected one that the peer sealed, got another')
}
