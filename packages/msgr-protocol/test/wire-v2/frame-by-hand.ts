import { crc32c } from '@msgr/bufferlist'
import { joined } from '../bytes.ts'
import { GcmCipher } from './gcm-cipher.ts'

/** How the frames of a connection look. */
export interface Form {
  readonly revision: '2.0' | '2.1'
  readonly isSecure: boolean
}

export const FORMS: readonly Form[] = [
  { revision: '2.1', isSecure: false },
  { revision: '2.1', isSecure: true },
  { revision: '2.0', isSecure: false },
  { revision: '2.0', isSecure: true },
]

/** A frame as the specification lays it out, for such as our own writer never makes. */
export interface HandFrame {
  readonly tag: number
  /** All that are counted. */
  readonly segments: readonly Uint8Array[]
  readonly lateStatus?: number
  readonly flags?: number
  readonly segmentCount?: number
  /** Overrides what the preamble says of the lengths. */
  readonly lengths?: readonly number[]
  readonly alignment?: number
}

/** Lays out the frames of one direction. */
export class HandWriter {
  readonly #form: Form
  readonly #cipher: GcmCipher

  constructor(form: Form) {
    this.#form = form
    this.#cipher = new GcmCipher('dial', form.revision)
  }

  frame(frame: HandFrame): Uint8Array {
    return joined(this.#form.isSecure ? this.#secure(frame) : this.#crc(frame))
  }

  #crc(frame: HandFrame): Uint8Array[] {
    const { segments } = frame
    const [first = new Uint8Array(0), ...rest] = segments
    const crcs = segments.map((segment) => u32(crc32c(segment, 0xffff_ffff)))
    const unused = Array.from({ length: 4 - segments.length }, () => u32(0))
    if (this.#form.revision === '2.0') {
      return [preambleOf(frame), ...segments, Uint8Array.of(frame.lateStatus ?? 0), ...crcs, ...unused]
    }
    const head = [preambleOf(frame), first, ...(first.length > 0 ? crcs.slice(0, 1) : [])]
    if (segments.length === 1) return head
    return [...head, ...rest, Uint8Array.of(frame.lateStatus ?? 0x0e), ...crcs.slice(1), ...unused]
  }

  #secure(frame: HandFrame): Uint8Array[] {
    const { segments } = frame
    const padded = segments.map((segment) => pad(segment, Math.ceil(segment.length / 16) * 16))
    const [first = new Uint8Array(0), ...rest] = padded
    if (this.#form.revision === '2.0') {
      const epilogue = pad(Uint8Array.of(frame.lateStatus ?? 0), 16)
      return this.#cipher.seal([preambleOf(frame), ...padded, epilogue])
    }
    const sealed = this.#cipher.seal([preambleOf(frame), pad(first.subarray(0, 48), 48)])
    if (first.length > 48) sealed.push(...this.#cipher.seal([first.subarray(48)]))
    if (rest.length > 0) {
      sealed.push(...this.#cipher.seal([...rest, pad(Uint8Array.of(frame.lateStatus ?? 0x0e), 16)]))
    }
    return sealed
  }
}

function preambleOf({ tag, segments, flags = 0, segmentCount, lengths, alignment = 8 }: HandFrame): Uint8Array {
  const preamble = new Uint8Array(32)
  const view = new DataView(preamble.buffer)
  preamble[0] = tag
  preamble[1] = segmentCount ?? segments.length
  for (const [i, length] of (lengths ?? segments.map((segment) => segment.length)).entries()) {
    view.setUint32(2 + 6 * i, length, true)
    view.setUint16(6 + 6 * i, alignment, true)
  }
  preamble[26] = flags
  view.setUint32(28, crc32c(preamble, 0, 0, 28), true)
  return preamble
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

function pad(bytes: Uint8Array, length: number): Uint8Array {
  const padded = new Uint8Array(length)
  padded.set(bytes)
  return padded
}

/** A message header with the fields of the golden messages, and so many bytes. */
export function handHeader(
  options: { readonly seq?: number; readonly type?: number; readonly size?: number } = {},
): Uint8Array {
  const header = new Uint8Array(options.size ?? 41)
  const view = new DataView(header.buffer)
  view.setUint32(0, options.seq ?? 1, true)
  view.setUint32(8, 7, true)
  view.setUint16(16, options.type ?? 50, true)
  view.setUint16(18, 127, true)
  view.setUint16(20, 1, true)
  view.setUint8(36, 3)
  view.setUint16(37, 1, true)
  return header
}
