import { BufferList, crc32c } from '@msgr/bufferlist'
import { EntityName, Message, MessageRegistry, type MessageClass } from '@msgr/message'
import {
  DEFAULT_LIMITS,
  FrameReaderV2,
  FrameTag,
  FrameWriterV2,
  InputBytes,
  OutputBytes,
  type FrameCipher,
} from '@msgr/msgr-protocol'
import { CryptoKey } from '../src/index.ts'
import { readGoldenText } from './read-golden.ts'

const CHECKS = { crc32c, crcHeader: true, crcData: true, limits: DEFAULT_LIMITS }
/** Everybody in the captures speaks it. */
const REVISION = '2.1'

/** What was said over one connection of real Ceph, and the key by which the client logged in. */
export interface LiveCapture {
  readonly key: CryptoKey
  /** Of who dialled. */
  readonly client: CapturedSide
  readonly daemon: CapturedSide
}

/** Reads `golden/NAME.txt`: lines `key BASE64`, `> HEX` of the client and `< HEX` of the daemon, and comments. */
export function readCapture(name: string): LiveCapture {
  const lines = readGoldenText(`${name}.txt`).split('\n')
  const of = (prefix: string): string[] =>
    lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length))
  const side = (prefix: string): CapturedSide => new CapturedSide(Buffer.from(of(prefix).join(''), 'hex'))
  return { key: CryptoKey.fromBase64(of('key ')[0] ?? ''), client: side('> '), daemon: side('< ') }
}

/** One frame that was said. */
export interface CapturedFrame {
  readonly tag: number
  /** Of a frame of the handshake. */
  readonly payload: Uint8Array
  /** Of a message. */
  readonly message: Message | undefined
  /** Says it again. */
  readonly write: (writer: FrameWriterV2) => void
}

/** All that one end said: reads it frame by frame, and says it again by our own writer. */
class CapturedSide {
  readonly bytes: Uint8Array
  /** All that was read before `endTranscript`, in pieces. */
  readonly transcript: Uint8Array[] = []
  readonly #reader: FrameReaderV2
  readonly #output = new OutputBytes()
  readonly #writer = new FrameWriterV2(this.#output, { crc32c })
  readonly #said: Uint8Array[] = []

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    const input = new InputBytes()
    input.push(bytes)
    this.#reader = new FrameReaderV2(input, CHECKS)
    this.#reader.useSource(EntityName.client())
    this.#reader.transcript = (piece) => {
      this.transcript.push(piece.slice())
    }
    if (this.#reader.next() !== 'bannerReceived') throw new Error('expected a banner')
    this.#reader.start(REVISION)
    this.#writer.writeBanner(this.#reader.banner)
    this.#writer.start(REVISION)
  }

  /** The next frame; it must be of the tag, and is no message. */
  expect(tag: number): Uint8Array {
    const frame = this.next()
    if (frame?.tag !== tag) throw new Error(`expected a frame of tag ${tag}, got ${frame?.tag ?? 'none'}`)
    return frame.payload
  }

  /** What was read so far is what is signed. */
  endTranscript(): void {
    this.#reader.transcript = undefined
  }

  /** From here on frames are opened with one cipher, and sealed with that of the end whose frames these are. */
  useCiphers(opening: FrameCipher, sealing: FrameCipher): void {
    this.#reader.useCipher(opening)
    this.#writer.useCipher(sealing)
  }

  /** All frames up to the end, the last of which may not be complete. */
  rest(): CapturedFrame[] {
    const frames: CapturedFrame[] = []
    for (let frame = this.next(); frame !== undefined; frame = this.next()) frames.push(frame)
    return frames
  }

  /** All that was read so far as our writer says it. */
  get saidAgain(): Buffer {
    this.#said.push(...this.#output.take())
    return Buffer.concat(this.#said)
  }

  next(): CapturedFrame | undefined {
    const frame = this.#read()
    frame?.write(this.#writer)
    return frame
  }

  #read(): CapturedFrame | undefined {
    const reader = this.#reader
    const { seq, stamp } = reader
    switch (reader.next()) {
      case 'messageArriving':
        reader.admit()
        return this.#read()
      case 'message':
        return this.#message()
      case 'control': {
        const { tag, payload } = reader
        return frameOf(tag, payload, (writer) => {
          writer.writeControl(tag, payload)
        })
      }
      case 'ack':
        return frameOf(FrameTag.ack, new Uint8Array(0), (writer) => {
          writer.writeAck(seq)
        })
      case 'keepalive2':
        return frameOf(FrameTag.keepalive2, new Uint8Array(0), (writer) => {
          writer.writeKeepalive2(stamp)
        })
      case 'keepalive2Ack':
        return frameOf(FrameTag.keepalive2Ack, new Uint8Array(0), (writer) => {
          writer.writeKeepalive2Ack(stamp)
        })
      default:
        return undefined
    }
  }

  #message(): CapturedFrame {
    const { header, ackSeq } = this.#reader
    const { seq } = header
    const message = this.#reader.decodeMessage(new MessageRegistry([anyMessage(header.type)]))
    const write = (writer: FrameWriterV2): void => {
      writer.writeMessage(message, seq, ackSeq)
    }
    return { tag: FrameTag.message, payload: new Uint8Array(0), message, write }
  }
}

function frameOf(tag: number, payload: Uint8Array, write: CapturedFrame['write']): CapturedFrame {
  return { tag, payload, message: undefined, write }
}

/** Messages of a type, whatever their version, whose parts are left as they are. */
function anyMessage(type: number): MessageClass {
  return class Captured extends Message {
    static readonly type = type
    static readonly headVersion = 0
    static readonly compatVersion = 0

    constructor() {
      super(Captured)
    }

    protected override encodePayload(): void {
      // It is what it was.
    }

    protected override decodePayload(): void {
      // What it says is no matter here.
    }
  }
}

/** The payload of a frame of the handshake, whose fields are read one by one. */
export function cursorOf(payload: Uint8Array): ReturnType<BufferList['cursor']> {
  return new BufferList(payload).cursor()
}
