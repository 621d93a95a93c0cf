import { BufferHole } from './buffer-hole.ts'
import { BufferList } from './buffer-list.ts'
import { checkRange } from './check-range.ts'
import { checkUInt16, checkUInt32, checkUInt8, outOfRange } from './integer-range.ts'
import { storeUInt16LE, storeUInt32LE } from './little-endian.ts'
import { encodeText } from './text.ts'

/** The first block of an encoder, and of all encoders one after the other until it is full. */
const FIRST_BLOCK_LENGTH = 8192
const MAX_BLOCK_LENGTH = 65536
/** Rests of blocks below this are not worth keeping. */
const MIN_REST_LENGTH = 512
/** Chunks of lists up to this are copied: a chunk costs its readers more than a copy of so little. */
const MAX_LENGTH_TO_COPY = 256
/** Strings up to this are tried byte by byte, which is faster than the built-in encoder as long as they are ASCII. */
const MAX_LENGTH_OF_SHORT_TEXT = 48

const NO_BYTES = new Uint8Array(0)
const SCRATCH = new Uint8Array(8)
const SCRATCH_VIEW = new DataView(SCRATCH.buffer)

// The rest of a block that no encoder is using. Its bytes have never been handed out, and are zero.
let restBlock: Uint8Array = NO_BYTES
let restStart = 0

/**
 * Writes bytes one after the other into memory of its own, and hands them over as a `BufferList`. Integers are
 * little-endian; one that does not fit its type throws `RangeError`. An encoder can be used again after
 * `toBufferList`; those that are made and dropped share blocks one after the other, so both ways are cheap.
 * Ceph: src/include/encoding.h; src/include/buffer.h, buffer::list::contiguous_appender
 */
export class BufferEncoder {
  #done: BufferList | undefined // what was written before #start
  #block: Uint8Array = NO_BYTES
  #start = 0
  #at = 0

