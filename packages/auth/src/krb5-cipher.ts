import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { type KeyCipher } from './key-cipher.ts'
import { type RandomBytes } from './random-bytes.ts'

const BLOCK_LENGTH = 16
const MAC_LENGTH = 24
const ZEROS = Buffer.alloc(BLOCK_LENGTH)

/** What one usage encrypts and authenticates with. */
interface UsageKeys {
  readonly encryption: Uint8Array // 32 bytes
  readonly integrity: Uint8Array // 24 bytes
}

/**
 * Keys of type 2, "aes256k": Kerberos' aes256-cts-hmac-sha384-192 of RFC 8009. A random block goes first, and a MAC of
 * 24 bytes last, so nothing looks the same twice and nothing can be changed:
 *
 *      AES-256-CBC-CS3(Ke, confounder 16 || bytes) || first 24 bytes of HMAC-SHA384(Ki, zeros 16 || ciphertext)
 *
 * Ceph: src/auth/Crypto.cc, CryptoAES256KRB5
 */
export class Krb5Cipher implements KeyCipher {
  readonly #secret: Uint8Array
  /** By usage. There are as many as the program knows usages. */
  readonly #keys = new Map<number, UsageKeys>()

  constructor(secret: Uint8Array) {
    this.#secret = Uint8Array.from(secret)
  }

  encrypt(usage: number, bytes: Uint8Array, random: RandomBytes): Uint8Array {
    const { encryption, integrity } = this.#keysOf(usage)
    const ciphertext = encryptCs3(encryption, Buffer.concat([random(BLOCK_LENGTH), bytes]))
    return Buffer.concat([ciphertext, mac(integrity, ciphertext)])
  }

  decrypt(usage: number, bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length < BLOCK_LENGTH + MAC_LENGTH) return undefined
    const { encryption, integrity } = this.#keysOf(usage)
    const ciphertext = bytes.subarray(0, bytes.length - MAC_LENGTH)
    if (!timingSafeEqual(mac(integrity, ciphertext), bytes.subarray(bytes.length - MAC_LENGTH))) return undefined
    return decryptCs3(encryption, ciphertext).subarray(BLOCK_LENGTH)
  }

  #keysOf(usage: number): UsageKeys {
    let keys = this.#keys.get(usage)
    if (keys === undefined) {
      keys = { encryption: derive(this.#secret, usage, 0xaa, 256), integrity: derive(this.#secret, usage, 0x55, 192) }
      this.#keys.set(usage, keys)
    }
    return keys
  }
}

/** KDF-HMAC-SHA2 of RFC 8009, section 3: a key for one usage and one purpose. */
function derive(secret: Uint8Array, usage: number, purpose: number, bitCount: number): Uint8Array {
  const label = Buffer.alloc(14)
  label.writeUInt32BE(1, 0)
  label.writeUInt32BE(usage, 4)
  label.writeUInt8(purpose, 8)
  label.writeUInt32BE(bitCount, 10)
  return createHmac('sha384', secret)
    .update(label)
    .digest()
    .subarray(0, bitCount / 8)
}

function mac(key: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return createHmac('sha384', key).update(ZEROS).update(ciphertext).digest().subarray(0, MAC_LENGTH)
}

/**
 * CBC with ciphertext stealing, variant CS3: the last two blocks of CBC over the zero-padded bytes change places, and
 * what is then last is cut. One block alone is plain CBC. Takes 16 bytes or more.
 */
function encryptCs3(key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const blockCount = Math.ceil(plaintext.length / BLOCK_LENGTH)
  const padded = Buffer.alloc(blockCount * BLOCK_LENGTH)
  padded.set(plaintext)
  const cipher = createCipheriv('aes-256-cbc', key, ZEROS).setAutoPadding(false)
  const cbc = Buffer.concat([cipher.update(padded), cipher.final()])
  if (blockCount === 1) return cbc
  const tail = (blockCount - 2) * BLOCK_LENGTH
  const last = cbc.subarray(tail + BLOCK_LENGTH)
  const stolenFrom = cbc.subarray(tail, plaintext.length - BLOCK_LENGTH)
  return Buffer.concat([cbc.subarray(0, tail), last, stolenFrom])
}

function decryptCs3(key: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const blockCount = Math.ceil(ciphertext.length / BLOCK_LENGTH)
  if (blockCount === 1) return decryptCbc(key, ciphertext)
  const tail = (blockCount - 2) * BLOCK_LENGTH
  const last = ciphertext.subarray(tail, tail + BLOCK_LENGTH)
  const short = ciphertext.subarray(tail + BLOCK_LENGTH)
  // Decrypted alone, the last block is the padding exclusive-or the block before it: whose end was stolen.
  const padding = decryptCbc(key, last).subarray(short.length)
  const cbc = Buffer.concat([ciphertext.subarray(0, tail), short, padding, last])
  return decryptCbc(key, cbc).subarray(0, ciphertext.length)
}

function decryptCbc(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-cbc', key, ZEROS).setAutoPadding(false)
  return Buffer.concat([decipher.update(blocks), decipher.final()])
}
