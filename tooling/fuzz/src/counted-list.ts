import { BufferCursor, BufferList } from '@msgr/bufferlist'
import type { Trace } from './trace.ts'

/** A list whose cursors tell a trace of every read. Otherwise it is what it was made of, cut as that was. */
export class CountedList extends BufferList {
  readonly #trace: Trace

  constructor(trace: Trace, chunks: readonly Uint8Array[]) {
    super()
    this.#trace = trace
    for (const chunk of chunks) this.append(chunk)
  }

  override cursor(offset = 0): BufferCursor {
    const first = this.chunkCount === 0 ? undefined : this.chunkAt(0)
    return new CountedCursor(this.#trace, this, first).seek(offset)
  }
}

/** Counts what all other reads are made of. */
class CountedCursor extends BufferCursor {
  readonly #trace: Trace

  constructor(trace: Trace, list: BufferList, first: Uint8Array | undefined) {
    super(list, first, 0)
    this.#trace = trace
  }

  override skip(length: number): this {
    this.#trace.step(1)
    return super.skip(length)
  }

  override peekUInt8(): number {
    this.#trace.step(2)
    return super.peekUInt8()
  }

  override readUInt8(): number {
    this.#trace.step(3)
    return super.readUInt8()
  }

  override readUInt16LE(): number {
    this.#trace.step(4)
    return super.readUInt16LE()
  }

  override readInt32LE(): number {
    this.#trace.step(5)
    return super.readInt32LE()
  }

  override readBigUInt64LE(): bigint {
    this.#trace.step(6)
    return super.readBigUInt64LE()
  }

  override readBigInt64LE(): bigint {
    this.#trace.step(7)
    return super.readBigInt64LE()
  }

  override readDoubleLE(): number {
    this.#trace.step(8)
    return super.readDoubleLE()
  }

  override readBytes(length: number): Uint8Array {
    this.#trace.step(9)
    return super.readBytes(length)
  }

  override readInto(target: Uint8Array, start = 0, end: number = target.length): Uint8Array {
    this.#trace.step(10)
    return super.readInto(target, start, end)
  }

  override readList(length: number): BufferList {
    this.#trace.step(11)
    return super.readList(length)
  }
}
