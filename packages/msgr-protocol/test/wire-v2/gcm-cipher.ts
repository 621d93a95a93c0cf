import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { FrameCipher, FrameCipherPosition, FrameOpening, FrameRevision } from '../../src/wire-v2/frame-cipher.ts'
import { joined } from '../bytes.ts'

/** The secret of the golden frames. */
const SECRET = Uint8Array.from({ length: 64 }, (_, i) => i)

/** The frame cipher of the protocol, without guards: what it does is in the golden files. */
export class GcmCipher implements FrameCipher {
  readonly #key: Uint8Array
  readonly #sending: Uint8Array
  readonly #receiving: Uint8Array
  readonly #counted: readonly [start: number, end: number]
  /** How often something was sealed. */
  sealedCount = 0
  #openedCount = 0

  constructor(role: 'dial' | 'accept', revision: FrameRevision, secret: Uint8Array = SECRET) {
    const [ofServer, ofClient] = [secret.slice(16, 28), secret.slice(28, 40)]
    this.#key = secret.slice(0, 16)
    this.#sending = role === 'dial' ? ofClient : ofServer
    this.#receiving = role === 'dial' ? ofServer : ofClient
    this.#counted = revision === '2.0' ? [0, 4] : [4, 12]
  }

  seal(parts: readonly Uint8Array[]): Uint8Array[] {
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#next(this.#sending))
    this.sealedCount++
    return [cipher.update(joined(parts)), cipher.final(), cipher.getAuthTag()]
  }

  sealInto(parts: readonly Uint8Array[], target: Uint8Array, at: number): void {
    target.set(joined(this.seal(parts)), at)
  }

  open(sealed: Uint8Array): Uint8Array {
    const opening = this.startOpening()
    const plain = opening.update(sealed.subarray(0, -16))
    opening.finish(sealed.subarray(-16))
    return plain
  }

  openInto(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
    target.set(this.open(source.subarray(start, end)), at)
  }

  startOpening(): FrameOpening {
    const decipher = createDecipheriv('aes-128-gcm', this.#key, this.#next(this.#receiving))
    this.#openedCount++
    return {
      update: (ciphertext) => decipher.update(ciphertext),
      finish: (tag) => {
        decipher.setAuthTag(tag)
        decipher.final()
      },
    }
  }

  get position(): FrameCipherPosition {
    return { sealed: BigInt(this.sealedCount), opened: BigInt(this.#openedCount) }
  }

  resumeAt({ sealed, opened }: FrameCipherPosition): void {
    for (; this.sealedCount < sealed; this.sealedCount++) this.#next(this.#sending)
    for (; this.#openedCount < opened; this.#openedCount++) this.#next(this.#receiving)
  }

  #next(nonce: Uint8Array): Uint8Array {
    const current = nonce.slice()
    for (let i = this.#counted[0]; i < this.#counted[1]; i++) {
      nonce[i] = ((nonce[i] ?? 0) + 1) & 0xff
      if (nonce[i] !== 0) break
    }
    return current
  }
}
