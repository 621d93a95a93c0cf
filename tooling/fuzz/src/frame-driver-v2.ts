import { crc32c } from '@msgr/bufferlist'
import { EntityName, type MessageRegistry } from '@msgr/message'
import { type FrameCipher, type FrameChecks, FrameReaderV2, InputBytes, type FrameRevision } from '@msgr/msgr-protocol'
import { documentedCode } from './documented-error.ts'
import { promise } from './errors.ts'
import { BODY_LIMIT, LIMITS } from './session-options.ts'
import type { Trace } from './trace.ts'

const MAX_KEPT = 64

/** Something that was read, as it was when it came. */
interface Kept {
  readonly what: string
  readonly parts: readonly Uint8Array[]
  readonly crc: number
}

/** What a driver is made for. */
export interface FrameDriverOptions {
  readonly registry: MessageRegistry
  readonly checksCrc: boolean
  readonly revision: FrameRevision
  readonly cipher: FrameCipher | undefined
}

/** Owns a reader of version 2 as a wire does: writes down what it reads, and holds it to what it promises. */
export class FrameDriverV2 {
  readonly #options: FrameDriverOptions
  readonly #trace: Trace
  readonly #input = new InputBytes()
  readonly #reader: FrameReaderV2
  readonly #log: string[] = []
  readonly #kept: Kept[] = []
  readonly #received: Uint8Array[] = []
  readonly #shown: Uint8Array[] = []
  #isOver = false

  constructor(options: FrameDriverOptions, trace: Trace) {
    const { checksCrc } = options
    const checks: FrameChecks = { crc32c, crcHeader: checksCrc, crcData: checksCrc, limits: LIMITS }
    this.#options = options
    this.#trace = trace
    this.#reader = new FrameReaderV2(this.#input, checks)
    this.#reader.transcript = (bytes) => this.#shown.push(bytes.slice())
  }

  get log(): readonly string[] {
    return this.#log
  }

  /** Receives a chunk, which is the reader's until it lets go of it; then it is overwritten. */
  receive(chunk: Uint8Array): void {
    if (this.#isOver) return
    this.#received.push(chunk.slice())
    this.#input.push(chunk)
    try {
      for (let signal = this.#reader.next(); signal !== undefined; signal = this.#reader.next()) {
        this.#trace.step(signal.length)
        this.#follow(signal)
      }
    } catch (error) {
      this.#isOver = true
      this.#trace.note(documentedCode(error))
      this.#log.push(`over: ${documentedCode(error)} ${error instanceof Error ? error.message : ''}`)
      return
    }
    // Were any of it still in use, what was kept would show it in the end, or the frames that are yet to come.
    const isFree = !this.#reader.takeSharesInput() && !this.#input.holdsChunk
    if (isFree) chunk.fill(0xee)
  }

  end(): void {
    for (const { what, parts, crc } of this.#kept) {
      promise(crcOf(parts) === crc, () => `${what} changed after it was read`)
    }
    const [received, shown] = [Buffer.concat(this.#received), Buffer.concat(this.#shown)]
    const isPrefix = received.subarray(0, shown.length).equals(shown)
    promise(isPrefix, () => `the transcript of ${shown.length} bytes is not what was received`)
  }

  #follow(signal: NonNullable<ReturnType<FrameReaderV2['next']>>): void {
    const reader = this.#reader
    switch (signal) {
      case 'bannerReceived':
        this.#log.push(`banner ${reader.banner.supported} ${reader.banner.required}`)
        reader.start(this.#options.revision)
        reader.useSource(EntityName.osd(9))
        if (this.#options.cipher !== undefined) reader.useCipher(this.#options.cipher)
        return
      case 'messageArriving':
        promise(reader.bodyLength <= BODY_LIMIT, () => `a body of ${reader.bodyLength} bytes arrives`)
        reader.admit()
        return
      case 'message': {
        const { ackSeq } = reader
        const message = reader.decodeMessage(this.#options.registry)
        this.#trace.note(message.type)
        const { front, middle, data } = message
        const parts = [front, middle, data].flatMap((list) => list.chunks())
        this.#keep(`${message.toString()} ack ${ackSeq}`, parts)
        return
      }
      case 'control':
        promise(reader.payload.length <= LIMITS.maxControlBytes, () => `a payload of ${reader.payload.length} bytes`)
        this.#trace.note(reader.tag)
        this.#keep(`control ${reader.tag}`, [reader.payload])
        return
      case 'ack':
        this.#log.push(`ack ${reader.seq}`)
        return
      case 'keepalive2':
      case 'keepalive2Ack':
        this.#log.push(`${signal} ${reader.stamp.seconds} ${reader.stamp.nanoseconds}`)
        return
      case 'messageAborted':
        this.#log.push(signal)
    }
  }

  #keep(what: string, parts: readonly Uint8Array[]): void {
    const crc = crcOf(parts)
    this.#log.push(`${what}: ${crc}`)
    if (this.#kept.length < MAX_KEPT) this.#kept.push({ what, parts, crc })
  }
}

function crcOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((crc, part) => crc32c(part, crc), 0)
}
