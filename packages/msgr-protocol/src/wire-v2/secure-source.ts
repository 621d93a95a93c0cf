import type { BodyPool } from '../body-pool.ts'
import type { FrameChecks } from '../wire-v1/frame-reader.ts'
import { FRAME_TAG_LENGTH, type FrameCipher, type FrameOpening } from './frame-cipher.ts'
import { FrameSource } from './frame-source.ts'
import { isAborted } from './late-status.ts'
import { PREAMBLE_SIZE } from './preamble.ts'
import {
  HEAD_SIZE,
  INLINE_SIZE,
  paddedBodyLength,
  paddedLength,
  SEALED_HEAD_SIZE,
  SECURE_EPILOGUE_SIZE,
} from './secure-layout.ts'
import type { TranscribedInput } from './transcribed-input.ts'

/** Up to this size several bodies share memory; it is the largest that leaves little of the pool's slabs unused. */
const POOL_UP_TO = 2048

/** Sealed frames of 2.1, in up to three pieces, each of which is opened before anything in it is believed. */
export class SecureSource extends FrameSource {
  override readonly readsFirstAlone = true
  readonly #input: TranscribedInput
  readonly #checks: FrameChecks
  readonly #cipher: FrameCipher
  readonly #head = new Uint8Array(HEAD_SIZE)
  readonly #headView = new DataView(this.#head.buffer)
  readonly #bodies: BodyPool

  constructor(input: TranscribedInput, checks: FrameChecks, cipher: FrameCipher) {
    super()
    this.#input = input
    this.#bodies = input.memory.bodies
    this.#checks = checks
    this.#cipher = cipher
  }

  override readPreamble(): boolean {
    const input = this.#input
    if (!input.take(SEALED_HEAD_SIZE)) return false
    this.#cipher.openInto(input.bytes, input.offset, input.offset + SEALED_HEAD_SIZE, this.#head, 0)
    this.preamble.read(this.#head, this.#headView, 0, this.#checks)
    // The owner of a control frame may keep what it says.
    this.first = this.preamble.isControl ? this.#head.slice() : this.#head
    this.firstView = this.preamble.isControl ? viewOf(this.first) : this.#headView
    this.firstAt = PREAMBLE_SIZE
    this.isAborted = false
    this.releaseBody()
    return true
  }

  override readFirst(): boolean {
    const restLength = paddedLength(this.preamble.firstLength) - INLINE_SIZE
    if (restLength <= 0) return true
    const sealed = this.#input.takeRun(restLength + FRAME_TAG_LENGTH)
    if (sealed === undefined) return false
    const whole = new Uint8Array(INLINE_SIZE + restLength)
    whole.set(this.first.subarray(this.firstAt))
    this.#cipher.openInto(sealed, 0, sealed.length, whole, INLINE_SIZE)
    this.first = whole
    this.firstView = viewOf(whole)
    this.firstAt = 0
    return true
  }

  override readRest(): boolean {
    const { preamble } = this
    const bodyLength = paddedBodyLength(preamble)
    const length = bodyLength + SECURE_EPILOGUE_SIZE
    const sealed = this.#input.takeRun(length + FRAME_TAG_LENGTH)
    if (sealed === undefined) return false
    this.body = this.#open(sealed, length)
    this.isAborted = isAborted('2.1', this.body[bodyLength] ?? 0)
    this.frontAt = 0
    this.middleAt = paddedLength(preamble.frontLength)
    this.dataAt = this.middleAt + paddedLength(preamble.middleLength)
    return true
  }

  #open(sealed: Uint8Array, length: number): Uint8Array {
    if (length > POOL_UP_TO) return this.#cipher.open(sealed)
    const body = this.#bodies.take(length)
    this.#cipher.openInto(sealed, 0, sealed.length, body, 0)
    return body
  }
}

/**
 * Sealed frames of 2.0, each in one piece, with the length inside. So the preamble is read before anybody has vouched
 * for it; nothing but its lengths is acted on until the tag has come, and they are within limits.
 */
export class SecureSourceV20 extends FrameSource {
  override readonly readsFirstAlone = false
  readonly #input: TranscribedInput
  readonly #checks: FrameChecks
  readonly #cipher: FrameCipher
  #opening: FrameOpening | undefined = undefined

  constructor(input: TranscribedInput, checks: FrameChecks, cipher: FrameCipher) {
    super()
    this.#input = input
    this.#checks = checks
    this.#cipher = cipher
  }

  override readPreamble(): boolean {
    const input = this.#input
    if (!input.take(PREAMBLE_SIZE)) return false
    this.#opening = this.#cipher.startOpening()
    const plain = this.#opening.update(input.bytes.subarray(input.offset, input.offset + PREAMBLE_SIZE))
    this.isAborted = false
    this.releaseBody()
    this.preamble.read(plain, viewOf(plain), 0, this.#checks)
    return true
  }

  override readFirst(): boolean {
    throw new Error('expected a frame of 2.0 to be read at once, got a call for its first segment')
  }

  override readRest(): boolean {
    const { preamble } = this
    const opening = this.#opening
    if (opening === undefined) throw new Error('expected a preamble that was read before the rest, got none')
    const sealedLength = paddedLength(preamble.firstLength) + paddedBodyLength(preamble) + SECURE_EPILOGUE_SIZE
    const sealed = this.#input.takeRun(sealedLength + FRAME_TAG_LENGTH)
    if (sealed === undefined) return false
    this.#opening = undefined
    const plain = opening.update(sealed.subarray(0, sealedLength))
    opening.finish(sealed.subarray(sealedLength))
    this.isAborted = isAborted('2.0', plain[sealedLength - SECURE_EPILOGUE_SIZE] ?? 0)
    this.first = plain
    this.firstView = viewOf(plain)
    this.firstAt = 0
    this.body = plain
    this.frontAt = paddedLength(preamble.firstLength)
    this.middleAt = this.frontAt + paddedLength(preamble.frontLength)
    this.dataAt = this.middleAt + paddedLength(preamble.middleLength)
    return true
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
