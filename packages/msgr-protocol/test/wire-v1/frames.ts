import { BufferList, crc32c } from '@msgr/bufferlist'
import { EntityType, Message, MessageRegistry, MPing } from '@msgr/message'
import fc from 'fast-check'
import {
  DEFAULT_LIMITS,
  type FrameChecks,
  FrameReader,
  FrameWriter,
  type FrameWriterOptions,
  InputBytes,
  OutputBytes,
} from '../../src/index.ts'
import { joined, toHex } from '../bytes.ts'

/** A message of OSDs whose payload is left as it is. */
export class RawOsdPing extends Message {
  static readonly type = 70
  static readonly headVersion = 5
  static readonly compatVersion = 4

  constructor() {
    super(RawOsdPing)
  }

  protected override encodePayload(): void {
    // The front is set by whoever made the message.
  }

  protected override decodePayload(): void {
    // As above.
  }
}

export const REGISTRY: MessageRegistry = new MessageRegistry([RawOsdPing])
export const CHECKS: FrameChecks = { crc32c, crcHeader: true, crcData: true, limits: DEFAULT_LIMITS }
export const OSD_9: FrameWriterOptions = { ...CHECKS, ownType: EntityType.osd, ownNum: 9 }

/** What a frame says, in a form that can be compared. */
export type Said =
  | { kind: 'message'; seq: number; tid: bigint; priority: number; front: string; middle: string; data: string }
  | { kind: 'ack'; seq: number }
  | { kind: 'keepalive' }
  | { kind: 'keepalive2' | 'keepalive2Ack'; seconds: number; nanoseconds: number }

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const part = fc.oneof(fc.constant(''), hexOf(40), hexOf(3_000), hexOf(9_000))

function hexOf(maxLength: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(maxLength), fc.nat(255))
    .map(([length, first]) => toHex(Uint8Array.from({ length }, (_, i) => (first + i * 13) & 0xff)))
}

export function arbitraryFrames(): fc.Arbitrary<Said[]> {
  const message = fc.record({
    kind: fc.constant('message' as const),
    seq: fc.maxSafeNat(),
    tid: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    priority: u16,
    front: part,
    middle: part,
    data: part,
  })
  const ack = fc.record({ kind: fc.constant('ack' as const), seq: fc.maxSafeNat() })
  const keepalive = fc.record({ kind: fc.constant('keepalive' as const) })
  const stamped = fc.record({
    kind: fc.constantFrom('keepalive2' as const, 'keepalive2Ack' as const),
    seconds: u32,
    nanoseconds: u32,
  })
  return fc.array(fc.oneof({ weight: 3, arbitrary: message }, ack, keepalive, stamped), { maxLength: 8 })
}

function listOf(hex: string): BufferList {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  // In two pieces, as a list may be.
  return new BufferList(bytes.slice(0, bytes.length / 3)).append(bytes.slice(bytes.length / 3))
}

function messageOf(said: Extract<Said, { kind: 'message' }>): MPing {
  const message = new MPing()
  message.tid = said.tid
  message.priority = said.priority
  message.front = listOf(said.front)
  message.middle = listOf(said.middle)
  message.data = listOf(said.data)
  return message
}

export function encodeAll(frames: readonly Said[], withSignature: boolean): Uint8Array {
  const output = new OutputBytes()
  const writer = new FrameWriter(output, OSD_9)
  writer.useFooterWithSignature(withSignature)
  for (const frame of frames) {
    if (frame.kind === 'message') {
      const message = messageOf(frame)
      message.encode(0n)
      writer.writeMessage(message, frame.seq)
    } else if (frame.kind === 'ack') writer.writeAck(frame.seq)
    else if (frame.kind === 'keepalive') writer.writePlainKeepalive()
    else if (frame.kind === 'keepalive2') writer.writeKeepalive2(frame)
    else writer.writeKeepalive2Ack(frame)
  }
  return joined(output.take())
}

export function textOf(list: BufferList): string {
  return toHex(list.toContiguous())
}

/** Reads on until bytes are missing. Messages are admitted as they come. */
export function readOn(reader: FrameReader, found: (said: () => Said) => void): void {
  for (let signal = reader.next(); signal !== undefined; signal = reader.next()) {
    if (signal === 'messageArriving') reader.admit()
    else if (signal === 'message') {
      const { seq, tid, priority, front, middle, data } = reader.decodeMessage(REGISTRY)
      found(() => {
        return { kind: 'message', seq, tid, priority, front: textOf(front), middle: textOf(middle), data: textOf(data) }
      })
    } else if (signal === 'ack') {
      const { seq } = reader
      found(() => ({ kind: 'ack', seq }))
    } else if (signal === 'keepalive') found(() => ({ kind: 'keepalive' }))
    else if (signal !== 'closed') {
      const { seconds, nanoseconds } = reader.stamp
      found(() => ({ kind: signal, seconds, nanoseconds }))
    }
  }
}

/**
 * Reads a stream in pieces of the lengths given, the rest in one. What was read is looked at only at the end, when
 * every piece that was given back has been overwritten.
 */
export function readAll(stream: Uint8Array, cuts: readonly number[], withSignature: boolean): Said[] {
  const input = new InputBytes()
  const reader = new FrameReader(input, CHECKS)
  reader.useFooterWithSignature(withSignature)
  const found: (() => Said)[] = []
  let at = 0
  for (const length of [...cuts, stream.length]) {
    const piece = stream.slice(at, at + length)
    at += piece.length
    input.push(piece)
    readOn(reader, (said) => found.push(said))
    const isFree = !reader.takeSharesInput() && !input.holdsChunk
    if (isFree) piece.fill(0xa5)
  }
  return found.map((said) => said())
}
