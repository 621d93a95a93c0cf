import { createHmac, timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'
import {
  type BufferCursor,
  BufferList,
  type Codec,
  MalformedInputError,
  type UTime,
  utime,
  utimeFromMs,
} from '@msgr/bufferlist'
import { KeyError } from './errors.ts'
import { createKeyCipher, type KeyCipher, KeyType, SECRET_LENGTHS } from './key-cipher.ts'
import { encodeToBytes } from './payload-codec.ts'
import { type RandomBytes, secureRandom } from './random-bytes.ts'

/** The secrets of an AES256KRB5 key are the longest there are. */
const MAX_SECRET_LENGTH = 32
const NO_TIME: UTime = { seconds: 0, nanoseconds: 0 }

/** All that the methods ask of a key, whatever its kind. */
export interface SealingKey {
  /** One of `KeyType`. */
  readonly type: number
  /** `random` is asked by ciphers that begin with random bytes. */
  encrypt(usage: number, bytes: Uint8Array, random?: RandomBytes): Uint8Array
  /** `undefined` if the bytes were not encrypted so. */
  decrypt(usage: number, bytes: Uint8Array): Uint8Array | undefined
  /** 32 bytes. */
  hmacSha256(...parts: readonly Uint8Array[]): Uint8Array
}

export interface CryptoKeyFields {
  readonly type: number
  readonly secret: Uint8Array
  /** Default: 1970. Tells keys apart for people; nothing depends on it. */
  readonly created?: UTime
}

export interface CryptoKeyOptions {
  /** Take a key of type 0, which leaves everything as it is: for experiments with a cluster of one's own. */
  readonly allowNone?: boolean
}

/**
 * A secret and the cipher it is for. The secret shows in no text that is made of a key, by `util.inspect`, `String` or
 * `JSON.stringify`; `exportSecret` and `toBase64` are the ways to get it. Ceph: src/auth/Crypto.h, CryptoKey
 */
export class CryptoKey implements SealingKey {
  readonly type: number
  readonly created: UTime
  readonly #secret: Uint8Array
  readonly #cipher: KeyCipher

  /** Copies the secret. Throws `KeyError` for a kind that is not known, and a secret that is too short or too long. */
  constructor({ type, secret, created = NO_TIME }: CryptoKeyFields, { allowNone = false }: CryptoKeyOptions = {}) {
    if (type === KeyType.none && !allowNone) throw new KeyError('key: expected one that protects, got type 0 (none)')
    const cipher = createKeyCipher(type, Uint8Array.from(secret))
    if (cipher === undefined) throw new KeyError(wrongKey(type, secret.length))
    this.type = type
    this.created = created
    this.#secret = Uint8Array.from(secret)
    this.#cipher = cipher
  }

  /** A new key. `type` defaults to AES (1), which every version of Ceph knows; `created` to now. */
  static generate(options: { type?: number; created?: UTime; random?: RandomBytes } = {}): CryptoKey {
    const { type = KeyType.aes, created = utimeFromMs(Date.now()), random = secureRandom } = options
    const length = SECRET_LENGTHS.get(type)
    if (length === undefined) throw new KeyError(`type of a key to generate: expected 1 or 2, got ${type}`)
    return new CryptoKey({ type, created, secret: random(length) })
  }

  /** Reads the text form of keyrings. White space around it is ignored. Throws `KeyError`. */
  static fromBase64(text: string, options: CryptoKeyOptions = {}): CryptoKey {
    // No cause: the errors of what is called here tell what they stumbled over, which is part of the secret.
    let fields: CryptoKeyFields
    try {
      fields = readKeyFields(BufferList.fromBase64(text.trim()).cursor())
    } catch {
      throw new KeyError(`key: expected the base64 form of a key, got ${text.trim().length} characters that are none`)
    }
    if (fields.type !== KeyType.none && !SECRET_LENGTHS.has(fields.type)) {
      throw new KeyError('key: expected one of type 1 (AES) or 2 (AES256KRB5), got another')
    }
    return new CryptoKey(fields, options)
  }

  toBase64(): string {
    return Buffer.from(encodeToBytes(cryptoKeyCodec, this)).toString('base64')
  }

  encrypt(usage: number, bytes: Uint8Array, random: RandomBytes = secureRandom): Uint8Array {
    return this.#cipher.encrypt(usage, bytes, random)
  }

  decrypt(usage: number, bytes: Uint8Array): Uint8Array | undefined {
    return this.#cipher.decrypt(usage, bytes)
  }

  hmacSha256(...parts: readonly Uint8Array[]): Uint8Array {
    const hmac = createHmac('sha256', this.#secret)
    for (const part of parts) hmac.update(part)
    return hmac.digest()
  }

  /** A copy of the secret. */
  exportSecret(): Uint8Array {
    return Uint8Array.from(this.#secret)
  }

  /** Whether kind and secret are the same. Takes the same time for every secret of the same length. */
  equals(other: CryptoKey): boolean {
    if (this.type !== other.type || this.#secret.length !== other.#secret.length) return false
    return timingSafeEqual(this.#secret, other.#secret)
  }

  static {
    // For console.log; written so because the type of a method of this name cannot be declared without looking it up.
    const value = function (this: CryptoKey): string {
      return this.toString()
    }
    Object.defineProperty(this.prototype, inspect.custom, { value })
  }

  toString(): string {
    return `CryptoKey(type ${this.type}, secret not shown)`
  }

  toJSON(): { type: number; created: UTime } {
    return { type: this.type, created: this.created }
  }
}

/**
 * Type u16, created utime, length of the secret u16, secret. Refuses keys of type 0, which protect nothing.
 * Ceph: src/auth/Crypto.cc, CryptoKey::encode
 */
export const cryptoKeyCodec: Codec<CryptoKey> = {
  minLength: 12,
  encode: (encoder, key) => {
    const secret = key.exportSecret()
    encoder.writeUInt16LE(key.type)
    utime.encode(encoder, key.created)
    encoder.writeUInt16LE(secret.length).writeBytes(secret)
  },
  decode: (cursor) => {
    const { type, secret, created } = readKeyFields(cursor)
    if (SECRET_LENGTHS.get(type) !== secret.length) {
      throw new MalformedInputError(wrongKey(type, secret.length), { type, length: secret.length })
    }
    return new CryptoKey({ type, secret, ...(created !== undefined && { created }) })
  },
}

/** What an encoded key says, be it of use or not. */
export function readKeyFields(cursor: BufferCursor): CryptoKeyFields {
  const type = cursor.readUInt16LE()
  const created = utime.decode(cursor)
  const length = cursor.readUInt16LE()
  if (length > MAX_SECRET_LENGTH) {
    throw new MalformedInputError(`length of a secret: expected at most ${MAX_SECRET_LENGTH}, got ${length}`, {
      length,
    })
  }
  return { type, created, secret: cursor.readCopy(length) }
}

function wrongKey(type: number, length: number): string {
  const expected = SECRET_LENGTHS.get(type)
  if (expected === undefined) return `key: expected type 1 (AES) or 2 (AES256KRB5), got ${type}`
  return `secret of a key of type ${type}: expected ${expected} bytes, got ${length}`
}