  /** Bytes written since the start or the last `toBufferList`. */
  get length(): number {
    return (this.#done === undefined ? 0 : this.#done.length) + this.#at - this.#start
  }

  writeUInt8(value: number): this {
    checkUInt8(value)
    const at = this.#claim(1)
    this.#block[at] = value
    return this
  }

  writeInt8(value: number): this {
    if ((value << 24) >> 24 !== value) throw outOfRange('a signed 8-bit integer', value)
    return this.writeUInt8(value & 0xff)
  }

  writeBoolean(value: boolean): this {
    return this.writeUInt8(value ? 1 : 0)
  }

  writeUInt16LE(value: number): this {
    checkUInt16(value)
    const at = this.#claim(2)
    storeUInt16LE(this.#block, at, value)
    return this
  }

  writeInt16LE(value: number): this {
    if ((value << 16) >> 16 !== value) throw outOfRange('a signed 16-bit integer', value)
    return this.writeUInt16LE(value & 0xffff)
  }

  writeUInt32LE(value: number): this {
    checkUInt32(value)
    const at = this.#claim(4)
    storeUInt32LE(this.#block, at, value)
    return this
  }

  writeInt32LE(value: number): this {
    if ((value | 0) !== value) throw outOfRange('a signed 32-bit integer', value)
    return this.writeUInt32LE(value >>> 0)
  }

  writeBigUInt64LE(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value) throw outOfRange('an unsigned 64-bit integer', value)
    SCRATCH_VIEW.setBigUint64(0, value, true)
    return this.#writeScratch(8)
  }

  writeBigInt64LE(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value) throw outOfRange('a signed 64-bit integer', value)
    SCRATCH_VIEW.setBigInt64(0, value, true)
    return this.#writeScratch(8)
  }

  /** A number from 0 to 2^53 - 1, as an unsigned 64-bit integer. */
  writeSafeUInt64LE(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw outOfRange('an integer from 0 to 2^53 - 1', value)
    return this.#write64(value >>> 0, Math.floor(value / 0x1_0000_0000))
  }

  /** A number within ±(2^53 - 1), as a signed 64-bit integer. */
  writeSafeInt64LE(value: number): this {
    if (!Number.isSafeInteger(value)) throw outOfRange('an integer within ±(2^53 - 1)', value)
    return this.#write64(value >>> 0, Math.floor(value / 0x1_0000_0000))
  }

  writeFloatLE(value: number): this {
    SCRATCH_VIEW.setFloat32(0, value, true)
    return this.#writeScratch(4)
  }

  writeDoubleLE(value: number): this {
    SCRATCH_VIEW.setFloat64(0, value, true)
    return this.#writeScratch(8)
  }

  /** A copy of the bytes, without their length. */
  writeBytes(bytes: Uint8Array): this {
    const at = this.#claim(bytes.length)
    this.#block.set(bytes, at)
    return this
  }

  /**
   * The bytes of a list, without their length. Chunks above 256 bytes are shared: they must not change until what is
   * written has been used. Smaller ones are copied.
   */
  writeList(list: BufferList): this {
    for (let i = 0, count = list.chunkCount; i < count; i++) {
      const chunk = list.chunkAt(i)
      if (chunk.length > MAX_LENGTH_TO_COPY) this.#flush().append(chunk)
      else this.writeBytes(chunk)
    }
    return this
  }

  writeZeros(length: number): this {
    checkRange(0, length, Infinity)
    this.#claim(length)
    return this
  }

  /** A 32-bit length, then a copy of the bytes. */
  writeSizedBytes(bytes: Uint8Array): this {
    return this.writeUInt32LE(bytes.length).writeBytes(bytes)
  }

  /** A 32-bit length, then the bytes as `writeList` writes them. */
  writeSizedList(list: BufferList): this {
    return this.writeUInt32LE(list.length).writeList(list)
  }

  /** A 32-bit length, then UTF-8. */
  writeString(text: string): this {
    if (text.length <= MAX_LENGTH_OF_SHORT_TEXT && this.#writeAscii(text)) return this
    return this.writeSizedBytes(encodeText(text))
  }

  /** Leaves a gap of zeros, to be filled when what belongs there is known, even after `toBufferList`. */
  hole(length: number): BufferHole {
    checkRange(0, length, Infinity)
    const at = this.#claim(length)
    return new BufferHole(this.#block, at, length)
  }

  /** Hands over what was written, and starts anew. The caller owns the list and its memory. */
  toBufferList(): BufferList {
    const list = this.#flush()
    this.#done = undefined
    if (this.#block.length === FIRST_BLOCK_LENGTH && this.#block.length - this.#at >= MIN_REST_LENGTH) {
      restBlock = this.#block
      restStart = this.#at
    }
    this.#block = NO_BYTES
    this.#start = this.#at = 0
    return list
  }

  /** Drops what was written. */
  clear(): void {
    this.toBufferList()
  }

  /** Takes the next `length` bytes, which are zero and lie in one block; their start. */
  #claim(length: number): number {
    if (this.#at + length > this.#block.length) this.#nextBlock(length)
    const at = this.#at
    this.#at = at + length
    return at
  }

  #nextBlock(length: number): void {
    const isFirst = this.#block.length === 0
    if (!isFirst) this.#flush()
    if (isFirst && restBlock.length - restStart >= length) {
      this.#block = restBlock
      this.#start = this.#at = restStart
      restBlock = NO_BYTES
      return
    }
    const usual = isFirst ? FIRST_BLOCK_LENGTH : Math.min(this.#block.length * 2, MAX_BLOCK_LENGTH)
    this.#block = new Uint8Array(Math.max(length, usual))
    this.#start = this.#at = 0
  }

  /** Moves what is in the block to the list of what is done, and returns that. */
  #flush(): BufferList {
    const done = (this.#done ??= new BufferList())
    if (this.#at > this.#start) {
      done.append(this.#block.subarray(this.#start, this.#at))
      this.#start = this.#at
    }
    return done
  }

  #write64(low: number, high: number): this {
    const at = this.#claim(8)
    storeUInt32LE(this.#block, at, low)
    storeUInt32LE(this.#block, at + 4, high)
    return this
  }

  #writeScratch(length: number): this {
    const at = this.#claim(length)
    for (let i = 0; i < length; i++) this.#block[at + i] = SCRATCH[i] ?? 0
    return this
  }

  /** Writes a string that is ASCII, or nothing. */
  #writeAscii(text: string): boolean {
    const at = this.#claim(4 + text.length)
    const block = this.#block
    storeUInt32LE(block, at, text.length)
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) {
        block.fill(0, at, this.#at)
        this.#at = at
        return false
      }
      block[at + 4 + i] = unit
    }
    return true
  }
}
