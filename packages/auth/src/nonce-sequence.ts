import { FrameCipherError } from './errors.ts'

/** Bytes of a nonce. */
export const NONCE_LENGTH = 12

/** Which revision of version 2 of the protocol frames are in. */
export type FrameRevision = '2.0' | '2.1'

/** Bytes of a nonce that are one little-endian number, from `start` to before `end`. */
export interface CountedBytes {
  readonly start: number
  readonly end: number
}

/** What each revision counts up: the u32 that a nonce begins with, or the u64 after it. */
export const COUNTED_BYTES: Readonly<Record<FrameRevision, CountedBytes>> = {
  '2.0': { start: 0, end: 4 },
  '2.1': { start: 4, end: NONCE_LENGTH },
}

/**
 * The nonces of one direction, each used once. They begin where the connection secret says, not at zero, and go around. Ceph: src/msg/async/crypto_onwire.cc, nonce_t
 */
export class NonceSequence {
  readonly #nonce: Uint8Array
  readonly #first: Uint8Array
  readonly #counted: CountedBytes
  #isUsedUp = false
  #isFirst = true

  constructor(first: Uint8Array, counted: CountedBytes) {
    this.#nonce = Uint8Array.from(first)
    this.#first = Uint8Array.from(first)
    this.#counted = counted
  }

  /**
   * The next nonce, in memory that the call after it changes. Throws `FrameCipherError` if all have been used: with one
   * used twice, whoever sees both frames could read them and make others.
   */
  next(): Uint8Array {
    if (this.#isFirst) this.#isFirst = false
    else this.#advance()
    if (this.#isUsedUp) {
      throw new FrameCipherError(
        'ERR_MSGR_NONCES_USED_UP',
        'nonces: expected one that was not used, got the first again',
      )
    }
    return this.#nonce
  }

  /** How many nonces have been given out. */
  get usedCount(): bigint {
    if (this.#isFirst) return 0n
    const modulus = this.#modulus
    if (this.#isUsedUp) return modulus
    return ((this.#number(this.#nonce) - this.#number(this.#first) + modulus) % modulus) + 1n
  }

  /**
   * Leaves out so many nonces, which another sequence has given out. Throws if there are not so many, or if this one
   * has given out any.
   */
  skip(count: bigint): void {
    const modulus = this.#modulus
    if (!this.#isFirst || count < 0n || count > modulus) {
      throw new Error(`nonces to leave out: expected up to ${modulus}, before any is used, got ${count}`)
    }
    if (count === 0n) return
    this.#isFirst = false
    let number = (this.#number(this.#first) + count - 1n) % modulus
    for (let i = this.#counted.start; i < this.#counted.end; i++) {
      this.#nonce[i] = Number(number & 0xffn)
      number >>= 8n
    }
  }

  get #modulus(): bigint {
    return 1n << BigInt(8 * (this.#counted.end - this.#counted.start))
  }

  #number(nonce: Uint8Array): bigint {
    let number = 0n
    for (let i = this.#counted.end - 1; i >= this.#counted.start; i--) number = (number << 8n) | BigInt(nonce[i] ?? 0)
    return number
  }

  #advance(): void {
    for (let i = this.#counted.start; i < this.#counted.end; i++) {
      const value = ((this.#nonce[i] ?? 0) + 1) & 0xff
      this.#nonce[i] = value
      if (value !== 0) break
    }
    if (this.#isAtFirst()) this.#isUsedUp = true
  }

  #isAtFirst(): boolean {
    for (let i = this.#counted.start; i < this.#counted.end; i++) if (this.#nonce[i] !== this.#first[i]) return false
    return true
  }
}
