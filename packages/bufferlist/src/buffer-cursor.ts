import { BufferList } from './buffer-list.ts'
import { checkRange } from './check-range.ts'
import { crc32c, type Crc32cFunction } from './crc32c.ts'
import { EndOfBufferError, MalformedInputError } from './errors.ts'
import { loadInt32LE, loadUInt16LE } from './little-endian.ts'

const NO_BYTES = new Uint8Array(0)
// One number that straddles chunks, or that only a DataView can read.
const SCRATCH = new Uint8Array(8)
const SCRATCH_VIEW = new DataView(SCRATCH.buffer)

/**
 * A reading position in a `BufferList`. Integers are little-endian. A read that would pass the end throws
 * `EndOfBufferError` and leaves the position where it was. Bytes appended later are seen; after any other change of
 * the list's length or order the cursor must `seek` before it is used again.
 * Ceph: src/common/buffer.cc, buffer::list::iterator_impl
 */
export class BufferCursor {
  readonly #list: BufferList
  #bytes: Uint8Array // the chunk of the position
  #at = 0 // the position within it; its length, if the next chunk is not entered yet
  #index = 0 // its number in the list
  #base = 0 // its offset in the list

  constructor(list: BufferList, offset = 0) {
    this.#list = list
    this.#bytes = list.firstChunk ?? NO_BYTES
    if (offset !== 0) this.seek(offset)
  }

  /** The offset of the next byte in the list. */
  get tell(): number {
    return this.#base + this.#at
  }

  /** Bytes from the position to the end of the list. */
  get remaining(): number {
    return this.#list.length - this.#base - this.#at
  }

