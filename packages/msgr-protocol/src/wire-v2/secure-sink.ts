import type { BufferList, Crc32cFunction } from '@msgr/bufferlist'
import type { Message, MessageHeader } from '@msgr/message'
import type { FrameCipher, FrameRevision } from './frame-cipher.ts'
import type { FrameSink } from './frame-sink.ts'
import { LATE_STATUS_COMPLETE } from './late-status.ts'
import { MESSAGE_HEADER_V2_SIZE, writeMessageHeader } from './message-header-v2.ts'
import { Preamble, PREAMBLE_SIZE } from './preamble.ts'
import { SealingParts } from './sealing-parts.ts'
import { INLINE_SIZE, paddedLength, SECURE_EPILOGUE_SIZE } from './secure-layout.ts'
import type { TranscribedOutput } from './transcribed-output.ts'

/** Sealed frames, as `SecureSource` and `SecureSourceV20` read them. */
export class SecureSink implements FrameSink {
  readonly #output: TranscribedOutput
  readonly #crc32c: Crc32cFunction
  readonly #revision: FrameRevision
  readonly #cipher: FrameCipher
  readonly #preamble = new Preamble()
  readonly #parts = new SealingParts()

  constructor(output: TranscribedOutput, crc32c: Crc32cFunction, revision: FrameRevision, cipher: FrameCipher) {
    this.#output = output
    this.#crc32c = crc32c
    this.#revision = revision
    this.#cipher = cipher
  }

  writeSingle(tag: number, payload: Uint8Array): void {
    this.#preamble.setSingle(tag, payload.length)
    this.#addPreamble()
    this.#addFirst(payload)
    if (this.#revision === '2.0') this.#addEpilogue()
    this.#seal()
  }

  writeMessage(header: MessageHeader, ackSeq: number, message: Message): void {
    const { frontLength, middleLength, dataLength } = header
    this.#preamble.setMessage(frontLength, middleLength, dataLength)
    this.#addPreamble()
    const at = this.#parts.reserve(MESSAGE_HEADER_V2_SIZE)
    writeMessageHeader(header, ackSeq, this.#parts.view, at)
    // As many as there is room inline.
    this.#parts.addZeros(paddedLength(MESSAGE_HEADER_V2_SIZE) - MESSAGE_HEADER_V2_SIZE)
    if (this.#revision === '2.1') {
      this.#seal()
      if (this.#preamble.segmentCount === 1) return
    }
    if (frontLength > 0) this.#addPart(message.front)
    if (middleLength > 0) this.#addPart(message.middle)
    if (dataLength > 0) this.#addPart(message.data)
    this.#addEpilogue()
    this.#seal()
  }

  #addPreamble(): void {
    const parts = this.#parts
    const at = parts.reserve(PREAMBLE_SIZE)
    this.#preamble.write(parts.bytes, parts.view, at, this.#crc32c)
  }

  /** In 2.1 what is beyond the inline area is sealed on its own. */
  #addFirst(first: Uint8Array): void {
    const parts = this.#parts
    const { length } = first
    if (this.#revision === '2.0') {
      parts.add(first)
      parts.addZeros(paddedLength(length) - length)
    } else if (length <= INLINE_SIZE) {
      parts.add(first)
      parts.addZeros(INLINE_SIZE - length)
    } else {
      parts.add(first.subarray(0, INLINE_SIZE))
      this.#seal()
      parts.add(first.subarray(INLINE_SIZE))
      parts.addZeros(paddedLength(length) - length)
    }
  }

  #addPart(part: BufferList): void {
    this.#parts.addList(part)
    this.#parts.addZeros(paddedLength(part.length) - part.length)
  }

  #addEpilogue(): void {
    const epilogue = EPILOGUES[this.#revision]
    this.#parts.add(epilogue)
  }

  #seal(): void {
    for (const chunk of this.#cipher.seal(this.#parts.take())) this.#output.append(chunk)
  }
}

const EPILOGUES: Readonly<Record<FrameRevision, Uint8Array>> = {
  '2.0': makeEpilogue('2.0'),
  '2.1': makeEpilogue('2.1'),
}

function makeEpilogue(revision: FrameRevision): Uint8Array {
  const epilogue = new Uint8Array(SECURE_EPILOGUE_SIZE)
  epilogue[0] = LATE_STATUS_COMPLETE[revision]
  return epilogue
}
