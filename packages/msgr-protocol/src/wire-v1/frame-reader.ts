import { BufferList, type Crc32cFunction } from '@msgr/bufferlist'
import {
  EntityName,
  FooterFlag,
  MESSAGE_FOOTER_OLD_SIZE,
  MESSAGE_FOOTER_SIZE,
  MESSAGE_HEADER_CRC_OFFSET,
  MESSAGE_HEADER_SIZE,
  MessageFooter,
  MessageHeader,
  type Message,
  type MessageRegistry,
} from '@msgr/message'
import { mismatch, ProtocolError } from '../errors.ts'
import type { InputBytes } from '../input-bytes.ts'
import type { ProtocolLimits } from '../limits.ts'
import { NO_BYTES } from '../no-bytes.ts'
import type { MessageSigner } from '../security.ts'
import type { KeepaliveStamp } from '../wire.ts'
import type { WireMemory } from '../wire-memory.ts'
import { MsgrTag } from './msgr-tag.ts'
import { readSeq } from './read-seq.ts'

/** A body up to this size is copied out of what the transport read, so that keeping it keeps nothing else. */
const COPY_BODY_UP_TO = 2048

export interface FrameChecks {
  readonly crc32c: Crc32cFunction
  /** Check the crc of headers, fronts and middles; and of data. */
  readonly crcHeader: boolean
  readonly crcData: boolean
  readonly limits: ProtocolLimits
}

type Stage = 'tag' | 'header' | 'admission' | 'body' | 'footer' | 'ack' | 'keepalive2' | 'keepalive2Ack' | 'closed'
type Signal = 'messageArriving' | 'message' | 'ack' | 'keepalive' | 'keepalive2' | 'keepalive2Ack' | 'closed'

/**
 * Reads the frames of an open version 1 stream: a tag byte, then what the tag says.
 *
 *     msg (7)        header 53 │ front │ middle │ data │ footer 21 or 13
 *     ack (8)        seq u64                                   keepalive (9)   nothing
 *     keepalive2 (14), keepalive2Ack (15)   seconds u32, nanoseconds u32       close (6)       nothing
 *
 * Ceph: src/msg/async/ProtocolV1.cc, wait_message and on
 */
export class FrameReader {
  readonly #input: InputBytes
  readonly #checks: FrameChecks
  readonly #memory: WireMemory
  readonly #footer = new MessageFooter()
  #footerSize = MESSAGE_FOOTER_OLD_SIZE
  #signer: MessageSigner | undefined
  #stage: Stage = 'tag'
  /** Front, middle and data of the message in hand, one behind the other. */
  #body: Uint8Array = NO_BYTES
  #bodyLength = 0
  #filled = 0
  #source: EntityName | undefined
  #sharesInput = false

  readonly header: MessageHeader = new MessageHeader()
  seq = 0
  stamp: KeepaliveStamp = { seconds: 0, nanoseconds: 0 }

  constructor(input: InputBytes, checks: FrameChecks) {
    this.#input = input
    this.#memory = input.memory
    this.#checks = checks
  }

  /** True if a message decoded since the last call shares memory with the input. */
  takeSharesInput(): boolean {
    const shares = this.#sharesInput
    this.#sharesInput = false
    return shares
  }

  /** Whether messages end in the footer that has room for a signature. Both ends agree on it in the handshake. */
  useFooterWithSignature(used: boolean): void {
    this.#footerSize = used ? MESSAGE_FOOTER_SIZE : MESSAGE_FOOTER_OLD_SIZE
  }

  /** What checks the signatures of messages from here on. */
  useSigner(signer: MessageSigner | undefined): void {
    this.#signer = signer
  }

  /** The message whose header came last may go on. */
  admit(): void {
    this.#stage = 'body'
    this.#filled = 0
    this.#body = NO_BYTES
  }

  next(): Signal | undefined {
    for (;;) {
      const signal = this.#step()
      if (signal !== 'more') return signal
    }
  }

  #step(): Signal | 'more' | undefined {
    switch (this.#stage) {
      case 'tag':
        return this.#input.take(1) ? this.#readTag() : undefined
      case 'header':
        return this.#input.take(MESSAGE_HEADER_SIZE) ? this.#readHeader() : undefined
      case 'body':
        return this.#readBody() ? 'more' : undefined
      case 'footer':
        return this.#input.take(this.#footerSize) ? this.#readFooter() : undefined
      case 'ack':
        if (!this.#input.take(8)) return undefined
        this.seq = readSeq(this.#input.view, this.#input.offset)
        this.#stage = 'tag'
        return 'ack'
      case 'keepalive2':
      case 'keepalive2Ack':
        return this.#input.take(8) ? this.#readStamp(this.#stage) : undefined
      case 'admission':
      case 'closed':
        return undefined
    }
  }

  #readTag(): Signal | 'more' {
    const tag = this.#input.bytes[this.#input.offset]
    switch (tag) {
      case MsgrTag.msg:
        this.#stage = 'header'
        return 'more'
      case MsgrTag.ack:
        this.#stage = 'ack'
        return 'more'
      case MsgrTag.keepalive:
        return 'keepalive'
      case MsgrTag.keepalive2:
        this.#stage = 'keepalive2'
        return 'more'
      case MsgrTag.keepalive2Ack:
        this.#stage = 'keepalive2Ack'
        return 'more'
      case MsgrTag.close:
        this.#stage = 'closed'
        return 'closed'
      default:
        throw new ProtocolError('ERR_MSGR_BAD_TAG', `tag of a frame: expected 6 to 9, 14 or 15, got ${String(tag)}`)
    }
  }

