import type { BufferList, Crc32cFunction } from '@msgr/bufferlist'
import {
  FooterFlag,
  MESSAGE_FOOTER_OLD_SIZE,
  MESSAGE_FOOTER_SIZE,
  MESSAGE_HEADER_CRC_OFFSET,
  MESSAGE_HEADER_SIZE,
  MessageFooter,
  MessageHeader,
  type Message,
} from '@msgr/message'
import type { OutputBytes } from '../output-bytes.ts'
import type { MessageSigner } from '../security.ts'
import type { KeepaliveStamp } from '../wire.ts'
import { MsgrTag } from './msgr-tag.ts'
import { writeSeq } from './read-seq.ts'

export interface FrameWriterOptions {
  readonly crc32c: Crc32cFunction
  /** Compute the crc of headers, fronts and middles; and of data. */
  readonly crcHeader: boolean
  readonly crcData: boolean
  /** Who this end is. */
  readonly ownType: number
  readonly ownNum: number
}

/** Writes the frames that `FrameReader` reads. Bodies are not copied unless they are small. */
export class FrameWriter {
  readonly #output: OutputBytes
  readonly #options: FrameWriterOptions
  readonly #header = new MessageHeader()
  readonly #footer = new MessageFooter()
  #footerSize = MESSAGE_FOOTER_OLD_SIZE
  #signer: MessageSigner | undefined

  constructor(output: OutputBytes, options: FrameWriterOptions) {
    this.#output = output
    this.#options = options
    this.#header.sourceType = options.ownType
    this.#header.sourceNum = options.ownNum
  }

  /** Whether messages end in the footer that has room for a signature. */
  useFooterWithSignature(used: boolean): void {
    this.#footerSize = used ? MESSAGE_FOOTER_SIZE : MESSAGE_FOOTER_OLD_SIZE
  }

  /** What signs messages from here on; they must end in the footer that has room for it. */
  useSigner(signer: MessageSigner | undefined): void {
    this.#signer = signer
  }

  /** Adds a message that has been encoded. Its bytes must not change until the transport has written them. */
  writeMessage(message: Message, seq: number): void {
    const output = this.#output
    const header = this.#header
    message.fillHeader(header)
    header.seq = seq

    const at = output.reserve(1 + MESSAGE_HEADER_SIZE)
    output.bytes[at] = MsgrTag.msg
    header.write(output.view, at + 1)
    const crcAt = at + 1 + MESSAGE_HEADER_CRC_OFFSET
    const crc = this.#options.crcHeader ? this.#options.crc32c(output.bytes, 0, at + 1, crcAt) : 0
    output.view.setUint32(crcAt, crc, true)
    header.crc = crc

    const { crcHeader, crcData } = this.#options
    const footer = this.#footer
    footer.frontCrc = header.frontLength === 0 ? 0 : this.#writePart(message.front, crcHeader)
    footer.middleCrc = header.middleLength === 0 ? 0 : this.#writePart(message.middle, crcHeader)
    footer.dataCrc = header.dataLength === 0 ? 0 : this.#writePart(message.data, crcData)
    footer.flags = crcData ? FooterFlag.complete : FooterFlag.complete | FooterFlag.noCrc
    this.#signer?.sign(header, footer)
    const footerAt = output.reserve(this.#footerSize)
    footer.write(output.view, footerAt, this.#footerSize)
  }

  writeAck(seq: number): void {
    const at = this.#output.reserve(9)
    this.#output.bytes[at] = MsgrTag.ack
    writeSeq(seq, this.#output.view, at + 1)
  }

  /** The form without a stamp, for a peer that does not know the other. */
  writePlainKeepalive(): void {
    // Reserving may change which bytes they are, so it has to come first.
    const at = this.#output.reserve(1)
    this.#output.bytes[at] = MsgrTag.keepalive
  }

  writeKeepalive2(stamp: KeepaliveStamp): void {
    this.#writeStamp(MsgrTag.keepalive2, stamp)
  }

  writeKeepalive2Ack(stamp: KeepaliveStamp): void {
    this.#writeStamp(MsgrTag.keepalive2Ack, stamp)
  }

  #writeStamp(tag: number, stamp: KeepaliveStamp): void {
    const at = this.#output.reserve(9)
    this.#output.bytes[at] = tag
    this.#output.view.setUint32(at + 1, stamp.seconds, true)
    this.#output.view.setUint32(at + 5, stamp.nanoseconds, true)
  }

  #writePart(part: BufferList, withCrc: boolean): number {
    this.#output.appendList(part)
    return withCrc ? part.crc32c(0, this.#options.crc32c) : 0
  }
}
