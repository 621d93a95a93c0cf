import { BufferList } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import type { Arrival } from './channel-ends.ts'

/** What the channels of these tests carry besides messages. */
export interface Control {
  readonly number: number
  readonly what?: unknown
}

/** How many bytes are in each part. */
interface CarrierParts {
  readonly tid?: number | undefined
  readonly front?: number | undefined
  readonly middle?: number | undefined
  readonly data?: number | undefined
  readonly showsFeatures?: boolean
}

/** A message whose parts are what it is given, and whose front says for which features it was encoded, if asked. */
export class MCarrier extends Message {
  static readonly type = 0x4e08
  static readonly headVersion = 5
  static readonly compatVersion = 3
  readonly showsFeatures: boolean

  constructor({ tid = 0, front = 0, middle = 0, data = 0, showsFeatures = false }: CarrierParts = {}) {
    super(MCarrier)
    this.tid = BigInt(tid)
    this.showsFeatures = showsFeatures
    if (front > 0) this.front = new BufferList(patterned(front, tid))
    if (middle > 0) this.middle = new BufferList(patterned(middle, tid + 1))
    if (data > 0) this.data = new BufferList(patterned(data, tid + 2))
    this.encode(1n)
  }

  protected override encodePayload(features: bigint): void {
    if (this.showsFeatures) this.front = new BufferList(Uint8Array.of(Number(features)))
  }

  protected override decodePayload(): void {
    // Nobody reads its fields here.
  }
}

function patterned(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = (Math.imul(i + 1, 2 * seed + 0x9e37_79b1) >>> 13) & 0xff
  return bytes
}

/** What has come, as text that can be compared: the same for the same bytes and header fields. */
export function told(arrival: Arrival<Control>): string {
  const { kind, handle } = arrival
  if (kind === 'control') return `${handle} control ${arrival.control.number}`
  if (kind === 'progress') return `${handle} progress ${arrival.progress.takenCount}`
  const { header, parts, receivedAtMs } = arrival
  const { type, seq, tidLow, priority, version, compatVersion, sourceType, sourceNum } = header
  const fields = [type, seq, tidLow, priority, version, compatVersion, sourceType, sourceNum, receivedAtMs]
  return toldMessage(handle, fields, [parts.front, parts.middle, parts.data])
}

/** How a message that is sent now is to arrive. */
export function toldWhenSent(handle: number, message: Message): string {
  const { type, seq, tid, priority, version, compatVersion, source, recvStampMs, front, middle, data } = message
  const fields = [type, seq, Number(tid), priority, version, compatVersion, source?.type ?? 0, source?.num ?? 0]
  return toldMessage(handle, [...fields, recvStampMs], [front, middle, data])
}

function toldMessage(handle: number, fields: readonly number[], parts: readonly (BufferList | undefined)[]): string {
  const bytes = parts.map((list) => (list === undefined || list.length === 0 ? '0' : `${list.length}:${list.crc32c()}`))
  return `${handle} message ${fields.join(' ')} ${bytes.join(' ')}`
}

export function tidsOf(arrivals: readonly Arrival<Control>[]): number[] {
  return arrivals.map((arrival) => (arrival.kind === 'message' ? arrival.header.tidLow : Number.NaN))
}
