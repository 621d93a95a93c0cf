import { alignChunks, areAligned, type ChunkAlignment, joinInto, type RebuildOptions } from './aligned-chunks.ts'
import { AppendTail } from './append-tail.ts'
import { decodeBase64 } from './base64.ts'
import { BufferCursor } from './buffer-cursor.ts'
import { type BufferHole } from './buffer-hole.ts'
import { checkBytes } from './check-bytes.ts'
import { checkRange, clampIndex } from './check-range.ts'
import { cutEnds, findRange } from './chunk-range.ts'
import { type ChunkViews, NO_VIEWS, viewOfRange, viewsOfRange } from './chunk-views.ts'
import { compareLists } from './compare-lists.ts'
import { CrcCache, MIN_LENGTH_TO_REMEMBER, noteWriteInPlace } from './crc-cache.ts'
import { crc32c, type Crc32cFunction } from './crc32c.ts'
import { findBytes } from './find-bytes.ts'
import { hexdump } from './hexdump.ts'
import { overwriteChunks, zeroChunks } from './overwrite-chunks.ts'
import { takeMemory } from './own-memory.ts'
import { decodeText, encodeText } from './text.ts'

const NO_CHUNKS: Uint8Array[] = []
const NO_BYTES = new Uint8Array(0)
/** Consumed slots at the front are closed up once there are this many and they are half of all. */
const MIN_SLOTS_TO_CLOSE = 32

/**
 * A sequence of bytes made of chunks, which are never copied to be joined.
 *
 * Bytes that are appended are shared: list and caller see the same memory from then on. The list writes into them
 * only when told to, by `copyIn` and `zero`. Three verbs take a range out, and each always does the same: `slice`
 * copies, `subarray` is a view if the range lies in one chunk and a copy if not, `substr` never copies. There are no
 * empty chunks. A range beyond the end throws `EndOfBufferError` and changes nothing.
 * Ceph: src/common/buffer.cc, buffer::list
 */
export class BufferList implements Iterable<Uint8Array> {
  #slots: Uint8Array[] = NO_CHUNKS // the chunks are #slots[#first..#end)
  #first = 0
  #end = 0
  #skip = 0 // bytes of the first slot that are not in the list: it is cut when somebody looks at it
  #spare = 0 // the same of the last slot, but only in what `substr` made and nobody has changed or looked at since
  #length = 0
  #tail: AppendTail | undefined
  #crcs: CrcCache | undefined
  #views: ChunkViews | undefined // of the chunk viewed last, once two views were asked for; counts from the start of the first slot

