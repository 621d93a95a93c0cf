import type { BufferList, Crc32cFunction } from '@msgr/bufferlist'
import type { Message, MessageHeader } from '@msgr/message'
import { CRC_SIZE, EPILOGUE_SIZE, SEGMENT_CRC_SEED } from './crc-source.ts'
import type { FrameRevision } from './frame-cipher.ts'
import type { FrameSink } from './frame-sink.ts'
import { LATE_STATUS_COMPLETE } from './late-status.ts'
import { MESSAGE_HEADER_V2_SIZE, writeMessageHeader } from './message-header-v2.ts'
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
    const at = this.#reserveHead(payload.length)
    this.#output.bytes.set(payload, at + PREAMBLE_SIZE)
    const crc = this.#finishHead(at, payload.length)
    if (this.#revision === '2.0') this.#writeEpilogue(crc, 0, 0, 0)
  }

  writeMessage(header: MessageHeader, ackSeq: number, message: Message): void {
    const { frontLength, middleLength, dataLength } = header
    const preamble = this.#preamble
    preamble.setMessage(frontLength, middleLength, dataLength)
    const at = this.#reserveHead(MESSAGE_HEADER_V2_SIZE)
    writeMessageHeader(header, ackSeq, this.#output.view, at + PREAMBLE_SIZE)
    const firstCrc = this.#finishHead(at, MESSAGE_HEADER_V2_SIZE)
    const count = preamble.segmentCount
    if (count === 1 && this.#revision === '2.1') return
    // A segment that is counted has a crc even if it is empty.
    const frontCrc = count < 2 ? 0 : frontLength === 0 ? SEGMENT_CRC_SEED : this.#writePart(message.front)
    const middleCrc = count < 3 ? 0 : middleLength === 0 ? SEGMENT_CRC_SEED : this.#writePart(message.middle)
    const dataCrc = count < 4 ? 0 : this.#writePart(message.data)
    this.#writeEpilogue(firstCrc, frontCrc, middleCrc, dataCrc)
  }

  /** Room for the preamble, which is written, and the first segment, which is the caller's to fill. */
  #reserveHead(firstLength: number): number {
    const at = this.#output.reserve(this.#headSize(firstLength))
    this.#preamble.write(this.#output.bytes, this.#output.view, at, this.#crc32c)
    return at
  }

  /** Returns the crc of the first segment, which in 2.1 follows it unless it is empty. */
  #finishHead(at: number, firstLength: number): number {
    const output = this.#output
    const start = at + PREAMBLE_SIZE
    const end = start + firstLength
    const crc = firstLength === 0 ? SEGMENT_CRC_SEED : this.#crc32c(output.bytes, SEGMENT_CRC_SEED, start, end)
    const size = this.#headSize(firstLength)
    if (end < at + size) output.view.setUint32(end, crc, true)
    output.settle(at, size)
    return crc
  }

  #headSize(firstLength: number): number {
    return PREAMBLE_SIZE + firstLength + (this.#revision === '2.1' && firstLength > 0 ? CRC_SIZE : 0)
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
