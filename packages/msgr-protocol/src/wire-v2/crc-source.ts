import { mismatch, ProtocolError } from '../errors.ts'
import { NO_BYTES } from '../no-bytes.ts'
import type { WireMemory } from '../wire-memory.ts'
import type { FrameChecks } from '../wire-v1/frame-reader.ts'
import type { FrameRevision } from './frame-cipher.ts'
import { FrameSource } from './frame-source.ts'
import { isAborted } from './late-status.ts'
import { MAX_SMALL_FIRST_SIZE, PREAMBLE_SIZE } from './preamble.ts'
import type { TranscribedInput } from './transcribed-input.ts'

/** What the crc of a segment starts from; it is also the crc of an empty one. */
export const SEGMENT_CRC_SEED = 0xffff_ffff
export const CRC_SIZE = 4
/** Bytes of an epilogue: the late status, and a crc for each segment that has none of its own. */
export const EPILOGUE_SIZE: Readonly<Record<FrameRevision, number>> = {
  '2.0': 1 + 4 * CRC_SIZE,
  '2.1': 1 + 3 * CRC_SIZE,
}

/** A body up to this size is copied out of what the transport read, so that keeping it keeps nothing else. */
const COPY_BODY_UP_TO = 2048

/**
 * Frames in clear:
 *
 *     2.0    preamble │ first │ front │ middle │ data │ late status u8, 4 crcs
 *     2.1    preamble │ first, crc │ front │ middle │ data │ late status u8, 3 crcs
 *                                  └────── only if there is more than one segment ────┘
 *
 * Ceph: src/msg/async/frames_v2.cc, disassemble_first_segment and disassemble_remaining_segments
 */
export class CrcSource extends FrameSource {
  override readonly readsFirstAlone: boolean
  readonly #input: TranscribedInput
  readonly #checks: FrameChecks
  readonly #revision: FrameRevision
  readonly #epilogueSize: number
  readonly #memory: WireMemory
  /** In 2.0 the header of a message lies here until its crc has come. */
  readonly #kept = new Uint8Array(MAX_SMALL_FIRST_SIZE)
  readonly #keptView = new DataView(this.#kept.buffer)
  #part: 'first' | 'body' | 'epilogue' = 'first'
  #filled = 0

  constructor(input: TranscribedInput, checks: FrameChecks, revision: FrameRevision) {
    super()
    this.#input = input
    this.#memory = input.memory
    this.#checks = checks
    this.#revision = revision
    this.#epilogueSize = EPILOGUE_SIZE[revision]
    this.readsFirstAlone = revision === '2.1'
  }

  override readPreamble(): boolean {
    const input = this.#input
    const { preamble } = this
    if (!input.take(PREAMBLE_SIZE)) return false
    preamble.read(input.bytes, input.view, input.offset, this.#checks)
    this.#part = this.readsFirstAlone ? 'body' : 'first'
    this.#filled = 0
    this.body = NO_BYTES
    this.frontAt = 0
    this.middleAt = preamble.frontLength
    this.dataAt = preamble.frontLength + preamble.middleLength
    this.isAborted = false
    if (preamble.isControl) this.#makeRoomForFirst()
    return true
  }

  override readFirst(): boolean {
    const input = this.#input
    const { firstLength, isControl } = this.preamble
    if (isControl) {
      if (!this.#fillFirst()) return false
    } else {
      if (!input.take(firstLength + CRC_SIZE)) return false
      this.first = input.bytes
      this.firstView = input.view
      this.firstAt = input.offset
    }
    // An empty segment has no crc.
    if (firstLength > 0) this.#checkFirst(this.firstView.getUint32(this.firstAt + firstLength, true))
    return true
  }

  override readRest(): boolean {
    if (this.#part === 'first') {
      if (!this.#keepFirst()) return false
      this.#part = 'body'
    }
    if (this.#part === 'body') {
      if (!this.#readBody()) return false
      this.#part = 'epilogue'
    }
    if (!this.#input.take(this.#epilogueSize)) return false
    this.#readEpilogue()
    return true
  }

  /** The payload of a control frame goes to its owner, so it gets memory of its own. */
  #makeRoomForFirst(): void {
    const { firstLength } = this.preamble
    this.first = new Uint8Array(this.readsFirstAlone && firstLength > 0 ? firstLength + CRC_SIZE : firstLength)
    this.firstView = new DataView(this.first.buffer)
    this.firstAt = 0
  }

  #fillFirst(): boolean {
    this.#filled = this.#input.fill(this.first, this.#filled)
    return this.#filled === this.first.length
  }

  /** In 2.0, the first segment waits for the epilogue. */
  #keepFirst(): boolean {
    const input = this.#input
    const { firstLength, isControl } = this.preamble
    if (isControl) return this.#fillFirst()
    if (!input.take(firstLength)) return false
    this.#kept.set(input.bytes.subarray(input.offset, input.offset + firstLength))
    this.first = this.#kept
    this.firstView = this.#keptView
    this.firstAt = 0
    return true
  }

  /** Reads a body where it lies if it lies in one piece, and otherwise into memory of its own. */
  #readBody(): boolean {
    const length = this.preamble.bodyLength
    if (length === 0) return true
    if (this.body.length === 0) {
      const view = this.#input.takeView(length)
      if (view !== undefined) {
        if (length > COPY_BODY_UP_TO) this.shareInput(view)
        else this.body = this.#memory.bodies.copy(view)
        return true
      }
      this.body = this.#memory.allocate(length)
    }
    this.#filled = this.#input.fill(this.body, this.#filled)
    return this.#filled === length
  }

  #readEpilogue(): void {
    const { view, offset } = this.#input
    this.isAborted = isAborted(this.#revision, view.getUint8(offset))
    // What the sender had not sent when it gave up is zeros, and no crc was made of it.
    if (this.isAborted) return
    let at = offset + 1
    if (!this.readsFirstAlone) {
      this.#checkFirst(view.getUint32(at, true))
      at += CRC_SIZE
    }
    const { segmentCount } = this.preamble
    const { crcHeader, crcData } = this.#checks
    if (crcHeader && segmentCount > 1) this.#checkPart('front', 0, this.middleAt, view.getUint32(at, true))
    if (crcHeader && segmentCount > 2) {
      this.#checkPart('middle', this.middleAt, this.dataAt, view.getUint32(at + CRC_SIZE, true))
    }
    if (crcData && segmentCount > 3) {
      this.#checkPart('data', this.dataAt, this.body.length, view.getUint32(at + 2 * CRC_SIZE, true))
    }
  }

  #checkFirst(told: number): void {
    if (!this.#checks.crcHeader) return
    const end = this.firstAt + this.preamble.firstLength
    const crc = this.#checks.crc32c(this.first, SEGMENT_CRC_SEED, this.firstAt, end)
    if (crc !== told) throw new ProtocolError('ERR_MSGR_BAD_FRAME', mismatch('crc of the first segment', crc, told))
  }

  #checkPart(part: string, start: number, end: number, told: number): void {
    const crc = start === end ? SEGMENT_CRC_SEED : this.#checks.crc32c(this.body, SEGMENT_CRC_SEED, start, end)
    if (crc !== told) throw new ProtocolError('ERR_MSGR_BAD_FRAME', mismatch(`crc of ${part}`, crc, told))
  }
}