  #readHeader(): Signal {
    const { bytes, view, offset } = this.#input
    const { header } = this
    if (this.#checks.crcHeader) {
      const crc = this.#checks.crc32c(bytes, 0, offset, offset + MESSAGE_HEADER_CRC_OFFSET)
      const told = view.getUint32(offset + MESSAGE_HEADER_CRC_OFFSET, true)
      if (crc !== told) throw new ProtocolError('ERR_MSGR_BAD_HEADER', mismatch('crc of a message header', crc, told))
    }
    header.read(view, offset)
    const { maxFrontBytes, maxMiddleBytes, maxDataBytes } = this.#checks.limits
    checkLength('front', header.frontLength, maxFrontBytes)
    checkLength('middle', header.middleLength, maxMiddleBytes)
    checkLength('data', header.dataLength, maxDataBytes)
    this.#bodyLength = header.frontLength + header.middleLength + header.dataLength
    this.#stage = 'admission'
    return 'messageArriving'
  }

  /** Reads a body where it lies if it lies in one piece, and otherwise into memory of its own. */
  #readBody(): boolean {
    const length = this.#bodyLength
    if (length > 0 && this.#body.length === 0) {
      const view = this.#input.takeView(length)
      if (view === undefined) {
        this.#body = this.#memory.allocate(length)
      } else if (length <= COPY_BODY_UP_TO) {
        this.#body = this.#memory.bodies.copy(view)
        this.#filled = length
      } else {
        this.#body = view
        this.#filled = length
        this.#sharesInput = true
      }
    }
    this.#filled = this.#input.fill(this.#body, this.#filled)
    if (this.#filled < length) return false
    this.#stage = 'footer'
    return true
  }

  #readFooter(): Signal {
    const footer = this.#footer
    footer.read(this.#input.view, this.#input.offset, this.#footerSize)
    if ((footer.flags & FooterFlag.complete) === 0) {
      throw new ProtocolError('ERR_MSGR_BAD_FOOTER', 'footer: the peer gave the message up in the middle')
    }
    const { frontLength, middleLength } = this.header
    const middleAt = frontLength
    const dataAt = frontLength + middleLength
    if (this.#checks.crcHeader) {
      this.#checkCrc('front', 0, middleAt, footer.frontCrc)
      this.#checkCrc('middle', middleAt, dataAt, footer.middleCrc)
    }
    if (this.#checks.crcData && (footer.flags & FooterFlag.noCrc) === 0) {
      this.#checkCrc('data', dataAt, this.#bodyLength, footer.dataCrc)
    }
    if (this.#signer?.check(this.header, footer) === false) {
      throw new ProtocolError('ERR_MSGR_BAD_SIGNATURE', 'footer: the signature is not that of the peer')
    }
    this.#stage = 'tag'
    return 'message'
  }

  #checkCrc(part: string, start: number, end: number, told: number): void {
    const crc = start === end ? 0 : this.#checks.crc32c(this.#body, 0, start, end)
    if (crc !== told) throw new ProtocolError('ERR_MSGR_BAD_FOOTER', mismatch(`footer crc of ${part}`, crc, told))
  }

  #readStamp(signal: 'keepalive2' | 'keepalive2Ack'): Signal {
    const { view, offset } = this.#input
    this.stamp = { seconds: view.getUint32(offset, true), nanoseconds: view.getUint32(offset + 4, true) }
    this.#stage = 'tag'
    return signal
  }

  /** Makes the message that `next` announced last. Throws `MessageError` if its class cannot. */
  decodeMessage(registry: MessageRegistry): Message {
    const { header } = this
    const body = this.#body
    this.#body = NO_BYTES
    const middleAt = header.frontLength
    const dataAt = middleAt + header.middleLength
    const message = registry.decode(
      header,
      partOf(body, 0, middleAt),
      partOf(body, middleAt, dataAt),
      partOf(body, dataAt, this.#bodyLength),
    )
    message.source = this.#sourceName()
    return message
  }

  /** One object for as long as the name stays the same, which on most connections is for ever. */
  #sourceName(): EntityName {
    const { sourceType, sourceNum } = this.header
    if (this.#source?.type !== sourceType || this.#source.num !== sourceNum) {
      this.#source = new EntityName(sourceType, sourceNum)
    }
    return this.#source
  }
}

function checkLength(part: string, length: number, max: number): void {
  if (length <= max) return
  throw new ProtocolError('ERR_MSGR_TOO_LONG', `length of ${part}: expected at most ${max}, got ${length}`)
}

function partOf(body: Uint8Array, start: number, end: number): BufferList | undefined {
  if (start === end) return undefined
  return new BufferList(start === 0 && end === body.length ? body : body.subarray(start, end))
}
