import { BufferList } from '@msgr/bufferlist'
import { MessageHeader, type EntityName, type Message, type MessageRegistry } from '@msgr/message'
import type { InputBytes } from '../input-bytes.ts'
import { NO_BYTES } from '../no-bytes.ts'
import type { FrameChecks } from '../wire-v1/frame-reader.ts'
import { readSeq } from '../wire-v1/read-seq.ts'
import type { KeepaliveStamp } from '../wire.ts'
import {
  BANNER_LENGTH_SIZE,
  BANNER_PREFIX_SIZE,
  checkBannerPrefix,
  readBannerFeatures,
  readBannerLength,
  type Msgr2Features,
} from './banner-v2.ts'
import { CrcSource } from './crc-source.ts'
import type { FrameCipher, FrameRevision } from './frame-cipher.ts'
import type { FrameSource } from './frame-source.ts'
import { FrameTag } from './frame-tag.ts'
import { readAckSeq, readMessageHeader } from './message-header-v2.ts'
import { SecureSource, SecureSourceV20 } from './secure-source.ts'
import { TranscribedInput } from './transcribed-input.ts'

/**
 * What `FrameReaderV2.next` found. `'messageAborted'`: the sender gave up the message that was announced last;
 * nothing more comes of it.
 */
export type FrameSignalV2 =
  | 'bannerReceived'
  | 'control'
  | 'messageArriving'
  | 'message'
  | 'messageAborted'
  | 'ack'
  | 'keepalive2'
  | 'keepalive2Ack'

type Stage =
  | 'bannerPrefix'
  | 'bannerLength'
  | 'bannerPayload'
  | 'unstarted'
  | 'preamble'
  | 'first'
  | 'admission'
  | 'rest'
  | 'whole'

/**
 * Reads a stream of version 2: the banner, then frames. Frames of the handshake are given as they are, as `'control'`;
 * which of them may come when is not its affair. `next` throws `ProtocolError` for bytes that break the protocol, and
 * what the cipher throws for such as the peer did not seal; nothing more can be read then.
 *
 *     banner ─ start ─┬─ preamble ─ [first] ─┬─ control, ack, keepalive2 …
 *                     │                      └─ messageArriving ─ admit ─ [rest] ─ message or messageAborted
 *                     └───────────────────────────── next frame ◄──┘
 *
 * Ceph: src/msg/async/ProtocolV2.cc, read_frame and on
 */
export class FrameReaderV2 {
  readonly #input: TranscribedInput
  readonly #checks: FrameChecks
  #stage: Stage = 'bannerPrefix'
  #revision: FrameRevision = '2.1'
  #source: FrameSource
  #bannerLength = 0
  #name: EntityName | undefined = undefined

  /** What the peer's banner says, after `'bannerReceived'`. */
  banner: Msgr2Features = { supported: 0n, required: 0n }
  /** Of a control frame: what it is, and what it says, in memory of its own. */
  tag = 0
  payload: Uint8Array = NO_BYTES
  /**
   * Of the message that came last. At `'messageArriving'` a reader of 2.0 knows only the three lengths; the other fields
   * are zero until `'message'`. Its crc is never set.
   */
  readonly header: MessageHeader = new MessageHeader()
  /** Of the message that came last, from when its header is known: what its sender had got. */
  ackSeq = 0
  /** Of an ack. */
  seq = 0
  stamp: KeepaliveStamp = { seconds: 0, nanoseconds: 0 }

  constructor(input: InputBytes, checks: FrameChecks) {
    this.#input = new TranscribedInput(input)
    this.#checks = checks
    this.#source = new CrcSource(this.#input, checks, this.#revision)
  }

  /**
   * Is shown the bytes of the banner and of every frame as they lie on the wire, before `next` tells of it, and nothing
   * that follows. It must not keep them. Set it to `undefined` when that is enough.
   */
  get transcript(): ((bytes: Uint8Array) => void) | undefined {
    return this.#input.transcript
  }

  set transcript(transcript: ((bytes: Uint8Array) => void) | undefined) {
    this.#input.transcript = transcript
  }

  /** Bytes of front, middle and data of the message in `header`. */
  get bodyLength(): number {
    return this.#source.preamble.bodyLength
  }

  /** True if a body that was read since the last call, of a message that is complete or not, lies in the input. */
  takeSharesInput(): boolean {
    return this.#source.takeSharesInput()
  }

  /** The banner has been read elsewhere: `start` follows. */
  skipBanner(): void {
    this.#stage = 'unstarted'
  }

