import { BufferList } from './buffer-list.ts'
import { checkRange } from './check-range.ts'
import { noteWriteInPlace } from './crc-cache.ts'
import { copyBytes } from './copy-bytes.ts'
import { crc32c, type Crc32cFunction } from './crc32c.ts'
import { EndOfBufferError, MalformedInputError } from './errors.ts'
import { loadInt32LE, loadUInt16LE, storeUInt32LE } from './little-endian.ts'
import { takeMemory } from './own-memory.ts'
import { decodeText } from './text.ts'

const NO_BYTES = new Uint8Array(0)
// Holds one number: one that straddles chunks, or one that only a DataView can read.
const SCRATCH = new Uint8Array(8)
const SCRATCH_VIEW = new DataView(SCRATCH.buffer)

/**
 * A reading position in a `BufferList`. Integers are little-endian. A read that would pass the end throws
 * `EndOfBufferError` and leaves the position where it was.
 *
 * Bytes appended later are seen. After bytes were put in or taken out anywhere else, make a new cursor: this one keeps
 * to the chunks that it knew.
 * Ceph: src/common/buffer.cc, buffer::list::iterator_impl
 */
export class BufferCursor {
  readonly #list: BufferList
  #bytes: Uint8Array = NO_BYTES // the chunk last entered
  #at = 0 // the position in it, which may be its end
  #base = 0 // its offset in the list
  #next = 0 // the index of the chunk after it

  /** Made by `BufferList.cursor`, which tells the first chunk and how much of it is not in the list any more. */
  constructor(list: BufferList, first: Uint8Array | undefined, skip: number) {
    this.#list = list
    if (first === undefined) return
    this.#bytes = first
    this.#at = skip
    this.#base = -skip
    this.#next = 1
  }

  /** The offset of the next byte in the list. */
  get tell(): number {
    return this.#base + this.#at
  }

  /** Bytes from the position to the end of the list. */
  get remaining(): number {
    return this.#list.length - this.#base - this.#at
  }

  get isAtEnd(): boolean {
    return this.remaining === 0
  }