  /** An empty list, or one of the given bytes, which it shares. */
  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined) this.#push(bytes)
  }

  /** A list of the bytes of standard base64 with padding. Throws `MalformedInputError` for anything else. */
  static fromBase64(text: string): BufferList {
    return new BufferList(decodeBase64(text))
  }

  /** Bytes in the list. */
  get length(): number {
    return this.#length
  }

  get chunkCount(): number {
    return this.#end - this.#first
  }

  /** The longest beginning that needs no copy. */
  get firstChunk(): Uint8Array | undefined {
    this.#cut()
    return this.#first < this.#end ? this.#slots[this.#first] : undefined
  }

  /** Whether there is at most one chunk. */
  get isContiguous(): boolean {
    return this.#end - this.#first <= 1
  }

  chunkAt(index: number): Uint8Array {
    this.#cut()
    const chunk = index >= 0 && index < this.#end - this.#first ? this.#slots[this.#first + index] : undefined
    if (chunk === undefined)
      throw new RangeError(`expected the index of one of ${this.chunkCount} chunks, got ${index}`)
    return chunk
  }

  /** The chunks in order, as views. The array is the caller's. */
  chunks(): Uint8Array[] {
    this.#cut()
    return this.#slots.slice(this.#first, this.#end)
  }

  /** Goes over the chunks that are there now, so the list may change meanwhile. */
  [Symbol.iterator](): ArrayIterator<Uint8Array> {
    return this.chunks().values()
  }

  /** Appends bytes, or all chunks of a list, by sharing them; text is encoded as UTF-8. */
  append(bytes: Uint8Array | string | BufferList): this {
    if (bytes instanceof Uint8Array) this.#push(bytes)
    else if (bytes instanceof BufferList) {
      for (let i = 0, count = bytes.chunkCount; i < count; i++) this.#push(bytes.chunkAt(i), bytes)
    } else this.#push(encodeText(bytes))
    return this
  }

  /** Appends a copy. Small pieces fill up memory of the list's own, and follow each other in one chunk. */
  appendCopy(bytes: Uint8Array): this {
    return this.#extend(bytes.length, bytes)
  }

  appendZero(length: number): this {
    checkRange(0, length, Infinity)
    return this.#extend(length)
  }

  /** Appends `length` zeros that can be filled in later. They lie in one chunk. */
  appendHole(length: number): BufferHole {
    this.reserve(length)
    const tail = (this.#tail ??= new AppendTail(0))
    if (length > 0) this.#grow(tail, length)
    return tail.hole(length)
  }

  /** Makes room for what `appendCopy`, `appendZero` and `appendHole` will add next. */
  reserve(length: number): this {
    checkRange(0, length, Infinity)
    if ((this.#tail?.room ?? 0) < length) this.#tail = new AppendTail(length)
    return this
  }

  /** The mirror of `append`: a list of several chunks keeps their order. */
  prepend(bytes: Uint8Array | string | BufferList): this {
    if (typeof bytes === 'string') this.#unshift(encodeText(bytes))
    else if (bytes instanceof BufferList) for (const chunk of bytes.chunks().reverse()) this.#unshift(chunk)
    else this.#unshift(bytes)
    return this
  }

  /** Appends what `other` holds, and empties it. */
  claimAppend(other: BufferList): this {
    if (other === this) return this
    if (this.#length === 0) this.#assign(other)
    else this.append(other)
    other.clear()
    return this
  }

  clear(): this {
    this.#slots = NO_CHUNKS
    this.#first = this.#end = this.#skip = this.#spare = this.#length = 0
    this.#tail = this.#crcs = this.#views = undefined
    return this
  }

  /** Drops bytes from the front. Lets go of the chunks that are done with; one that is begun is held as a whole. */
  consume(length: number): this {
    if (!(Number.isSafeInteger(length) && length >= 0 && length <= this.#length)) checkRange(0, length, this.#length)
    if (this.#spare > 0) this.#cut()
    this.#length -= length
    let skip = this.#skip + length
    while (this.#first < this.#end) {
      const chunk = this.#slots[this.#first] ?? NO_BYTES
      if (skip < chunk.length) break
      skip -= chunk.length
      this.#slots[this.#first++] = NO_BYTES
      this.#crcs?.forget(chunk)
      this.#views = undefined
    }
    this.#skip = skip
    if (this.#first === this.#end) this.#first = this.#end = 0
    else if (this.#first >= MIN_SLOTS_TO_CLOSE && this.#first * 2 >= this.#end) this.#setChunks(this.chunks())
    return this
  }

  /** Removes a range. It is appended to `claimInto`, without a copy, if that is given. */
  splice(offset: number, length: number, claimInto?: BufferList): this {
    const removed = this.substr(offset, length)
    if (length === 0) return this
    this.#assign(this.substr(0, offset).append(this.substr(offset + length, this.#length - offset - length)))
    claimInto?.append(removed)
    return this
  }

  /** A range as a list that shares the memory. Never copies. */
  substr(offset: number, length: number): BufferList {
    checkRange(offset, length, this.#length)
    const list = new BufferList()
    if (length === 0) return list
    const { chunks, skip, spare } = findRange(this.#slots, this.#first, this.#skip + offset, length)
    list.#setChunks(chunks)
    list.#length = length
    list.#skip = skip
    list.#spare = spare
    list.#crcs = this.#crcs?.of(chunks)
    return list
  }

  /** A range as one array: a view if it lies in one chunk, otherwise a copy. Indexes as in `Uint8Array`. */
  subarray(start = 0, end: number = this.#length): Uint8Array {
    const from = clampIndex(start, this.#length)
    const length = Math.max(0, clampIndex(end, this.#length) - from)
    if (length === this.#length && this.#end - this.#first === 1) return this.chunkAt(0)
    const at = this.#skip + from
    if (this.#views === NO_VIEWS) this.#views = viewsOfRange(this.#slots, this.#first, at, length)
    if (this.#views?.cover(at, length)) return this.#views.view(at, length)
    this.#views = NO_VIEWS
    return viewOfRange(this.#slots, this.#first, at, length) ?? this.copyOut(from, length)
  }

  /** A copy of a range, in memory of its own. Indexes as in `Uint8Array`. */
  slice(start = 0, end: number = this.#length): Uint8Array {
    const from = clampIndex(start, this.#length)
    return this.copyOut(from, Math.max(0, clampIndex(end, this.#length) - from))
  }

  byteAt(index: number): number {
    return this.cursor(index).readUInt8()
  }

  /** Copies a range to the start of `target`, by default new memory, and returns `target`. */
  copyOut(offset: number, length: number, target: Uint8Array = takeMemory(length)): Uint8Array {
    this.cursor(offset).readInto(target, 0, length)
    return target
  }

  /** Overwrites in place: whoever shares the memory sees it. */
  copyIn(offset: number, source: Uint8Array | BufferList): this {
    const bytes = source instanceof BufferList ? source.subarray() : source
    overwriteChunks(this.substr(offset, bytes.length).chunks(), bytes)
    return this
  }

  /** Overwrites with zeros in place: whoever shares the memory sees it. */
  zero(offset = 0, length: number = Math.max(0, this.#length - offset)): this {
    zeroChunks(this.substr(offset, length).chunks())
    return this
  }

  isZero(): boolean {
    return this.chunks().every((chunk) => chunk.every((byte) => byte === 0))
  }

  /** Copies everything into one new chunk, unless there is only one. */
  rebuild(): this {
    if (!this.isContiguous) this.#setChunks([joinInto(takeMemory(this.#length), this.chunks())])
    return this
  }

  /** The whole list as one array, after a `rebuild`. Ceph's `c_str`. Shared: write to it, and `invalidateCrc` is due. */
  toContiguous(): Uint8Array {
    return this.rebuild().firstChunk ?? new Uint8Array(0)
  }

  /** Whether every chunk is, in length and in `byteOffset`. An empty list is. */
  isAligned(alignment: ChunkAlignment): boolean {
    return areAligned(this.chunks(), alignment)
  }

  /** Copies just so many chunks together that all are aligned, but perhaps for the last length. Whether any were. */
  rebuildAligned(options: RebuildOptions): boolean {
    const aligned = alignChunks(this.chunks(), options)
    if (aligned !== undefined) this.#setChunks(aligned)
    return aligned !== undefined
  }

  /**
   * The CRC-32C of the whole list, continued from `seed`. The list remembers those of large chunks, also for other
   * seeds and for lists that it is appended to. Writes through this package are noticed; call `invalidateCrc` after any
   * other write to bytes in a list. `crc` only says how to compute: all such functions agree.
   */
  crc32c(seed = 0, crc: Crc32cFunction = crc32c): number {
    this.#cut()
    let result = seed >>> 0
    for (let i = this.#first; i < this.#end; i++) {
      const chunk = this.#slots[i] ?? NO_BYTES
      if (chunk.length < MIN_LENGTH_TO_REMEMBER) result = crc(chunk, result, 0, chunk.length)
      else result = (this.#crcs ??= new CrcCache()).crcOf(chunk, result, crc)
    }
    return result >>> 0
  }

  /** Makes every list forget the CRCs it remembers. */
  invalidateCrc(): void {
    noteWriteInPlace()
  }

  cursor(offset = 0): BufferCursor {
    if (this.#spare > 0) this.#cut()
    const cursor = new BufferCursor(this, this.#end > this.#first ? this.#slots[this.#first] : undefined, this.#skip)
    return offset === 0 ? cursor : cursor.seek(offset)
  }

  /** The order of the bytes as unsigned numbers, the shorter first if it is the beginning of the longer. */
  compare(other: BufferList): -1 | 0 | 1 {
    return compareLists(this, other)
  }

  /** Whether both hold the same bytes, however they are cut. */
  equals(other: BufferList): boolean {
    return this.#length === other.length && compareLists(this, other) === 0
  }

  /** The offset of the first occurrence at or after `from`, or -1. A number is a byte; text is looked for as UTF-8. */
  indexOf(needle: number | Uint8Array | string, from = 0): number {
    return findBytes(this, needle, clampIndex(from, this.#length))
  }

  /** Offsets, hexadecimal and text in rows of 16, as Ceph prints them; nothing for an empty list. */
  hexdump(options: { readonly trailingNewline?: boolean } = {}): string {
    return hexdump(this, options.trailingNewline ?? true)
  }

  /** The bytes as text, by default of UTF-8. */
  toString(encoding: BufferEncoding = 'utf8'): string {
    return decodeText(this.subarray(), encoding)
  }

  /** Standard base64 with padding. */
  toBase64(): string {
    return this.toString('base64')
  }

  /** Brings the first and the last slot to what is left of them. */
  #cut(): void {
    if (this.#skip === 0 && this.#spare === 0) return
    cutEnds(this.#slots, this.#first, this.#end - 1, this.#skip, this.#spare, this.#crcs)
    this.#skip = this.#spare = 0
    this.#views = undefined
  }

  /** Appends a chunk, with the CRC that the list it comes from may know of it. */
  #push(chunk: Uint8Array, from?: BufferList): void {
    checkBytes(chunk)
    if (chunk.length === 0) return
    if (this.#spare > 0) this.#cut()
    this.#length += chunk.length
    this.#crcs?.forget(chunk)
    if (this.#slots === NO_CHUNKS) this.#slots = [chunk]
    else this.#slots[this.#end] = chunk
    this.#end++
    if (from !== undefined && from.#crcs !== undefined) (this.#crcs ??= new CrcCache()).adopt(chunk, from.#crcs)
  }

  #unshift(chunk: Uint8Array): void {
    checkBytes(chunk)
    if (chunk.length === 0) return
    this.#cut()
    this.#crcs?.forget(chunk)
    this.#views = undefined
    if (this.#first === 0) {
      // Room for as many again, so that each chunk is moved a bounded number of times.
      const room = new Array<Uint8Array>(this.#end + 4).fill(NO_BYTES)
      this.#slots = room.concat(this.chunks())
      this.#first = room.length
      this.#end += room.length
    }
    this.#slots[--this.#first] = chunk
    this.#length += chunk.length
  }

  /** Appends `length` bytes in the list's own memory: those of `source`, or zeros. */
  #extend(length: number, source?: Uint8Array): this {
    for (let done = 0; done < length;) {
      if (this.#tail === undefined || this.#tail.room === 0) this.#tail = new AppendTail(length - done)
      const n = Math.min(length - done, this.#tail.room)
      const view = this.#grow(this.#tail, n)
      if (source !== undefined) view.set(source.subarray(done, done + n), view.length - n)
      done += n
    }
    return this
  }

  /** Adds bytes of the tail to the last chunk if that ends where they start, otherwise as a new one. */
  #grow(tail: AppendTail, length: number): Uint8Array {
    this.#cut()
    const grows = this.#length > 0 && this.#slots[this.#end - 1] === tail.view
    if (tail.view !== undefined) this.#crcs?.forget(tail.view)
    const view = tail.take(length, grows)
    if (grows) {
      this.#slots[this.#end - 1] = view
      this.#length += length
    } else this.#push(view)
    return view
  }

  #assign(other: BufferList): void {
    this.#slots = other.#slots
    this.#first = other.#first
    this.#end = other.#end
    this.#skip = other.#skip
    this.#spare = other.#spare
    this.#length = other.#length
    this.#crcs = other.#crcs
    this.#views = undefined
  }

  /** Takes other chunks of the same bytes. */
  #setChunks(chunks: Uint8Array[]): void {
    this.#crcs = this.#views = undefined
    this.#slots = chunks
    this.#first = 0
    this.#end = chunks.length
  }
}
