import { joinBytes } from './join-bytes.ts'
import { NO_BYTES, NO_VIEW } from './no-bytes.ts'
import { WireMemory } from './wire-memory.ts'

/** Large enough for any fixed-size item of a wire. */
const SCRATCH_SIZE = 512
/** From this many missing bytes on, a read of its own costs less than copying them does. */
const LEAST_TARGET_SIZE = 16 * 1024

/**
 * Cuts a stream that comes in arbitrary chunks into items of known size. An item inside one chunk is read where it
 * lies; one that crosses a border is put together in a scratch buffer or, if it is a body, in memory of its own.
 *
 * When `take` or `fill` says that bytes are missing, all chunks have been used up, so a chunk is kept only while its
 * owner does not ask for what is in it. What `fill` misses may be read straight to where it belongs: see `target`.
 */
export class InputBytes {
  /** Where the item that was taken last starts: `offset` in `bytes`, and in `view`, which sees the same bytes. */
  bytes: Uint8Array
  view: DataView
  offset = 0

  #chunk: Uint8Array
  #chunkView: DataView
  #at = 0
  /** Chunks that came while the current one was not used up. */
  readonly #later: Uint8Array[] = []
  /** Made when an item crosses a border for the first time. */
  #scratch: Uint8Array = NO_BYTES
  #scratchView: DataView = NO_VIEW
  #scratchLength = 0
  /** What the last `fill` had to leave, and how much has been read into it since. */
  #target: Uint8Array | undefined
  #directLength = 0

  /** Makes room for what does not lie in one chunk. */
  readonly memory: WireMemory

  constructor(memory: WireMemory = new WireMemory()) {
    this.memory = memory
    this.bytes = this.#chunk = NO_BYTES
    this.view = this.#chunkView = NO_VIEW
  }

  /** True while bytes of a chunk are not used up: whoever owns the chunk must not overwrite it. */
  get holdsChunk(): boolean {
    return this.#at < this.#chunk.length || this.#later.length > 0
  }

  /**
   * Where the next bytes belong, if there are many: a chunk that is the beginning of it has been read to its place, and
   * is not copied when it is pushed. Nothing else may be written there.
   */
  get target(): Uint8Array | undefined {
    const target = this.#target
    if (target === undefined || target.length - this.#directLength < LEAST_TARGET_SIZE) return undefined
    return this.#directLength === 0 ? target : target.subarray(this.#directLength)
  }

  /** Adds a chunk. It is read later, where it lies, so it must not change until `holdsChunk` is false. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.#target !== undefined && this.#isInTarget(chunk, this.#target)) {
      this.#directLength += chunk.length
      return
    }
    if (this.holdsChunk) this.#later.push(chunk)
    else this.#open(chunk)
  }

  /** Takes the next `length` bytes, at most 512, or returns false if they are not all there yet. */
  take(length: number): boolean {
    if (this.#scratchLength === 0 && this.#chunk.length - this.#at >= length) {
      this.bytes = this.#chunk
      this.view = this.#chunkView
      this.offset = this.#at
      this.#at += length
      return true
    }
    while (this.#scratchLength < length) {
      const part = this.#takePart(length - this.#scratchLength)
      if (part === undefined) return false
      if (this.#scratch === NO_BYTES) this.#makeScratch()
      this.#scratch.set(part, this.#scratchLength)
      this.#scratchLength += part.length
    }
    this.bytes = this.#scratch
    this.view = this.#scratchView
    this.offset = 0
    this.#scratchLength = 0
    return true
  }

  /** The next `length` bytes where they lie, if they lie in one chunk. The view shares the chunk's memory. */
  takeView(length: number): Uint8Array | undefined {
    if (this.#at === this.#chunk.length && this.#later.length > 0) this.#open(this.#later.shift() ?? this.#chunk)
    if (this.#chunk.length - this.#at < length) return undefined
    const view = this.#chunk.subarray(this.#at, this.#at + length)
    this.#at += length
    return view
  }

  /**
   * Copies what is there into `target` from `filled` on, unless it is there already. Returns how much of it is filled
   * now. Until it is full, nothing else may be asked for.
   */
  fill(target: Uint8Array, filled: number): number {
    filled += this.#directLength
    this.#directLength = 0
    this.#target = undefined
    while (filled < target.length) {
      const part = this.#takePart(target.length - filled)
      if (part === undefined) {
        this.#target = target.subarray(filled)
        break
      }
      target.set(part, filled)
      filled += part.length
    }
    return filled
  }

  /** All that is not used up, in memory of its own; no chunk is held then. Throws in the middle of an item. */
  takeUnread(): Uint8Array {
    if (this.#scratchLength > 0 || this.#target !== undefined) {
      throw new Error('expected bytes to be taken out between two items, got a call in the middle of one')
    }
    const parts: Uint8Array[] = []
    for (let part = this.#takePart(Infinity); part !== undefined; part = this.#takePart(Infinity)) parts.push(part)
    return joinBytes(parts)
  }

  #makeScratch(): void {
    this.#scratch = new Uint8Array(SCRATCH_SIZE)
    this.#scratchView = new DataView(this.#scratch.buffer)
  }

  #isInTarget(chunk: Uint8Array, target: Uint8Array): boolean {
    return chunk.buffer === target.buffer && chunk.byteOffset === target.byteOffset + this.#directLength
  }

  #takePart(maxLength: number): Uint8Array | undefined {
    if (this.#at === this.#chunk.length) {
      const next = this.#later.shift()
      if (next === undefined) return undefined
      this.#open(next)
    }
    const end = Math.min(this.#at + maxLength, this.#chunk.length)
    const part = this.#chunk.subarray(this.#at, end)
    this.#at = end
    return part
  }

  #open(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#chunkView = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
    this.#at = 0
  }
}
