import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { type KeyCipher } from './key-cipher.ts'

const BLOCK_LENGTH = 16
/** The same for every message and every cluster: what is encrypted twice looks the same twice. */
const IV = Buffer.from('cephsageyudagreg', 'latin1')

/**
 * Keys of type 1: AES-128 in CBC mode with PKCS#7 padding and a fixed IV. Nothing protects what is encrypted against
 * change, but for the magic number that cephx puts into the first block.
 *
 * Differs from Ceph: it takes any padding; here it has to be right, as in the Linux client. The check takes the same
 * time for every padding. Ceph: src/auth/Crypto.cc, CryptoAESKeyHandler
 */
export class AesCbcCipher implements KeyCipher {
  readonly #key: KeyObject

  constructor(secret: Uint8Array) {
    this.#key = createSecretKey(secret)
  }

  encrypt(_usage: number, bytes: Uint8Array): Uint8Array {
    const cipher = createCipheriv('aes-128-cbc', this.#key, IV)
    return Buffer.concat([cipher.update(bytes), cipher.final()])
  }

  decrypt(_usage: number, bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length === 0 || bytes.length % BLOCK_LENGTH !== 0) return undefined
    const decipher = createDecipheriv('aes-128-cbc', this.#key, IV).setAutoPadding(false)
    const padded = Buffer.concat([decipher.update(bytes), decipher.final()])
    const padding = paddingLength(padded)
    return padding === 0 ? undefined : padded.subarray(0, padded.length - padding)
  }
}

/** 1 to 16, or 0 if the padding is wrong. Looks at the whole last block, whatever is in it. */
function paddingLength(padded: Uint8Array): number {
  const claimed = padded[padded.length - 1] ?? 0
  let wrong = Number(claimed === 0) | Number(claimed > BLOCK_LENGTH)
  for (let i = 1; i <= BLOCK_LENGTH; i++) {
    const isPadding = Number(i <= claimed)
    wrong |= isPadding & Number((padded[padded.length - i] ?? 0) !== claimed)
  }
  return claimed * (1 - wrong)
}
