import { BufferList } from '@msgr/bufferlist'
import { mix } from './dice.ts'
import { PRIORITIES, type MessageId } from './message-id.ts'
import { payloadLength, type PayloadMix } from './payload-mix.ts'

const U32_COUNT = 0x1_0000_0000
/** Where in the pattern a payload may begin. A prime, so that neighbours begin far apart. */
const START_COUNT = 65_521

/**
 * What every message carries follows from its id and the seed, so that both ends know each byte without being told.
 * All payloads are views of one pattern: making one costs nothing, and a mix-up of two shows.
 */
export class Payloads {
  readonly #seed: number
  readonly #mix: PayloadMix
  readonly #pattern: Buffer

  constructor(seed: number, payloadMix: PayloadMix) {
    this.#seed = seed
    this.#mix = payloadMix
    this.#pattern = makePattern(seed, payloadMix.maxBytes + START_COUNT)
  }

  /** The class of a stream's message that is the `index`th of all its classes: a twentieth is noise. */
  chooseClass(stream: number, index: number): number {
    const roll = mix(this.#seed, stream, index, PRIORITIES.length) / U32_COUNT
    return roll < 0.2 ? 0 : roll < 0.75 ? 1 : roll < 0.95 ? 2 : 3
  }

  lengthOf({ stream, priorityClass, seq }: MessageId): number {
    const tier = mix(this.#seed, stream, priorityClass, seq, 1) / U32_COUNT
    return payloadLength(this.#mix, tier, mix(this.#seed, stream, priorityClass, seq, 2) / U32_COUNT)
  }

  make(id: MessageId): BufferList {
    return new BufferList(this.#viewFor(id))
  }

  /** What is wrong with the data that came with this id; `undefined` if every byte is as it was sent. */
  findFault(id: MessageId, data: BufferList): string | undefined {
    const expected = this.#viewFor(id)
    if (data.length !== expected.length) return `expected ${expected.length} bytes, got ${data.length}`
    let offset = 0
    for (const chunk of data) {
      if (expected.compare(chunk, 0, chunk.length, offset, offset + chunk.length) !== 0) {
        const at = chunk.findIndex((byte, index) => byte !== expected[offset + index])
        return `byte ${offset + at}: expected ${String(expected[offset + at])}, got ${String(chunk[at])}`
      }
      offset += chunk.length
    }
    return undefined
  }

  #viewFor(id: MessageId): Buffer {
    const start = mix(this.#seed, id.stream, id.priorityClass, id.seq, 3) % START_COUNT
    return this.#pattern.subarray(start, start + this.lengthOf(id))
  }
}

function makePattern(seed: number, length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let index = 0; index < words.length; index++) words[index] = mix(seed, index)
  return Buffer.from(words.buffer, 0, length)
}
