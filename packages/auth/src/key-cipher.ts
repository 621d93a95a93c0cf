import { AesCbcCipher } from './aes-cbc-cipher.ts'
import { Krb5Cipher } from './krb5-cipher.ts'
import { type RandomBytes } from './random-bytes.ts'

/** Kinds of keys. Ceph: src/include/ceph_fs.h, CEPH_CRYPTO_* */
export const KeyType = { none: 0, aes: 1, aes256Krb5: 2 } as const

/** Bytes of the secret of each kind of key that protects anything. */
export const SECRET_LENGTHS: ReadonlyMap<number, number> = new Map([
  [KeyType.aes, 16],
  [KeyType.aes256Krb5, 32],
])

/**
 * What a key does to bytes. `usage` tells what they are for, so that one thing cannot be passed off as another: one of
 * `KeyUsage`. Old ciphers do not heed it.
 */
export interface KeyCipher {
  encrypt(usage: number, bytes: Uint8Array, random: RandomBytes): Uint8Array
  /** `undefined` if these bytes were not encrypted so. Where there is a checksum it has been checked. */
  decrypt(usage: number, bytes: Uint8Array): Uint8Array | undefined
}

/** Leaves everything as it is. */
const noCipher: KeyCipher = {
  encrypt: (_usage, bytes) => Uint8Array.from(bytes),
  decrypt: (_usage, bytes) => Uint8Array.from(bytes),
}

/** The cipher of a kind of key; `undefined` for a kind that is not known, or a secret of the wrong length. */
export function createKeyCipher(type: number, secret: Uint8Array): KeyCipher | undefined {
  if (type === KeyType.none) return noCipher
  if (secret.length !== SECRET_LENGTHS.get(type)) return undefined
  return type === KeyType.aes ? new AesCbcCipher(secret) : new Krb5Cipher(secret)
}
