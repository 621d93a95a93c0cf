import { BufferList } from '@msgr/bufferlist'

/** Front of every message of the stress, in bytes. */
const FRONT_LENGTH = 16
const U32_COUNT = 0x1_0000_0000

/** The priorities that are used, each a class of its own: within one the order is kept. The last is noise. */
export const PRIORITIES = [63, 127, 196, 200] as const
/** The class of `MNoise`. */
export const NOISE_CLASS = 3

/** Which message it is. The reply to a request has the same, but for its kind. */
export interface MessageId {
  readonly kind: 'request' | 'reply'
  /** Index into `PRIORITIES`. */
  readonly priorityClass: number
  /** Which client talks to which server. u32. */
  readonly stream: number
  /** Counts the requests of one class of one stream, from 0. */
  readonly seq: number
}

/**
 * The front of a message.
 *
 *   0      1       2     4        8
 *   | kind | class | 0 0 | stream | seq (u64) |      little-endian; kind: 0 request, 1 reply
 */
export function encodeMessageId({ kind, priorityClass, stream, seq }: MessageId): BufferList {
  const front = Buffer.allocUnsafe(FRONT_LENGTH)
  front.writeUInt8(kind === 'request' ? 0 : 1, 0)
  front.writeUInt8(priorityClass, 1)
  front.writeUInt16LE(0, 2)
  front.writeUInt32LE(stream, 4)
  front.writeUInt32LE(seq % U32_COUNT, 8)
  front.writeUInt32LE(Math.floor(seq / U32_COUNT), 12)
  return new BufferList(front)
}

/** Reads a front; `undefined` for one that is none of ours. */
export function decodeMessageId(front: BufferList): MessageId | undefined {
  if (front.length !== FRONT_LENGTH) return undefined
  const bytes = front.subarray()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const kind = view.getUint8(0)
  const priorityClass = view.getUint8(1)
  const seq = view.getUint32(12, true) * U32_COUNT + view.getUint32(8, true)
  const isOurs = kind <= 1 && priorityClass < PRIORITIES.length && view.getUint16(2, true) === 0
  if (!isOurs || !Number.isSafeInteger(seq)) return undefined
  return { kind: kind === 0 ? 'request' : 'reply', priorityClass, stream: view.getUint32(4, true), seq }
}
