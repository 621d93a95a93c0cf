import { BufferList, crc32c } from '@msgr/bufferlist'
import { EntityName, Message, MessageRegistry } from '@msgr/message'
import fc from 'fast-check'
import { InputBytes } from '../../src/input-bytes.ts'
import { DEFAULT_LIMITS } from '../../src/limits.ts'
import { OutputBytes } from '../../src/output-bytes.ts'
import type { FrameChecks } from '../../src/wire-v1/frame-reader.ts'
import { FrameReaderV2 } from '../../src/wire-v2/frame-reader-v2.ts'
import { FrameWriterV2 } from '../../src/wire-v2/frame-writer-v2.ts'
import { joined, toHex } from '../bytes.ts'
import type { Form } from './frame-by-hand.ts'
import { GcmCipher } from './gcm-cipher.ts'

/** A message whose payload is left as it is; of the type of the golden ones. */
export class Parcel extends Message {
  static readonly type = 50
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(Parcel)
  }

  protected override encodePayload(): void {
    // The parts are set by whoever made the message.
  }

  protected override decodePayload(): void {
    // As above.
  }
}

export const REGISTRY: MessageRegistry = new MessageRegistry([Parcel])
export const CHECKS: FrameChecks = { crc32c, crcHeader: true, crcData: true, limits: DEFAULT_LIMITS }
export const FEATURES = { supported: 1n, required: 0n }

/** What a frame says, in a form that can be compared. */
export type Said =
  | { kind: 'control'; tag: number; payload: string }
  | {
      kind: 'message'
      seq: number
      ackSeq: number
      tid: bigint
      priority: number
      front: string
      middle: string
      data: string
    }
  | { kind: 'messageAborted' }
  | { kind: 'ack'; seq: number }
  | { kind: 'keepalive2' | 'keepalive2Ack'; seconds: number; nanoseconds: number }

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const part = fc.oneof(fc.constant(''), hexOf(40), hexOf(3_000), hexOf(9_000))

function hexOf(maxLength: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(maxLength), fc.nat(255))
    .map(([length, first]) => toHex(Uint8Array.from({ length }, (_, i) => (first + i * 13) & 0xff)))
}

export function arbitraryFrames(): fc.Arbitrary<Said[]> {
  const control = fc.record({
    kind: fc.constant('control' as const),
    tag: fc.integer({ min: 1, max: 16 }),
    payload: fc.oneof(fc.constant(''), hexOf(70), hexOf(16_384)),
  })
  const message = fc.record({
    kind: fc.constant('message' as const),
    seq: fc.maxSafeNat(),
    ackSeq: fc.maxSafeNat(),
    tid: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    priority: fc.integer({ min: 0, max: 0xffff }),
    front: part,
    middle: part,
    data: part,
  })
  const ack = fc.record({ kind: fc.constant('ack' as const), seq: fc.maxSafeNat() })
  const stamped = fc.record({
    kind: fc.constantFrom('keepalive2' as const, 'keepalive2Ack' as const),
    seconds: u32,
    nanoseconds: u32,
  })
  return fc.array(fc.oneof({ weight: 3, arbitrary: message }, control, ack, stamped), { maxLength: 8 })
}

function listOf(hex: string): BufferList {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  // In two pieces, as a list may be.
  return new BufferList(bytes.slice(0, bytes.length / 3)).append(bytes.slice(bytes.length / 3))
}

export function parcel(said: {
  tid?: bigint
  priority?: number
  front?: string
  middle?: string
  data?: string
}): Parcel {
  const message = new Parcel()
  message.tid = said.tid ?? 0n
  message.priority = said.priority ?? 127
  if (said.front) message.front = listOf(said.front)
  if (said.middle) message.middle = listOf(said.middle)
  if (said.data) message.data = listOf(said.data)
  return message
}

