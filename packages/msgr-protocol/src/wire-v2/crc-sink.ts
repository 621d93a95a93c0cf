import type { BufferList, Crc32cFunction } from '@msgr/bufferlist'
import type { Message } from '@msgr/message'
import { CRC_SIZE, EPILOGUE_SIZE, SEGMENT_CRC_SEED } from './crc-source.ts'
import type { FrameRevision } from './frame-cipher.ts'
import type { FrameSink } from './frame-sink.ts'
import { LATE_STATUS_COMPLETE } from './late-status.ts'
import { Preamble, PREAMBLE_SIZE } from './preamble.ts'
import type { TranscribedOutput } from './transcribed-output.ts'

/** Frames in clear, as `CrcSource` reads them. */
export class CrcSink implements FrameSink {
  readonly #output: TranscribedOutput
  readonly #crc32c: Crc32cFunction
  readonly #revision: FrameRevision
  readonly #preamble = new Preamble()

  constructor(output: TranscribedOutput, crc32c: Crc32cFunction, revision: FrameRevision) {
    this.#output = output
    this.#crc32c = crc32c
    this.#revision = revision
  }

  writeSingle(tag: number, payload: Uint8Array): void {
    this.#preamble.setSingle(tag, payload.length)
    const crc = this.#writeHead(payload)
    if (this.#revision === '2.0') this.#writeEpilogue(crc, 0, 0, 0)
  }

  writeMessage(header: Uint8Array, message: Message): void {
    const { frontLength, middleLength, dataLength } = message
    const preamble = this.#preamble
    preamble.setMessage(frontLength, middleLength, dataLength)
    const firstCrc = this.#writeHead(header)
    const count = preamble.segmentCount
    if (count === 1 && this.#revision === '2.1') return
    // A segment that is counted has a crc even if it is empty.
    const frontCrc = count < 2 ? 0 : frontLength === 0 ? SEGMENT_CRC_SEED : this.#writePart(message.front)
    const middleCrc = count < 3 ? 0 : middleLength === 0 ? SEGMENT_CRC_SEED : this.#writePart(message.middle)
    const dataCrc = count < 4 ? 0 : this.#writePart(message.data)
    this.#writeEpilogue(firstCrc, frontCrc, middleCrc, dataCrc)
  }

  /** Preamble and first segment, and its crc if it is not left to the epilogue, or empty. Returns that crc. */
  #writeHead(first: Uint8Array): number {
    const output = this.#output
    const { length } = first
    const size = PREAMBLE_SIZE + length + (this.#revision === '2.1' && length > 0 ? CRC_SIZE : 0)
    const at = output.reserve(size)
    const { bytes, view } = output
    this.#preamble.write(bytes, view, at, this.#crc32c)
    const end = at + PREAMBLE_SIZE + length
    bytes.set(first, at + PREAMBLE_SIZE)
    const crc = length === 0 ? SEGMENT_CRC_SEED : this.#crc32c(bytes, SEGMENT_CRC_SEED, at + PREAMBLE_SIZE, end)
    if (end < at + size) view.setUint32(end, crc, true)
    output.settle(at, size)
    return crc
  }

  #writePart(part: BufferList): number {
    this.#output.appendList(part)
    return part.crc32c(SEGMENT_CRC_SEED, this.#crc32c)
  }

  #writeEpilogue(firstCrc: number, frontCrc: number, middleCrc: number, dataCrc: number): void {
    const output = this.#output
    const size = EPILOGUE_SIZE[this.#revision]
    const start = output.reserve(size)
    const { view } = output
    view.setUint8(start, LATE_STATUS_COMPLETE[this.#revision])
    let at = start + 1
    if (this.#revision === '2.0') {
      view.setUint32(at, firstCrc, true)
      at += CRC_SIZE
    }
    view.setUint32(at, frontCrc, true)
    view.setUint32(at + CRC_SIZE, middleCrc, true)
    view.setUint32(at + 2 * CRC_SIZE, dataCrc, true)
    output.settle(start, size)
  }
}
