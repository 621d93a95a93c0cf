import { type BufferList } from './buffer-list.ts'
import { crc32c, type Crc32cFunction } from './crc32c.ts'

/**
 * The CRC-32C of everything it has been given, in order.
 * Ceph: src/include/buffer.h, bufferhash
 */
export class BufferHash {
  readonly #crc: Crc32cFunction
  #state: number

  constructor(seed = 0, crc: Crc32cFunction = crc32c) {
    this.#state = seed >>> 0
    this.#crc = crc
  }

  update(bytes: BufferList | Uint8Array): this {
    this.#state =
      bytes instanceof Uint8Array ? this.#crc(bytes, this.#state) >>> 0 : bytes.crc32c(this.#state, this.#crc)
    return this
  }

  /** The CRC so far, as an unsigned 32-bit integer. More can be added afterwards. */
  digest(): number {
    return this.#state
  }
}