  /** Moves to an offset from the start of the list; its length is the last that is allowed. */
  seek(offset: number): this {
    checkRange(offset, 0, this.#list.length)
    if (offset < this.#base) {
      this.#bytes = NO_BYTES
      this.#base = 0
      this.#next = 0
    }
    this.#at = offset - this.#base
    this.#settle()
    return this
  }

  /** Moves forward without reading. */
  skip(length: number): this {
    checkRange(0, length, this.remaining)
    this.#at += length
    this.#settle()
    return this
  }

  /** The next byte, without moving. */
  peekUInt8(): number {
    this.#need(1)
    this.#settle()
    return this.#bytes[this.#at] ?? 0
  }

  readUInt8(): number {
    const at = this.#at
    if (at >= this.#bytes.length) return this.#gather(1)[0] ?? 0
    this.#at = at + 1
    return this.#bytes[at] ?? 0
  }

  readInt8(): number {
    return (this.readUInt8() << 24) >> 24
  }

  /** A byte as Ceph encodes a bool; every value but 0 is true. */
  readBoolean(): boolean {
    return this.readUInt8() !== 0
  }

  readUInt16LE(): number {
    const at = this.#at
    if (at + 2 > this.#bytes.length) return loadUInt16LE(this.#gather(2), 0)
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
    if (at + 4 > this.#bytes.length) return loadInt32LE(this.#gather(4), 0)
    this.#at = at + 4
    return loadInt32LE(this.#bytes, at)
  }

  readBigUInt64LE(): bigint {
    this.#scratch64()
    return SCRATCH_VIEW.getBigUint64(0, true)
  }

  readBigInt64LE(): bigint {
    this.#scratch64()
    return SCRATCH_VIEW.getBigInt64(0, true)
  }

  /** An unsigned 64-bit integer as a number. One above 2^53 - 1 throws `MalformedInputError`. */
  readSafeUInt64LE(): number {
    this.#need(8)
    const low = this.readUInt32LE()
    return this.#safeInteger(low, this.readUInt32LE())
  }

  /** A signed 64-bit integer as a number. One beyond 2^53 - 1 either way throws `MalformedInputError`. */
  readSafeInt64LE(): number {
    this.#need(8)
    const low = this.readUInt32LE()
    return this.#safeInteger(low, this.readInt32LE())
  }

  readFloatLE(): number {
    storeUInt32LE(SCRATCH, 0, this.readInt32LE())
    return SCRATCH_VIEW.getFloat32(0, true)
  }

  readDoubleLE(): number {
    this.#scratch64()
    return SCRATCH_VIEW.getFloat64(0, true)
  }

  /** The next `length` bytes as one array: a view if they lie in one chunk, otherwise a copy. */
  readBytes(length: number): Uint8Array {
    checkRange(0, length, this.remaining)
    this.#settle()
    if (this.#at + length > this.#bytes.length) return this.readInto(takeMemory(length))
    return this.#nextPart(length)
  }

  /** A copy of the next `length` bytes, in memory of its own. */
  readCopy(length: number): Uint8Array {
    checkRange(0, length, this.remaining)
    return this.readInto(takeMemory(length))
  }

  /** Fills `target[start..end)` with the next bytes, and returns `target`. */
  readInto(target: Uint8Array, start = 0, end: number = target.length): Uint8Array {
    if (end > target.length) throw new RangeError(`expected an end up to ${target.length}, got ${end}`)
    checkRange(start, 0, end)
    this.#need(end - start)
    for (let to = start; to < end;) {
      this.#settle()
      const n = Math.min(end - to, this.#bytes.length - this.#at)
      copyBytes(this.#bytes, this.#at, this.#at + n, target, to)
      this.#at += n
      to += n
    }
    return target
  }

  /** A view of what comes next in one chunk: 1 to `maxLength` bytes, or as many as there are; none at the end. */
  readChunk(maxLength: number = this.remaining): Uint8Array {
    checkRange(0, maxLength, Infinity)
    return this.#nextPart(maxLength)
  }

  /** The next `length` bytes as a list that shares their memory. Never copies. */
  readList(length: number): BufferList {
    checkRange(0, length, this.remaining)
    const list = new BufferList()
    for (let left = length; left > 0; left = length - list.length) list.append(this.#nextPart(left))
    return list
  }

  /** A 32-bit length and so many bytes: as `readBytes` gives them. */
  readSizedBytes(): Uint8Array {
    return this.readBytes(this.#readLength())
  }

  /** A 32-bit length and so many bytes, which are shared. */
  readSizedList(): BufferList {
    return this.readList(this.#readLength())
  }

  /** A 32-bit length and so many bytes of UTF-8. What is not UTF-8 becomes U+FFFD. */
  readString(): string {
    return decodeText(this.readBytes(this.#readLength()))
  }

  /** The CRC-32C of the next `length` bytes, which are skipped. What a list remembers is neither used nor changed. */
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

  /** Overwrites what comes next, in place: whoever shares the memory sees it. */
  copyIn(source: Uint8Array): this {
    checkRange(0, source.length, this.remaining)
    noteWriteInPlace()
    for (let from = 0; from < source.length;) {
      const part = this.#nextPart(source.length - from)
      part.set(source.subarray(from, from + part.length))
      from += part.length
    }
    return this
  }

  /** Throws `EndOfBufferError` unless so many bytes are left. */
  #need(length: number): void {
    if (this.remaining < length) throw new EndOfBufferError(length, this.remaining)
  }

  /** Enters the chunk that the next byte is in, if there is one. */
  #settle(): void {
    while (this.#at >= this.#bytes.length) {
      if (this.#next < this.#list.chunkCount) {
        this.#at -= this.#bytes.length
        this.#base += this.#bytes.length
        this.#bytes = this.#list.chunkAt(this.#next++)
      } else if (this.remaining > 0) this.#regrow()
      else return
    }
  }

  /** The last chunk may have grown since it was entered, by `appendCopy`. */
  #regrow(): void {
    const grown = this.#list.chunkAt(this.#next - 1)
    if (grown.length <= this.#bytes.length) throw new Error('expected the list to be as its cursor knows it, or longer')
    this.#bytes = grown
  }

  /** A view of up to `maxLength` bytes, which ends with the chunk at the latest. */
  #nextPart(maxLength: number): Uint8Array {
    this.#settle()
    const at = this.#at
    const end = Math.min(at + maxLength, this.#bytes.length)
    this.#at = end
    return at === 0 && end === this.#bytes.length ? this.#bytes : this.#bytes.subarray(at, end)
  }

  /** The next bytes, which are not all in this chunk, at the start of an array that the next call will use again. */
  #gather(length: number): Uint8Array {
    this.#need(length)
    for (let i = 0; i < length; i++) {
      this.#settle()
      SCRATCH[i] = this.#bytes[this.#at++] ?? 0
    }
    return SCRATCH
  }

  #scratch64(): void {
    const at = this.#at
    if (at + 8 > this.#bytes.length) {
      this.#gather(8)
      return
    }
    this.#at = at + 8
    storeUInt32LE(SCRATCH, 0, loadInt32LE(this.#bytes, at))
    storeUInt32LE(SCRATCH, 4, loadInt32LE(this.#bytes, at + 4))
  }

  /** A length that the bytes after it can meet; if not, the position goes back to before it. */
  #readLength(): number {
    const length = this.readUInt32LE()
    const { remaining } = this
    if (length > remaining) {
      this.seek(this.tell - 4)
      throw new EndOfBufferError(length, remaining)
    }
    return length
  }

  #safeInteger(low: number, high: number): number {
    const value = high * 0x1_0000_0000 + low
    if (Number.isSafeInteger(value)) return value
    this.seek(this.tell - 8)
    throw new MalformedInputError(`expected an integer within ±(2^53 - 1), got about ${value}`, { value })
  }
}
