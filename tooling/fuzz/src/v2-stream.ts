import { crc32c } from '@msgr/bufferlist'
import type { FrameRevision } from '@msgr/msgr-protocol'
import { concat } from './v1-stream.ts'

// Streams of version 2 of the protocol, put together field by field: what our own writer would refuse to write can be
// written here. Frames that are to be sealed lie in clear, with their paddings, as what is sealed at once.

const PREAMBLE_LENGTH = 32
const PREAMBLE_CRC_OFFSET = 28
const INLINE_LENGTH = 48
const SECURE_EPILOGUE_LENGTH = 16
const SEED = 0xffff_ffff
const COMPLETE: Readonly<Record<FrameRevision, number>> = { '2.0': 0, '2.1': 14 }

/** How the frames of a stream look. */
export interface V2Form {
  readonly revision: FrameRevision
  readonly isSecure: boolean
}

/** What a frame says of itself; `segments` are what there is. */
export interface V2FrameFields {
  readonly tag: number
  readonly segments: readonly Uint8Array[]
  readonly lateStatus?: number
  readonly flags?: number
  /** What the preamble says, if that is not true. */
  readonly segmentCount?: number
  readonly lengths?: readonly (number | undefined)[]
}

/** What seals a run of bytes. */
export interface Sealer {
  seal(parts: readonly Uint8Array[]): Uint8Array[]
}

/** The pieces of a frame as its preamble tells them, each by its length; the first is the preamble. */
interface Layout {
  /** Of the segments that are counted. */
  readonly lengths: readonly number[]
  /** Of the runs that are sealed together, if they are. */
  readonly runs: readonly number[]
}

/** A banner with the features supported and required. */
export function bannerV2(supported: bigint, required: bigint, payloadLength = 16): Uint8Array {
  const bytes = new Uint8Array(26)
  const view = new DataView(bytes.buffer)
  bytes.set(Buffer.from('ceph v2\n', 'latin1'))
  view.setUint16(8, payloadLength, true)
  view.setBigUint64(10, supported, true)
  view.setBigUint64(18, required, true)
  return bytes
}

/** The header of a message. */
export function headerV2(fields: { seq: bigint; type: number; version: number; compatVersion: number }): Uint8Array {
  const bytes = new Uint8Array(41)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt.asUintN(64, fields.seq), true)
  view.setUint16(16, fields.type, true)
  view.setUint16(18, 127, true)
  view.setUint16(20, fields.version, true)
  view.setUint8(36, 3)
  view.setUint16(37, fields.compatVersion, true)
  return bytes
}

/** A whole frame with its checksums. */
export function frameV2(fields: V2FrameFields, form: V2Form): Uint8Array {
  const { segments, lateStatus = COMPLETE[form.revision] } = fields
  const bytes = concat(preambleOf(fields), ...partsOf(segments, lateStatus, form))
  repairFramesV2(bytes, 0, form)
  return bytes
}

/** Writes the checksums that the frames from `at` on should have, up to something that is no frame, or not complete. */
export function repairFramesV2(bytes: Uint8Array, at: number, form: V2Form): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  while (at + PREAMBLE_LENGTH <= bytes.length) {
    view.setUint32(at + PREAMBLE_CRC_OFFSET, crc32c(bytes, 0, at, at + PREAMBLE_CRC_OFFSET), true)
    const layout = layoutOf(view, at, form)
    const end = layout.runs.reduce((sum, length) => sum + length, at)
    if (end > bytes.length) return
    if (!form.isSecure) repairSegments(bytes, view, at + PREAMBLE_LENGTH, layout.lengths, form)
    at = end
  }
}