function writeFrame(writer: FrameWriterV2, frame: Said): void {
  switch (frame.kind) {
    case 'control':
      writer.writeControl(frame.tag, Uint8Array.from(Buffer.from(frame.payload, 'hex')))
      break
    case 'message':
      writer.writeMessage(parcel(frame), frame.seq, frame.ackSeq)
      break
    case 'ack':
      writer.writeAck(frame.seq)
      break
    case 'keepalive2':
      writer.writeKeepalive2(frame)
      break
    case 'keepalive2Ack':
      writer.writeKeepalive2Ack(frame)
      break
    case 'messageAborted':
      throw new Error('expected a frame that the writer makes, got an aborted one')
  }
}

export function bannerBytes(): Uint8Array {
  const output = new OutputBytes()
  new FrameWriterV2(output, CHECKS).writeBanner(FEATURES)
  return joined(output.take())
}

/** A banner and the frames, sent by the end that dialled. */
export function encodeAll(frames: readonly Said[], { revision, isSecure }: Form): Uint8Array {
  const output = new OutputBytes()
  const writer = new FrameWriterV2(output, CHECKS)
  writer.writeBanner(FEATURES)
  writer.start(revision)
  if (isSecure) writer.useCipher(new GcmCipher('dial', revision))
  for (const frame of frames) writeFrame(writer, frame)
  return joined(output.take())
}

export function textOf(list: BufferList): string {
  return toHex(list.toContiguous())
}

/** Reads on until bytes are missing. Messages are admitted as they come. */
export function readOn(reader: FrameReaderV2, form: Form, found: (said: () => Said) => void): void {
  for (let signal = reader.next(); signal !== undefined; signal = reader.next()) {
    switch (signal) {
      case 'bannerReceived':
        reader.start(form.revision)
        if (form.isSecure) reader.useCipher(new GcmCipher('accept', form.revision))
        break
      case 'messageArriving':
        reader.admit()
        break
      case 'message':
        found(describeMessage(reader))
        break
      case 'control': {
        const { tag, payload } = reader
        found(() => ({ kind: 'control', tag, payload: toHex(payload) }))
        break
      }
      case 'ack': {
        const { seq } = reader
        found(() => ({ kind: 'ack', seq }))
        break
      }
      case 'messageAborted':
        found(() => ({ kind: 'messageAborted' }))
        break
      case 'keepalive2':
      case 'keepalive2Ack': {
        const { seconds, nanoseconds } = reader.stamp
        found(() => ({ kind: signal, seconds, nanoseconds }))
      }
    }
  }
}

function describeMessage(reader: FrameReaderV2): () => Said {
  const { ackSeq } = reader
  const { seq, tid, priority, front, middle, data } = reader.decodeMessage(REGISTRY)
  return () => ({
    kind: 'message',
    seq,
    ackSeq,
    tid,
    priority,
    front: textOf(front),
    middle: textOf(middle),
    data: textOf(data),
  })
}

/** A reader that has got all of these bytes. */
export function readerOf(bytes: Uint8Array, checks: FrameChecks = CHECKS): FrameReaderV2 {
  const input = new InputBytes()
  input.push(bytes)
  const reader = new FrameReaderV2(input, checks)
  reader.useSource(EntityName.client(4_100))
  return reader
}

/**
 * Reads a stream in pieces of the lengths given, the rest in one. What was read is looked at only at the end, when
 * every piece that was given back has been overwritten.
 */
export function readAll(stream: Uint8Array, cuts: readonly number[], form: Form, checks: FrameChecks = CHECKS): Said[] {
  const input = new InputBytes()
  const reader = new FrameReaderV2(input, checks)
  const found: (() => Said)[] = []
  let at = 0
  for (const length of [...cuts, stream.length]) {
    const piece = stream.slice(at, at + length)
    at += piece.length
    input.push(piece)
    readOn(reader, form, (said) => found.push(said))
    const isFree = !reader.takeSharesInput() && !input.holdsChunk
    if (isFree) piece.fill(0xa5)
  }
  return found.map((said) => said())
}
