import type { Crc32cFunction } from '@msgr/bufferlist'
import type { Message, MessageHeader } from '@msgr/message'
import type { FrameCipher, FrameRevision } from './frame-cipher.ts'
import type { FrameSink } from './frame-sink.ts'
import { LATE_STATUS_COMPLETE } from './late-status.ts'
import { MESSAGE_HEADER_V2_SIZE, writeMessageHeader } from './message-header-v2.ts'
import { Preamble, PREAMBLE_SIZE } from './preamble.ts'
import { SealedOutput } from './sealed-output.ts'
import { HEAD_SIZE, INLINE_SIZE, paddedLength, SECURE_EPILOGUE_SIZE } from './secure-layout.ts'
import type { TranscribedOutput } from './transcribed-output.ts'

/** Sealed frames of 2.1, as `SecureSource` reads them. */
export class SecureSink implements FrameSink {
  readonly #output: SealedOutput
  readonly #crc32c: Crc32cFunction
  readonly #preamble = new Preamble()
  /** The preamble and what is inline of the first segment, with zeros behind it. */
  readonly #head = new Uint8Array(HEAD_SIZE)
  readonly #headView = new DataView(this.#head.buffer)
  readonly #headParts = [this.#head]

  constructor(output: TranscribedOutput, crc32c: Crc32cFunction, cipher: FrameCipher) {
    this.#output = new SealedOutput(output, cipher)
    this.#crc32c = crc32c
  }

  writeSingle(tag: number, payload: Uint8Array): void {
    this.#preamble.setSingle(tag, payload.length)
    const inline = payload.length <= INLINE_SIZE ? payload : payload.subarray(0, INLINE_SIZE)
    this.#head.set(inline, PREAMBLE_SIZE)
    this.#sealHead(inline.length)
    if (payload.length <= INLINE_SIZE) return
    this.#output.addPadded(payload.subarray(INLINE_SIZE))
    this.#output.seal()
  }

  writeMessage(header: MessageHeader, ackSeq: number, message: Message): void {
    const { frontLength, middleLength, dataLength } = header
    this.#preamble.setMessage(frontLength, middleLength, dataLength)
    writeMessageHeader(header, ackSeq, this.#headView, PREAMBLE_SIZE)
    this.#sealHead(MESSAGE_HEADER_V2_SIZE)
    if (this.#preamble.segmentCount === 1) return
    const output = this.#output
    if (frontLength > 0) output.addPaddedList(message.front)
    if (middleLength > 0) output.addPaddedList(message.middle)
    if (dataLength > 0) output.addPaddedList(message.data)
    output.parts.add(EPILOGUES['2.1'])
    output.seal()
  }

  #sealHead(inlineLength: number): void {
    const head = this.#head
    this.#preamble.write(head, this.#headView, 0, this.#crc32c)
    head.fill(0, PREAMBLE_SIZE + inlineLength)
    this.#output.sealRun(this.#headParts, HEAD_SIZE)
  }
}

/** Sealed frames of 2.0, each as one run, as `SecureSourceV20` reads them. */
export class SecureSinkV20 implements FrameSink {
  readonly #output: SealedOutput
  readonly #crc32c: Crc32cFunction
  readonly #preamble = new Preamble()

  constructor(output: TranscribedOutput, crc32c: Crc32cFunction, cipher: FrameCipher) {
    this.#output = new SealedOutput(output, cipher)
    this.#crc32c = crc32c
  }

  writeSingle(tag: number, payload: Uint8Array): void {
    const output = this.#output
    this.#preamble.setSingle(tag, payload.length)
    this.#addPreamble()
    output.addPadded(payload)
    output.parts.add(EPILOGUES['2.0'])
    output.seal()
  }

  writeMessage(header: MessageHeader, ackSeq: number, message: Message): void {
    const output = this.#output
    const { parts } = output
    const { frontLength, middleLength, dataLength } = header
    this.#preamble.setMessage(frontLength, middleLength, dataLength)
    this.#addPreamble()
    const at = parts.reserve(MESSAGE_HEADER_V2_SIZE)
    writeMessageHeader(header, ackSeq, parts.view, at)
    parts.addZeros(paddedLength(MESSAGE_HEADER_V2_SIZE) - MESSAGE_HEADER_V2_SIZE)
    if (frontLength > 0) output.addPaddedList(message.front)
    if (middleLength > 0) output.addPaddedList(message.middle)
    if (dataLength > 0) output.addPaddedList(message.data)
    parts.add(EPILOGUES['2.0'])
    output.seal()
  }

  #addPreamble(): void {
    const { parts } = this.#output
    const at = parts.reserve(PREAMBLE_SIZE)
    this.#preamble.write(parts.bytes, parts.view, at, this.#crc32c)
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
