const SEQ_BYTES = 4
const SLAB_BYTES = 0x10_0000

/**
 * Makes payloads, each in memory of its own, as messages that are kept until they are acknowledged need it. The
 * memory is cut from large slabs, so that making a payload costs next to nothing and what is measured is its transport.
 *
 *   0    4             length
 *   | seq |  filling …  |       seq: u32 little-endian, the number of the message
 */
export class PayloadMaker {
  readonly #filling: Buffer
  #slab: Buffer = Buffer.alloc(0)
  #used = 0

  /** Throws an `Error` for a length that has no room for the number. */
  constructor(payloadBytes: number) {
    if (payloadBytes < SEQ_BYTES) throw new Error(`payload: expected at least ${SEQ_BYTES} bytes, got ${payloadBytes}`)
    this.#filling = Buffer.from(Uint8Array.from({ length: payloadBytes }, (_, index) => index * 31))
  }

  make(seq: number): Uint8Array {
    const { length } = this.#filling
    if (this.#slab.length - this.#used < length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length))
      this.#used = 0
    }
    const payload = this.#slab.subarray(this.#used, this.#used + length)
    this.#used += length
    payload.set(this.#filling)
    payload.writeUInt32LE(seq >>> 0, 0)
    return payload
  }

  /** What is wrong with the payload that came as number `seq`, by its length and its number; or `undefined`. */
  findFault(payload: Uint8Array, seq: number): string | undefined {
    if (payload.length !== this.#filling.length) return `expected ${this.#filling.length} bytes, got ${payload.length}`
    const got = readSeq(payload)
    return got === seq >>> 0 ? undefined : `expected number ${seq >>> 0}, got ${got}`
  }

  /** The same for all its bytes. Looks at each of them: for samples. */
  findFaultInContent(payload: Uint8Array): string | undefined {
    const isSame = this.#filling.compare(payload, SEQ_BYTES, payload.length, SEQ_BYTES) === 0
    return isSame ? undefined : 'expected the bytes that were sent, got others'
  }
}

function readSeq(payload: Uint8Array): number {
  const high = ((payload[3] ?? 0) << 24) | ((payload[2] ?? 0) << 16)
  return (high | ((payload[1] ?? 0) << 8) | (payload[0] ?? 0)) >>> 0
}
