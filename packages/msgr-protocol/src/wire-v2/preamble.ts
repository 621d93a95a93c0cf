import type { Crc32cFunction } from '@msgr/bufferlist'
import { mismatch, ProtocolError } from '../errors.ts'
import type { ProtocolLimits } from '../limits.ts'
import type { FrameChecks } from '../wire-v1/frame-reader.ts'
import { FrameTag } from './frame-tag.ts'
import { MESSAGE_HEADER_V2_SIZE } from './message-header-v2.ts'

/** Bytes of a preamble, and of the part of it that its checksum covers. */
export const PREAMBLE_SIZE = 32
const CRC_OFFSET = 28
const FLAGS_OFFSET = 26
const MAX_SEGMENT_COUNT = 4

/** Bytes of a sequence number and of a stamp: all that an ack and a keepalive say. */
const SMALL_PAYLOAD_SIZE = 8
/** The first segment of a message, an ack or a keepalive may grow in a later version, up to this. */
export const MAX_SMALL_FIRST_SIZE = 64

/** Hints for the receiver's allocator. */
const ALIGNMENT = 8
const DATA_ALIGNMENT = 4096

/**
 * What every frame begins with, 32 bytes, little endian:
 *
 *      0 tag u8             2 first: length u32, alignment u16       26 flags u8
 *      1 segment count u8   8 front: the same                        27 reserved u8
 *                          14 middle: the same                       28 crc u32
 *                          20 data: the same
 *
 * One object is read into again and again. Ceph: src/msg/async/frames_v2.h, preamble_block_t
 */
export class Preamble {
  tag = 0
  segmentCount = 0
  firstLength = 0
  frontLength = 0
  middleLength = 0
  dataLength = 0
  /** The last one that was read and found good, and the last one written: on a busy connection most are alike. */
  readonly #read = new PreambleWords()
  readonly #written = new PreambleWords()

  /** Front, middle and data together. */
  get bodyLength(): number {
    return this.frontLength + this.middleLength + this.dataLength
  }

  /** True for a frame that the reader leaves to its owner. */
  get isControl(): boolean {
    return this.tag < FrameTag.message
  }