  /** Moves to an offset from the start of the list; the list's length is the last that is allowed. */
  seek(offset: number): this {
    checkRange(offset, 0, this.#list.length)
    if (offset < this.#base) {
      this.#index = 0
      this.#base = 0
    }
    this.#enter(this.#index)
    this.#at = offset - this.#base
    this.#settle()
    return this
  }

  /** Moves forward without reading. */
  skip(length: number): this {
    if (!(length >= 0 && length <= this.#bytes.length - this.#at)) {
      checkRange(0, length, this.remaining)
      this.#at += length
      this.#settle()
    } else this.#at += length
    return this
  }

  readUInt8(): number {
    const at = this.#at
    if (at >= this.#bytes.length) return this.#straddle(1)[0] ?? 0
    this.#at = at + 1
    return this.#bytes[at] ?? 0
  }

  readInt8(): number {
    return (this.readUInt8() << 24) >> 24
  }

  readUInt16LE(): number {
    const at = this.#at
    if (at + 2 > this.#bytes.length) return loadUInt16LE(this.#straddle(2), 0)
    this.#at = at + 2
    return loadUInt16LE(this.#bytes, at)
  }

  readInt16LE(): number {
    return (this.readUInt16LE() << 16) >> 16
  }

  readUInt32LE(): number {
    return this.readInt32LE() >>> 0
  }

  readInt32LE(): number {
    const at = this.#at
    if (at + 4 > this.#bytes.length) return loadInt32LE(this.#straddle(4), 0)
    this.#at = at + 4
    return loadInt32LE(this.#bytes, at)
  }

  readBigUInt64LE(): bigint {
    this.#loadScratch(8)
    return SCRATCH_VIEW.getBigUint64(0, true)
  }

  readBigInt64LE(): bigint {
    this.#loadScratch(8)
    return SCRATCH_VIEW.getBigInt64(0, true)
  }

  /** An unsigned 64-bit integer as a number. Throws `MalformedInputError` above 2^53 - 1. */
  readSafeUInt64LE(): number {
    if (this.remaining < 8) throw new EndOfBufferError(8, this.remaining)
    const low = this.readUInt32LE()
    const high = this.readUInt32LE()
    if (high > 0x1fffff) throw unsafeInteger(high)
    return high * 0x1_0000_0000 + low
  }

  /** A signed 64-bit integer as a number. Throws `MalformedInputError` beyond 2^53 - 1 either way. */
  readSafeInt64LE(): number {
    if (this.remaining < 8) throw new EndOfBufferError(8, this.remaining)
    const low = this.readUInt32LE()
    const high = this.readInt32LE()
    const value = high * 0x1_0000_0000 + low
    if (!Number.isSafeInteger(value)) throw unsafeInteger(high)
    return value
  }

  readFloatLE(): number {
    this.#loadScratch(4)
    return SCRATCH_VIEW.getFloat32(0, true)
  }

  readDoubleLE(): number {
    this.#loadScratch(8)
    return SCRATCH_VIEW.getFloat64(0, true)
  }

  /** The next `length` bytes: a view if they lie in one chunk, otherwise a copy. */
  readBytes(length: number): Uint8Array {
    checkRange(0, length, this.remaining)
    this.#settle()
    const at = this.#at
    if (at + length <= this.#bytes.length) {
      this.#at = at + length
      return this.#bytes.subarray(at, at + length)
    }
    return this.readInto(new Uint8Array(length))
  }

  /** Fills `target` with the next bytes and returns it. */
  readInto(target: Uint8Array): Uint8Array {
    checkRange(0, target.length, this.remaining)
    for (let done = 0; done < target.length;) {
      this.#settle()
      const n = Math.min(target.length - done, this.#bytes.length - this.#at)
      target.set(this.#bytes.subarray(this.#at, this.#at + n), done)
      this.#at += n
      done += n
    }
    return target
  }

  /** The next `length` bytes as a list that shares their memory; never copies. */
  readList(length: number): BufferList {
    checkRange(0, length, this.remaining)
    const list = new BufferList()
    for (let left = length; left > 0;) {
      this.#settle()
      const n = Math.min(left, this.#bytes.length - this.#at)
      list.append(n === this.#bytes.length ? this.#bytes : this.#bytes.subarray(this.#at, this.#at + n))
      this.#at += n
      left -= n
    }
    return list
  }

  /** A string as Ceph encodes it: its length in bytes as 32 bits, then UTF-8. */
  readString(): string {
    const start = this.tell
    const length = this.readUInt32LE()
    if (length > this.remaining) {
      const { remaining } = this
      this.seek(start)
      throw new EndOfBufferError(length, remaining)
    }
    const bytes = this.readBytes(length)
    return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString()
  }

  /** The CRC-32C of the next `length` bytes, which are skipped. */
  crc32c(length: number, seed = 0, crc: Crc32cFunction = crc32c): number {
    checkRange(0, length, this.remaining)
    let result = seed
    for (let left = length; left > 0;) {
      this.#settle()
      const n = Math.min(left, this.#bytes.length - this.#at)
      result = crc(this.#bytes, result, this.#at, this.#at + n)
      this.#at += n
      left -= n
    }
    return result >>> 0
  }

  #enter(index: number): void {
    this.#index = index
    this.#bytes = index < this.#list.chunkCount ? this.#list.chunkAt(index) : NO_BYTES
  }

  /** Moves into the chunk that holds the next byte, if there is one. */
  #settle(): void {
    while (this.#at >= this.#bytes.length && this.#index + (this.#bytes.length > 0 ? 1 : 0) < this.#list.chunkCount) {
      this.#at -= this.#bytes.length
      this.#base += this.#bytes.length
      this.#enter(this.#index + (this.#bytes.length > 0 ? 1 : 0))
    }
  }

  /** Copies `length` bytes that are not all in this chunk. */
  #straddle(length: number): Uint8Array {
    if (this.remaining < length) throw new EndOfBufferError(length, this.remaining)
    for (let i = 0; i < length; i++) {
      this.#settle()
      SCRATCH[i] = this.#bytes[this.#at++] ?? 0
    }
    return SCRATCH
  }

  #loadScratch(length: number): void {
    const at = this.#at
    if (at + length > this.#bytes.length) {
      this.#straddle(length)
      return
    }
    this.#at = at + length
    for (let i = 0; i < length; i++) SCRATCH[i] = this.#bytes[at + i] ?? 0
  }
}

function unsafeInteger(high: number): MalformedInputError {
  return new MalformedInputError(`expected a 64-bit integer within ±(2^53 - 1), got one with upper half ${high}`, {
    high,
  })
}
