import type { FrameRevision } from '@msgr/msgr-protocol'
import fc, { type Arbitrary } from 'fast-check'
import { arbitraryU64 } from '../arbitrary-frames.ts'
import { concat } from '../v1-stream.ts'
import { arbitraryNonsense } from '../v2-handshake.ts'
import { bannerV2, frameV2, headerV2, repairFramesV2, type V2FrameFields } from '../v2-stream.ts'
import { maxSessionBytes, SETUP_LENGTH } from './session-input.ts'

const BANNER_LENGTH = 26
/** Where the banner tells of revision 2.1. */
const FEATURES_AT = 10
/** What both ends of a handshake may have to keep of it until they sign it. */
const TRANSCRIPT_LIMIT = 64 * 1024

/** A message of one who has a session. */
export const PING_FRAME: V2FrameFields = {
  tag: 17,
  segments: [headerV2({ seq: 1n, type: 2, version: 1, compatVersion: 1 })],
}

/** The banner of an end that speaks the revision, and frames in clear. */
export function streamV2(revision: FrameRevision, frames: readonly V2FrameFields[]): Uint8Array {
  const form = { revision, isSecure: false }
  const banner = bannerV2(revision === '2.1' ? 1n : 0n, 0n)
  return concat(banner, ...frames.map((frame) => frameV2(frame, form)))
}

/** Writes the checksums of an input whose stream begins with a banner. */
export function repairStreamV2(bytes: Uint8Array): void {
  const isNew = ((bytes[SETUP_LENGTH + FEATURES_AT] ?? 0) & 1) !== 0
  repairFramesV2(bytes, SETUP_LENGTH + BANNER_LENGTH, { revision: isNew ? '2.1' : '2.0', isSecure: false })
}

/** As `maxSessionBytes`, with what is kept to be signed. */
export function maxHandshakeBytesV2(inputLength: number): number {
  return 2 * maxSessionBytes(inputLength) + 4 * TRANSCRIPT_LIMIT
}

/** Frames of an open session, and such as have no business anywhere. */
export const arbitraryFramesV2: Arbitrary<V2FrameFields[]> = fc.array(
  fc.oneof(
    fc
      .record({
        seq: fc.oneof({ weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 5n }) }, arbitraryU64),
        type: fc.constantFrom(2, 70, 0),
        version: fc.nat(7),
        compatVersion: fc.nat(6),
      })
      .map((header) => ({ tag: 17, segments: [headerV2(header)] })),
    fc.tuple(fc.constantFrom(18, 19, 20), fc.uint8Array({ minLength: 8, maxLength: 8 })).map(([tag, bytes]) => ({
      tag,
      segments: [bytes],
    })),
    arbitraryNonsense,
  ),
  { maxLength: 4 },
)
