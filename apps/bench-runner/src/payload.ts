const SEQ_BYTES = 4

/**
 * Makes payloads, each in memory that nothing else uses while it is under way: in slots that are filled beforehand, so
 * that making one costs next to nothing and what is measured is its transport. A slot is used again only after the
 * reply has come. By then its bytes have been written to the socket; a messenger that keeps them until they are
 * acknowledged would need them only if the connection broke, and then there are no figures.
 *
 *   0    4             length
 *   | seq |  filling …  |       seq: u32 little-endian, the number of the message
 */
export class PayloadMaker {
  readonly #filling: Buffer
  readonly #slots: Buffer

  /** Throws an `Error` for a length that has no room for the number. */
  constructor(payloadBytes: number, slotCount: number) {
    if (payloadBytes < SEQ_BYTES) throw new Error(`payload: expected at least ${SEQ_BYTES} bytes, got ${payloadBytes}`)
    this.#filling = Buffer.from(Uint8Array.from({ length: payloadBytes }, (_, index) => index * 31))
    this.#slots = Buffer.alloc(payloadBytes * slotCount, this.#filling)
  }

  /** The payload of a slot, with this number. */
  make(slot: number, seq: number): Uint8Array {
    const { length } = this.#filling
    const at = slot * length
    this.#slots.writeUInt32LE(seq >>> 0, at)
    return this.#slots.subarray(at, at + length)
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
