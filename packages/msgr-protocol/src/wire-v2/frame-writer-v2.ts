import type { Crc32cFunction } from '@msgr/bufferlist'
import { MessageHeader, type Message } from '@msgr/message'
import type { OutputBytes } from '../output-bytes.ts'
import { writeSeq } from '../wire-v1/read-seq.ts'
import type { KeepaliveStamp } from '../wire.ts'
import { encodeBanner, type Msgr2Features } from './banner-v2.ts'
import { CrcSink } from './crc-sink.ts'
import type { FrameCipher, FrameRevision } from './frame-cipher.ts'
import type { FrameSink } from './frame-sink.ts'
import { FrameTag } from './frame-tag.ts'
import { SecureSink, SecureSinkV20 } from './secure-sink.ts'
import { TranscribedOutput } from './transcribed-output.ts'

/**
 * Writes the frames that `FrameReaderV2` reads. Bodies are not copied unless they are small.
 *
 * All crcs are written, whatever this end checks: there is no way to tell a peer that one is missing, and Ceph 16
 * checks every one.
 */
export class FrameWriterV2 {
  readonly #output: TranscribedOutput
  readonly #crc32c: Crc32cFunction
  #revision: FrameRevision = '2.1'
  #sink: FrameSink
  readonly #header = new MessageHeader()
  /** The payload of an ack or a keepalive. */
  readonly #small = new Uint8Array(8)
  readonly #smallView = new DataView(this.#small.buffer)

  constructor(output: OutputBytes, options: { readonly crc32c: Crc32cFunction }) {
    this.#output = new TranscribedOutput(output)
    this.#crc32c = options.crc32c
    this.#sink = new CrcSink(this.#output, this.#crc32c, this.#revision)
  }

  /**
   * Is shown all bytes that are written, as they lie on the wire. It must not keep them. Set it to `undefined` when that
   * is enough.
   */
  get transcript(): ((bytes: Uint8Array) => void) | undefined {
    return this.#output.transcript
  }

  set transcript(transcript: ((bytes: Uint8Array) => void) | undefined) {
    this.#output.transcript = transcript
  }

  writeBanner(features: Msgr2Features): void {
    this.#output.append(encodeBanner(features))
  }

  /** Frames are of this revision from now on, and in clear. */
  start(revision: FrameRevision): void {
    this.#revision = revision
    this.#sink = new CrcSink(this.#output, this.#crc32c, revision)
  }

  /** Frames are sealed from now on. */
  useCipher(cipher: FrameCipher): void {
    const Sink = this.#revision === '2.1' ? SecureSink : SecureSinkV20
    this.#sink = new Sink(this.#output, this.#crc32c, cipher)
  }

  /** Adds a frame of the handshake. The payload is copied, unless it is sealed at once. */
  writeControl(tag: number, payload: Uint8Array): void {
    this.#sink.writeSingle(tag, payload)
  }

  /**
   * Adds a message that has been encoded, and what its sender has got so far. Its bytes must not change until the
   * transport has written them.
   */
  writeMessage(message: Message, seq: number, ackSeq: number): void {
    const header = this.#header
    message.fillHeader(header)
    header.seq = seq
    this.#sink.writeMessage(header, ackSeq, message)
  }

  writeAck(seq: number): void {
    writeSeq(seq, this.#smallView, 0)
    this.#sink.writeSingle(FrameTag.ack, this.#small)
  }

  writeKeepalive2(stamp: KeepaliveStamp): void {
    this.#writeStamp(FrameTag.keepalive2, stamp)
  }

  writeKeepalive2Ack(stamp: KeepaliveStamp): void {
    this.#writeStamp(FrameTag.keepalive2Ack, stamp)
  }

  #writeStamp(tag: number, stamp: KeepaliveStamp): void {
    this.#smallView.setUint32(0, stamp.seconds, true)
    this.#smallView.setUint32(4, stamp.nanoseconds, true)
    this.#sink.writeSingle(tag, this.#small)
  }
}
