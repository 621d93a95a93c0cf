import { checkRange } from './check-range.ts'
import { noteWriteInPlace } from './crc-cache.ts'
import { checkUInt16, checkUInt32, checkUInt8 } from './integer-range.ts'
import { storeUInt16LE, storeUInt32LE } from './little-endian.ts'

/**
 * A gap in encoded bytes that is filled in later, when what belongs there is known, such as a length. It holds zeros
 * until then. Filling it shows in every list that the bytes have been handed to.
 * Ceph: src/include/buffer.h, buffer::list::contiguous_filler
 */
export class BufferHole {
  /** Bytes of the gap. */
  readonly length: number
  readonly #block: Uint8Array
  readonly #start: number

  /** The gap `block[start..start + length)`, which must be the maker's own memory. */
  constructor(block: Uint8Array, start: number, length: number) {
    this.#block = block
    this.#start = start
    this.length = length
  }

  /** Writes `source` into the gap, `offset` bytes from its start. */
  fill(source: Uint8Array, offset = 0): void {
    this.#block.set(source, this.#claim(offset, source.length))
  }

  /** Writes a byte. */
  fillUInt8(value: number, offset = 0): void {
    checkUInt8(value)
    this.#block[this.#claim(offset, 1)] = value
  }

  fillUInt16LE(value: number, offset = 0): void {
    checkUInt16(value)
    storeUInt16LE(this.#block, this.#claim(offset, 2), value)
  }

  fillUInt32LE(value: number, offset = 0): void {
    checkUInt32(value)
    storeUInt32LE(this.#block, this.#claim(offset, 4), value)
  }

  #claim(offset: number, length: number): number {
    checkRange(offset, length, this.length)
    noteWriteInPlace()
    return this.#start + offset
  }
}