  /** After the banner: what follows are frames of this revision, in clear. */
  start(revision: FrameRevision): void {
    if (this.#stage !== 'unstarted') throw new Error(`expected a banner that was read, got ${this.#stage}`)
    this.#revision = revision
    this.#source = new CrcSource(this.#input, this.#checks, revision)
    this.#stage = 'preamble'
  }

  /** From the next frame on all are sealed. */
  useCipher(cipher: FrameCipher): void {
    if (this.#stage !== 'preamble') throw new Error(`expected a frame that was read to its end, got ${this.#stage}`)
    const Source = this.#revision === '2.1' ? SecureSource : SecureSourceV20
    this.#source = new Source(this.#input, this.#checks, cipher)
  }

  /** Who sends the messages that are read from now on. */
  useSource(name: EntityName): void {
    this.#name = name
    this.header.sourceType = name.type
    this.header.sourceNum = name.num
  }

  /** The message that was announced last may go on. */
  admit(): void {
    if (this.#stage !== 'admission') throw new Error(`expected a message that waits for admission, got ${this.#stage}`)
    this.#stage = this.#source.hasRest ? 'rest' : 'whole'
  }

  /** What comes next, or `undefined` if bytes are missing, or if it waits for `start` or `admit`. */
  next(): FrameSignalV2 | undefined {
    for (;;) {
      const signal = this.#step()
      if (signal !== 'more') return signal
    }
  }

  #step(): FrameSignalV2 | 'more' | undefined {
    switch (this.#stage) {
      case 'preamble':
        return this.#source.readPreamble() ? this.#preambleRead() : undefined
      case 'first':
        return this.#source.readFirst() ? this.#firstRead() : undefined
      case 'rest':
        return this.#source.readRest() ? this.#frameRead() : undefined
      case 'whole':
        return this.#frameRead()
      case 'admission':
      case 'unstarted':
        return undefined
      case 'bannerPrefix':
      case 'bannerLength':
      case 'bannerPayload':
        return this.#readBanner(this.#stage)
    }
  }

  #readBanner(stage: 'bannerPrefix' | 'bannerLength' | 'bannerPayload'): 'bannerReceived' | 'more' | undefined {
    const input = this.#input
    switch (stage) {
      case 'bannerPrefix':
        // Not together with the length: a peer of version 1 may send no more than 9 bytes, and wait.
        if (!input.take(BANNER_PREFIX_SIZE)) return undefined
        checkBannerPrefix(input.bytes, input.offset)
        this.#stage = 'bannerLength'
        return 'more'
      case 'bannerLength':
        if (!input.take(BANNER_LENGTH_SIZE)) return undefined
        this.#bannerLength = readBannerLength(input.view, input.offset)
        this.#stage = 'bannerPayload'
        return 'more'
      case 'bannerPayload':
        if (!input.take(this.#bannerLength)) return undefined
        this.banner = readBannerFeatures(input.view, input.offset)
        this.#stage = 'unstarted'
        return 'bannerReceived'
    }
  }

  #preambleRead(): FrameSignalV2 | 'more' {
    const { preamble, readsFirstAlone } = this.#source
    if (!readsFirstAlone && preamble.tag === FrameTag.message) {
      this.#forgetHeader()
      return this.#messageArriving()
    }
    this.#stage = readsFirstAlone ? 'first' : 'rest'
    return 'more'
  }

  #firstRead(): FrameSignalV2 | 'more' {
    if (this.#source.preamble.tag !== FrameTag.message) return this.#frameRead()
    this.#readHeader()
    return this.#messageArriving()
  }

  #messageArriving(): FrameSignalV2 {
    const { header } = this
    const { frontLength, middleLength, dataLength } = this.#source.preamble
    header.frontLength = frontLength
    header.middleLength = middleLength
    header.dataLength = dataLength
    this.#stage = 'admission'
    return 'messageArriving'
  }

  #readHeader(): void {
    const { firstView, firstAt } = this.#source
    readMessageHeader(this.header, firstView, firstAt)
    this.ackSeq = readAckSeq(firstView, firstAt)
  }

  #forgetHeader(): void {
    const { header } = this
    header.seq = header.tidLow = header.tidHigh = 0
    header.type = header.priority = header.version = header.compatVersion = header.dataOffset = 0
    this.ackSeq = 0
  }

  /** A frame is complete. */
  #frameRead(): FrameSignalV2 | 'more' {
    const source = this.#source
    const { tag } = source.preamble
    this.#stage = 'preamble'
    if (source.isAborted) {
      source.releaseBody()
      return tag === FrameTag.message ? 'messageAborted' : 'more'
    }
    switch (tag) {
      case FrameTag.message:
        if (!source.readsFirstAlone) this.#readHeader()
        return 'message'
      case FrameTag.ack:
        this.seq = readSeq(source.firstView, source.firstAt)
        return 'ack'
      case FrameTag.keepalive2:
        this.#readStamp()
        return 'keepalive2'
      case FrameTag.keepalive2Ack:
        this.#readStamp()
        return 'keepalive2Ack'
      default:
        this.tag = tag
        this.payload = source.first.subarray(source.firstAt, source.firstAt + source.preamble.firstLength)
        return 'control'
    }
  }

  #readStamp(): void {
    const { firstView: view, firstAt: at } = this.#source
    this.stamp = { seconds: view.getUint32(at, true), nanoseconds: view.getUint32(at + 4, true) }
  }

  /** Makes the message that `next` announced last. Throws `MessageError` if its class cannot. */
  decodeMessage(registry: MessageRegistry): Message {
    const source = this.#source
    const { body, frontAt, middleAt, dataAt } = source
    const { header } = this
    source.releaseBody()
    const message = registry.decode(
      header,
      partOf(body, frontAt, header.frontLength),
      partOf(body, middleAt, header.middleLength),
      partOf(body, dataAt, header.dataLength),
    )
    message.source = this.#name
    return message
  }
}

function partOf(body: Uint8Array, start: number, length: number): BufferList | undefined {
  if (length === 0) return undefined
  return new BufferList(length === body.length ? body : body.subarray(start, start + length))
}