  /**
   * Reads a preamble; `view` sees the same bytes. Throws `ProtocolError` unless it is one that may be: its crc, tag,
   * number of segments and lengths.
   */
  read(bytes: Uint8Array, view: DataView, at: number, checks: FrameChecks): void {
    if (this.#read.areAt(view, at)) return
    this.#read.forget()
    if (checks.crcHeader) {
      const crc = checks.crc32c(bytes, 0, at, at + CRC_OFFSET)
      const told = view.getUint32(at + CRC_OFFSET, true)
      if (crc !== told) throw new ProtocolError('ERR_MSGR_BAD_FRAME', mismatch('crc of a preamble', crc, told))
    }
    const flags = view.getUint8(at + FLAGS_OFFSET)
    if (flags !== 0) throw badFrame('flags of a frame: expected 0, since no compression was agreed on', flags)
    this.tag = view.getUint8(at)
    this.segmentCount = view.getUint8(at + 1)
    const count = this.segmentCount
    if (count < 1 || count > MAX_SEGMENT_COUNT) throw badFrame('segments of a frame: expected 1 to 4', count)
    this.firstLength = view.getUint32(at + 2, true)
    this.frontLength = count > 1 ? view.getUint32(at + 8, true) : 0
    this.middleLength = count > 2 ? view.getUint32(at + 14, true) : 0
    this.dataLength = count > 3 ? view.getUint32(at + 20, true) : 0
    if (count > 1 && view.getUint32(at + 6 * count - 4, true) === 0) {
      throw badFrame('length of the last of several segments: expected at least 1', 0)
    }
    this.#check(checks.limits)
    this.#read.take(view, at)
  }

  /** Makes it the preamble of a frame with one segment. */
  setSingle(tag: number, length: number): void {
    this.#written.forget()
    this.tag = tag
    this.segmentCount = 1
    this.firstLength = length
    this.frontLength = this.middleLength = this.dataLength = 0
  }

  /** Makes it the preamble of a message. Empty parts at its end are not counted. */
  setMessage(frontLength: number, middleLength: number, dataLength: number): void {
    const isLikeTheLast =
      frontLength === this.frontLength && middleLength === this.middleLength && dataLength === this.dataLength
    if (isLikeTheLast && this.tag === FrameTag.message) return
    this.#written.forget()
    this.tag = FrameTag.message
    this.segmentCount = dataLength > 0 ? 4 : middleLength > 0 ? 3 : frontLength > 0 ? 2 : 1
    this.firstLength = MESSAGE_HEADER_V2_SIZE
    this.frontLength = frontLength
    this.middleLength = middleLength
    this.dataLength = dataLength
  }

  /** Writes all 32 bytes; `view` sees the same bytes. */
  write(bytes: Uint8Array, view: DataView, at: number, crc32c: Crc32cFunction): void {
    if (this.#written.putAt(view, at)) return
    const count = this.segmentCount
    view.setUint8(at, this.tag)
    view.setUint8(at + 1, count)
    view.setUint32(at + 2, this.firstLength, true)
    view.setUint16(at + 6, ALIGNMENT, true)
    view.setUint32(at + 8, this.frontLength, true)
    view.setUint16(at + 12, count > 1 ? ALIGNMENT : 0, true)
    view.setUint32(at + 14, this.middleLength, true)
    view.setUint16(at + 18, count > 2 ? ALIGNMENT : 0, true)
    view.setUint32(at + 20, this.dataLength, true)
    view.setUint16(at + 24, count > 3 ? DATA_ALIGNMENT : 0, true)
    view.setUint16(at + FLAGS_OFFSET, 0, true)
    view.setUint32(at + CRC_OFFSET, crc32c(bytes, 0, at, at + CRC_OFFSET), true)
    this.#written.take(view, at)
  }

  #check(limits: ProtocolLimits): void {
    const { tag, firstLength } = this
    if (tag < FrameTag.hello || tag > FrameTag.ack) {
      throw new ProtocolError('ERR_MSGR_BAD_TAG', `tag of a frame: expected 1 to 20, got ${tag}`)
    }
    if (tag === FrameTag.message) {
      checkSmallLength(firstLength, MESSAGE_HEADER_V2_SIZE)
      checkLength('front', this.frontLength, limits.maxFrontBytes)
      checkLength('middle', this.middleLength, limits.maxMiddleBytes)
      checkLength('data', this.dataLength, limits.maxDataBytes)
      return
    }
    if (this.segmentCount > 1) throw badFrame(`segments of a frame with tag ${tag}: expected 1`, this.segmentCount)
    if (tag > FrameTag.message) checkSmallLength(firstLength, SMALL_PAYLOAD_SIZE)
    else checkLength('a control frame', firstLength, limits.maxControlBytes)
  }
}

/** The 32 bytes of a preamble, remembered as words: to compare or to copy them costs less than their checksum. */
class PreambleWords {
  readonly #words = new Uint32Array(PREAMBLE_SIZE / 4)
  #isKnown = false

  forget(): void {
    this.#isKnown = false
  }

  take(view: DataView, at: number): void {
    for (let i = 0; i < this.#words.length; i++) this.#words[i] = view.getUint32(at + 4 * i, true)
    this.#isKnown = true
  }

  /** True if just these bytes are there. */
  areAt(view: DataView, at: number): boolean {
    if (!this.#isKnown) return false
    for (let i = this.#words.length - 1; i >= 0; i--) {
      if (view.getUint32(at + 4 * i, true) !== this.#words[i]) return false
    }
    return true
  }

  /** Writes them there, if there are any. */
  putAt(view: DataView, at: number): boolean {
    if (!this.#isKnown) return false
    for (let i = 0; i < this.#words.length; i++) view.setUint32(at + 4 * i, this.#words[i] ?? 0, true)
    return true
  }
}

function checkSmallLength(length: number, min: number): void {
  if (length < min) throw badFrame(`length of the first segment: expected at least ${min}`, length)
  checkLength('the first segment', length, MAX_SMALL_FIRST_SIZE)
}

function checkLength(part: string, length: number, max: number): void {
  if (length <= max) return
  throw new ProtocolError('ERR_MSGR_TOO_LONG', `length of ${part}: expected at most ${max}, got ${length}`)
}

function badFrame(expectation: string, got: number): ProtocolError {
  return new ProtocolError('ERR_MSGR_BAD_FRAME', `${expectation}, got ${got}`)
}