/** Seals frames that lie in clear, as far as there are any. */
export function sealFramesV2(stream: Uint8Array, revision: FrameRevision, sealer: Sealer): Uint8Array {
  const form: V2Form = { revision, isSecure: true }
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length)
  const sealed: Uint8Array[] = []
  let at = 0
  while (at + PREAMBLE_LENGTH <= stream.length) {
    for (const length of layoutOf(view, at, form).runs) {
      if (at === stream.length) break
      const run = stream.subarray(at, at + length)
      sealed.push(...sealer.seal([run]))
      at += run.length
    }
  }
  return concat(...sealed)
}

function preambleOf({ tag, segments, flags = 0, segmentCount, lengths = [] }: V2FrameFields): Uint8Array {
  const bytes = new Uint8Array(PREAMBLE_LENGTH)
  const view = new DataView(bytes.buffer)
  bytes[0] = tag
  bytes[1] = segmentCount ?? segments.length
  for (const [i, { length }] of segments.slice(0, 4).entries()) {
    view.setUint32(2 + 6 * i, lengths[i] ?? length, true)
    view.setUint16(6 + 6 * i, 8, true)
  }
  bytes[26] = flags
  return bytes
}

function partsOf(segments: readonly Uint8Array[], lateStatus: number, form: V2Form): Uint8Array[] {
  const [first = new Uint8Array(0), ...others] = segments
  const status = Uint8Array.of(lateStatus)
  if (form.isSecure) {
    const epilogue = padded(status, SECURE_EPILOGUE_LENGTH)
    const all = segments.map((segment) => padded(segment))
    if (form.revision === '2.0') return [...all, epilogue]
    const head = padded(first, Math.max(INLINE_LENGTH, roundUp(first.length)))
    return others.length === 0 ? [head] : [head, ...all.slice(1), epilogue]
  }
  if (form.revision === '2.0') return [...segments, status, new Uint8Array(16)]
  const head = first.length === 0 ? [] : [first, new Uint8Array(4)]
  return others.length === 0 ? head : [...head, ...others, status, new Uint8Array(12)]
}

function layoutOf(view: DataView, at: number, { revision, isSecure }: V2Form): Layout {
  const count = Math.max(1, Math.min(4, view.getUint8(at + 1)))
  const lengths = Array.from({ length: count }, (_, i) => view.getUint32(at + 2 + 6 * i, true))
  const [first = 0, ...others] = isSecure ? lengths.map(roundUp) : lengths
  const body = others.reduce((sum, length) => sum + length, 0)
  if (revision === '2.0') return { lengths, runs: [PREAMBLE_LENGTH + first + body + (isSecure ? 16 : 17)] }
  const hasBody = count > 1
  if (!isSecure) {
    return { lengths, runs: [PREAMBLE_LENGTH + first + (first > 0 ? 4 : 0) + (hasBody ? body + 13 : 0)] }
  }
  const runs = [PREAMBLE_LENGTH + INLINE_LENGTH]
  if (first > INLINE_LENGTH) runs.push(first - INLINE_LENGTH)
  if (hasBody) runs.push(body + SECURE_EPILOGUE_LENGTH)
  return { lengths, runs }
}

function repairSegments(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  lengths: readonly number[],
  { revision }: V2Form,
): void {
  const hasOwnCrc = revision === '2.1' && lengths[0] !== 0
  let at = start
  const crcs = lengths.map((length, i) => {
    const crc = crc32c(bytes, SEED, at, at + length)
    at += length
    if (i > 0 || !hasOwnCrc) return crc
    view.setUint32(at, crc, true)
    at += 4
    return crc
  })
  if (revision === '2.1' && lengths.length === 1) return
  const inEpilogue = revision === '2.1' ? crcs.slice(1) : crcs
  for (const [i, crc] of inEpilogue.entries()) view.setUint32(at + 1 + 4 * i, crc, true)
}

function roundUp(length: number): number {
  return Math.ceil(length / 16) * 16
}

function padded(bytes: Uint8Array, length: number = roundUp(bytes.length)): Uint8Array {
  const result = new Uint8Array(length)
  result.set(bytes)
  return result
}
