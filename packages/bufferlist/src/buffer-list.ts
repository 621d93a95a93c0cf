import { BufferCursor } from './buffer-cursor.ts'
import { checkRange } from './check-range.ts'
import { crc32c, type Crc32cFunction } from './crc32c.ts'

const NO_CHUNKS: Uint8Array[] = []
const NO_BYTES = new Uint8Array(0)
/** Consumed slots at the front are closed up once there are this many and they are the larger part. */
const MIN_SLOTS_TO_CLOSE = 32

/**
 * A sequence of bytes made of chunks that are never copied to be joined.
 *
 * What is appended is shared, not copied: the list and the caller see the same memory. The list itself writes only in
 * `copyIn` and `zero`. Three verbs take a range out, and always mean the same: `slice` copies, `subarray` is a view if
 * the range lies in one chunk and a copy if not, `substr` never copies.
 * Ceph: src/common/buffer.cc, buffer::list
 */
export class BufferList implements Iterable<Uint8Array> {
  #slots: Uint8Array[] = NO_CHUNKS // chunks are #slots[#first..#end)
  #first = 0
  #end = 0
  #length = 0

  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined) this.#push(bytes)
  }

  /** Bytes in the list. */
  get length(): number {
    return this.#length
  }

  get chunkCount(): number {
    return this.#end - this.#first
  }

  get firstChunk(): Uint8Array | undefined {
    return this.#first < this.#end ? this.#slots[this.#first] : undefined
  }

  get isContiguous(): boolean {
    return this.#end - this.#first <= 1
  }

  chunkAt(index: number): Uint8Array {
    const chunk = index >= 0 && index < this.#end - this.#first ? this.#slots[this.#first + index] : undefined
    if (chunk === undefined) throw new RangeError(`expected a chunk index below ${this.chunkCount}, got ${index}`)
    return chunk
  }

  /** The chunks, as an array of its own. */
  chunks(): Uint8Array[] {
    return this.#slots.slice(this.#first, this.#end)
  }

  [Symbol.iterator](): ArrayIterator<Uint8Array> {
    return this.chunks().values()
  }

  append(bytes: Uint8Array | string | BufferList): this {
    if (typeof bytes === 'string') this.#push(Buffer.from(bytes))
    else if (#slots in bytes) for (const chunk of bytes.chunks()) this.#push(chunk)
    else this.#push(bytes)
    return this
  }

  prepend(bytes: Uint8Array | string | BufferList): this {
    if (typeof bytes === 'string') this.#unshift(Buffer.from(bytes))
    else if (#slots in bytes) for (const chunk of bytes.chunks().reverse()) this.#unshift(chunk)
    else this.#unshift(bytes)
    return this
  }

  /** Appends what `other` holds, and empties it. */
  claimAppend(other: BufferList): this {
    const chunks = other.chunks()
    other.clear()
    for (const chunk of chunks) this.#push(chunk)
    return this
  }

  clear(): this {
    this.#slots = NO_CHUNKS
    this.#first = 0
    this.#end = 0
    this.#length = 0
    return this
  }

  /** Drops `length` bytes from the front. */
  consume(length: number): this {
    if (!(length >= 0 && length <= this.#length && Number.isInteger(length))) checkRange(0, length, this.#length)
    this.#length -= length
    const slots = this.#slots
    for (let left = length; left > 0;) {
      const chunk = slots[this.#first] ?? NO_BYTES
      if (left < chunk.length) {
        slots[this.#first] = chunk.subarray(left)
        break
      }
      left -= chunk.length
      slots[this.#first++] = NO_BYTES
    }
    if (this.#first === this.#end) this.#first = this.#end = 0
    else if (this.#first >= MIN_SLOTS_TO_CLOSE && this.#first * 2 >= this.#end) this.#close()
    return this
  }

  /** Removes a range. Its chunks are appended to `claimInto`, if that is given. */
  splice(offset: number, length: number, claimInto?: BufferList): this {
    const removed = this.substr(offset, length)
    const rest = this.substr(offset + length, this.#length - offset - length)
    const head = this.substr(0, offset)
    claimInto?.append(removed)
    this.clear().claimAppend(head)
    return this.claimAppend(rest)
  }

  /** A range as a list that shares the memory; never copies. */
  substr(offset: number, length: number): BufferList {
    checkRange(offset, length, this.#length)
    return this.cursor(offset).readList(length)
  }

  /** A range as contiguous bytes: a view if it lies in one chunk, otherwise a copy. */
  subarray(start = 0, end: number = this.#length): Uint8Array {
    const from = clamp(start, this.#length)
    return this.cursor(from).readBytes(Math.max(0, clamp(end, this.#length) - from))
  }

  /** A range as contiguous bytes in memory of their own. */
  slice(start = 0, end: number = this.#length): Uint8Array {
    const from = clamp(start, this.#length)
    return this.cursor(from).readInto(new Uint8Array(Math.max(0, clamp(end, this.#length) - from)))
  }

  /** Overwrites in place, in memory that others may share. */
  copyIn(offset: number, source: Uint8Array): this {
    checkRange(offset, source.length, this.#length)
    let at = 0
    for (const chunk of this.substr(offset, source.length)) {
      chunk.set(source.subarray(at, at + chunk.length))
      at += chunk.length
    }
    return this
  }

  /** Copies a range into `target`, by default new memory, and returns it. */
  copyOut(offset: number, length: number, target: Uint8Array = new Uint8Array(length)): Uint8Array {
    this.cursor(offset).readInto(target.subarray(0, length))
    return target
  }

  /** Sets a range to zeros in place, in memory that others may share. */
  zero(offset = 0, length: number = this.#length - offset): this {
    for (const chunk of this.substr(offset, length)) chunk.fill(0)
    return this
  }

  /** Makes the list one chunk, copying unless it is one already. */
  rebuild(): this {
    if (this.isContiguous) return this
    const bytes = this.slice()
    this.clear().#push(bytes)
    return this
  }

  /** The whole list as one array, after a `rebuild` if it has more than one chunk. */
  toContiguous(): Uint8Array {
    return this.rebuild().firstChunk ?? new Uint8Array(0)
  }

  crc32c(seed = 0, crc: Crc32cFunction = crc32c): number {
    let result = seed >>> 0
    for (let i = this.#first; i < this.#end; i++) result = crc(this.#slots[i] ?? NO_BYTES, result)
    return result
  }

  cursor(offset = 0): BufferCursor {
    return new BufferCursor(this, offset)
  }

  compare(other: BufferList): -1 | 0 | 1 {
    return Buffer.compare(this.subarray(), other.subarray())
  }

  equals(other: BufferList): boolean {
    return this.#length === other.length && this.compare(other) === 0
  }

  toString(encoding: BufferEncoding = 'utf8'): string {
    const bytes = this.subarray()
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding)
  }

  toBase64(): string {
    return this.toString('base64')
  }

  #push(bytes: Uint8Array): void {
    const length = bytes.byteLength
    if (length > 0) {
      this.#length += length
      if (this.#slots === NO_CHUNKS) {
        this.#slots = [bytes]
        this.#end = 1
      } else if (this.#end < this.#slots.length) this.#slots[this.#end++] = bytes
      else this.#end = this.#slots.push(bytes)
    } else if (length !== 0) throw new TypeError(`expected bytes, got ${typeof bytes}`)
  }

  #unshift(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#first === 0) {
      const room = this.chunkCount + 4
      this.#slots = [...new Array<Uint8Array>(room).fill(NO_BYTES), ...this.chunks()]
      this.#first = room
      this.#end = this.#slots.length
    }
    this.#slots[--this.#first] = bytes
    this.#length += bytes.length
  }

  #close(): void {
    const slots = this.#slots
    const count = this.#end - this.#first
    for (let i = 0; i < count; i++) slots[i] = slots[this.#first + i] ?? NO_BYTES
    slots.fill(NO_BYTES, count, this.#end)
    this.#first = 0
    this.#end = count
  }
}

/** An index as `Uint8Array.prototype.slice` reads it. */
function clamp(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length)
}
