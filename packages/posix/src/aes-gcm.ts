import { EBADMSG, ENOSYS } from './constants.ts'
import { BufferRangeError, checkResult, PosixUnavailableError } from './errors.ts'
import { type CipherHandle, isAvailable, native, REFUSED } from './native-binding.ts'

const KEY_LENGTH = 16
const NONCE_LENGTH = 12
const TAG_LENGTH = 16
/** The shim takes no more parts at a time. */
const PARTS_MAX = 1024

/** Key and nonce all zeros, sealing 16 zeros: ciphertext and tag, of test case 2 of the GCM specification. */
const KNOWN_ANSWER = '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf'

let isKnownToWork: boolean | undefined

/**
 * Whether `AesGcm` works here: the process has OpenSSL's functions under their names, as Node's executable has, and
 * they give a right answer. Asked once. Never throws.
 */
export function aesGcmAvailable(): boolean {
  return (isKnownToWork ??= isAvailable() && givesKnownAnswer())
}

function givesKnownAnswer(): boolean {
  try {
    const cipher = new AesGcm(new Uint8Array(KEY_LENGTH))
    const [nonce, sealed, plain] = [new Uint8Array(NONCE_LENGTH), new Uint8Array(32), new Uint8Array(16).fill(1)]
    cipher.seal(nonce, [new Uint8Array(16)], sealed, 0)
    const isRight = Buffer.from(sealed).toString('hex') === KNOWN_ANSWER
    return isRight && cipher.open(nonce, sealed, 0, 32, plain, 0) && plain.every((byte) => byte === 0)
  } catch {
    return false
  }
}

/**
 * AES-128-GCM with one key, without additional data. The same as `node:crypto` does, by the same OpenSSL; but the key
 * is set up once, and each operation is one call. Belongs to the thread that made it. The key goes, wiped, when this is
 * collected.
 *
 * Whoever seals twice with the same nonce gives the key's secrets away. Nothing here remembers nonces.
 */
export class AesGcm {
  readonly #cipher: CipherHandle

  /** Takes a copy of the key, 16 bytes. Throws RangeError; PosixUnavailableError where `aesGcmAvailable` says no. */
  constructor(key: Uint8Array) {
    const cipher = native().aesGcmCreate(key)
    if (cipher === REFUSED) throw new RangeError(`key: expected ${KEY_LENGTH} bytes, got ${key.length}`)
    if (cipher === -ENOSYS) {
      throw new PosixUnavailableError('this process has no OpenSSL that AesGcm could use; node:crypto does without')
    }
    if (typeof cipher === 'number') throw new PosixUnavailableError('OpenSSL has no AES-128-GCM here')
    this.#cipher = cipher
  }

  /**
   * Seals all parts as one: the ciphertext, as long as they are together, at target[at …], and the 16 bytes of the tag
   * behind it. Returns how many bytes that is. A part may lie in the target only where its own ciphertext goes, so that
   * it is sealed in place. Nonce: 12 bytes. Throws BufferRangeError if there is no room; RangeError for another nonce,
   * or parts of 2 GiB; PosixError (EIO) if OpenSSL fails. What the target holds then is no sealed bytes.
   */
  seal(nonce: Uint8Array, parts: readonly Uint8Array[], target: Uint8Array, at: number): number {
    const all = parts.length > PARTS_MAX ? [Buffer.concat(parts)] : parts
    const result = native().aesGcmSeal(this.#cipher, nonce, target, at, ...all)
    if (result < 0) return refuseToSeal(result, nonce, parts, target, at)
    return result
  }

  /**
   * Opens source[start, end), a ciphertext and its tag, to target[at …]. True if the tag is right. If it is not, the
   * target has zeros there: nothing is given out that was not vouched for. The source must not change during the call,
   * as shared memory could; to open in place, the target's range begins where the source's does. Nonce: 12 bytes.
   * Throws BufferRangeError for a range that is not inside, or without room; RangeError for another nonce or an overlap.
   */
  open(nonce: Uint8Array, source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): boolean {
    const result = native().aesGcmOpen(this.#cipher, nonce, source, start, end, target, at)
    if (result >= 0) return true
    if (result === -EBADMSG) return false
    checkNonce(nonce)
    if (!(start >= 0 && start <= end && end <= source.length)) {
      throw new BufferRangeError('aesGcmOpen', start, end - start, source.length)
    }
    checkRoom('aesGcmOpen', target, at, Math.max(0, end - start - TAG_LENGTH))
    throw new RangeError('aesGcmOpen: expected a target that does not lie across the source, got one that does')
  }
}

function refuseToSeal(
  result: number,
  nonce: Uint8Array,
  parts: readonly Uint8Array[],
  target: Uint8Array,
  at: number,
): number {
  if (result !== REFUSED) return checkResult('aesGcmSeal', result)
  checkNonce(nonce)
  checkRoom(
    'aesGcmSeal',
    target,
    at,
    parts.reduce((total, part) => total + part.length, TAG_LENGTH),
  )
  throw new RangeError('aesGcmSeal: expected parts of less than 2 GiB that do not lie across the target, got others')
}

function checkNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_LENGTH) throw new RangeError(`nonce: expected ${NONCE_LENGTH} bytes, got ${nonce.length}`)
}

function checkRoom(call: string, target: Uint8Array, at: number, length: number): void {
  if (!(at >= 0 && at + length <= target.length)) throw new BufferRangeError(call, at, length, target.length)
}
