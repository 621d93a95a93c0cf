import { FrameCipher } from '@msgr/auth'
import { MessageRegistry } from '@msgr/message'
import { MOSDPing } from '@msgr-apps/heartbeat-demo'
import fc, { type Arbitrary } from 'fast-check'
import { arbitraryU32, arbitraryU64 } from '../arbitrary-frames.ts'
import { promise } from '../errors.ts'
import { FrameDriverV2 } from '../frame-driver-v2.ts'
import { readHexFiles } from '../hex-file.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import { concat } from '../v1-stream.ts'
import {
  bannerV2,
  frameV2,
  headerV2,
  repairFramesV2,
  sealFramesV2,
  type V2Form,
  type V2FrameFields,
} from '../v2-stream.ts'
import { maxSessionBytes, readTwice, setupOf, SETUP_LENGTH, withSetup } from './session-input.ts'

// The mode: bit 0 revision 2.0, 1 sealed, 2 checksums are ignored, 3 a bit of what was sealed is changed, 4 the banner is
// part of the input. Frames that will be sealed lie in the input as they are before.

const SECRET = Uint8Array.from({ length: 64 }, (_, i) => i)
const BANNER = bannerV2(1n, 0n)
const PING_HEADER = headerV2({ seq: 1n, type: 2, version: 1, compatVersion: 1 })
const registry = new MessageRegistry([MOSDPing])
const MODES = [0, 1, 2, 3, 4, 10, 11]

function formOf(mode: number): V2Form {
  return { revision: (mode & 1) === 0 ? '2.1' : '2.0', isSecure: (mode & 2) !== 0 }
}

/** What comes over the wire for an input: as it was sent, and as it arrives. */
function wireBytes(bytes: Uint8Array): { readonly sent: Uint8Array; readonly received: Uint8Array } {
  const { mode, stream, cutSeed } = setupOf(bytes)
  const { revision, isSecure } = formOf(mode)
  const bannerLength = (mode & 16) === 0 ? 0 : BANNER.length
  const banner = bannerLength === 0 ? BANNER : stream.subarray(0, bannerLength)
  const frames = stream.subarray(bannerLength)
  const sealed = isSecure ? sealFramesV2(frames, revision, new FrameCipher(SECRET, { role: 'dial', revision })) : frames
  const sent = concat(banner, sealed)
  if (!isTampered(mode) || sealed.length === 0) return { sent, received: sent }
  const received = sent.slice()
  const at = banner.length + ((cutSeed * 7919) % sealed.length)
  received[at] = (received[at] ?? 0) ^ (1 << (cutSeed & 7))
  return { sent, received }
}

function isTampered(mode: number): boolean {
  return (mode & 8) !== 0 && formOf(mode).isSecure
}

function openDriver(mode: number, trace: Trace): FrameDriverV2 {
  const { revision, isSecure } = formOf(mode)
  const cipher = isSecure ? new FrameCipher(SECRET, { role: 'accept', revision }) : undefined
  return new FrameDriverV2({ registry, checksCrc: (mode & 4) === 0, revision, cipher }, trace)
}

/** What is read of a stream, up to the error that it ends with. */
function readOnce(mode: number, stream: Uint8Array): readonly string[] {
  const driver = openDriver(mode, new Trace(Infinity))
  driver.receive(stream.slice())
  return driver.log.filter((line) => !line.startsWith('over: '))
}

/** Nothing that somebody has changed is ever read: what came before it is all there is. */
function checkTampered(mode: number, { sent, received }: ReturnType<typeof wireBytes>): void {
  const [asSent, found] = [readOnce(mode, sent), readOnce(mode, received)]
  const isPrefix = found.every((line, i) => line === asSent[i])
  promise(isPrefix, () => `sent:\n${asSent.join('\n')}\nread, after a bit was changed:\n${found.join('\n')}`)
}

const TAGS = [...Array.from({ length: 20 }, (_, i) => i + 1), 0, 21, 255]
const bytesUpTo = (maxLength: number): Arbitrary<Uint8Array> => fc.uint8Array({ maxLength })
const lie = fc.option(arbitraryU32, { freq: 15, nil: undefined })
const lies = fc.option(fc.tuple(lie, lie, lie, lie), { freq: 4, nil: undefined })
const lateStatus = fc.option(fc.oneof(fc.constantFrom(0, 1, 14), fc.nat(255)), { freq: 5, nil: undefined })

const arbitraryHeader = fc
  .record({
    seq: fc.oneof({ weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 5n }) }, arbitraryU64),
    type: fc.constantFrom(2, 70, 0, 71),
    version: fc.nat(7),
    compatVersion: fc.nat(6),
  })
  .map(headerV2)

const arbitraryFields: Arbitrary<V2FrameFields> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ header: arbitraryHeader, parts: fc.array(bytesUpTo(60), { maxLength: 3 }), lies, lateStatus })
      .map(({ header, parts, ...rest }) => fieldsOf({ tag: 17, segments: [header, ...parts], ...rest })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        tag: fc.constantFrom(...TAGS),
        segments: fc.oneof(
          { weight: 6, arbitrary: bytesUpTo(80).map((payload) => [payload]) },
          fc.array(bytesUpTo(20), { minLength: 1, maxLength: 4 }),
        ),
        lies,
        lateStatus,
      })
      .map(fieldsOf),
  },
)

function fieldsOf(chosen: {
  tag: number
  segments: readonly Uint8Array[]
  lies: readonly (number | undefined)[] | undefined
  lateStatus: number | undefined
}): V2FrameFields {
  const { tag, segments, lies: lengths, lateStatus: status } = chosen
  return {
    tag,
    segments,
    ...(lengths !== undefined && { lengths }),
    ...(status !== undefined && { lateStatus: status }),
  }
}

function seedFrames(form: V2Form): Uint8Array {
  const payload = Uint8Array.from({ length: 60 }, (_, i) => i)
  const u64 = Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0)
  const ping = readHexFiles('apps/heartbeat-demo/test/golden', /^ping-v5/).map((frame) => frame.subarray(54, -21))
  const frames: V2FrameFields[] = [
    { tag: 1, segments: [payload.subarray(0, 36)] },
    { tag: 8, segments: [payload] },
    { tag: 16, segments: [new Uint8Array(0)] },
    { tag: 17, segments: [PING_HEADER] },
    { tag: 17, segments: [PING_HEADER, payload, new Uint8Array(0), payload] },
    { tag: 17, segments: [PING_HEADER, payload], lateStatus: 1 },
    ...ping.map((front) => ({
      tag: 17,
      segments: [headerV2({ seq: 2n, type: 70, version: 5, compatVersion: 4 }), front],
    })),
    ...[18, 19, 20].map((tag) => ({ tag, segments: [u64] })),
  ]
  return concat(...frames.map((frame) => frameV2(frame, form)))
}

/** Frames of version 2, in each revision, in clear and sealed. */
export const framesV2: Target = {
  name: 'frames-v2',
  seeds: () =>
    MODES.flatMap((mode) => {
      const form = formOf(mode)
      const large = frameV2({ tag: 17, segments: [PING_HEADER, new Uint8Array(4200).fill(7)] }, form)
      return [withSetup(seedFrames(form), mode), withSetup(large, mode, mode + 1)]
    }).concat(withSetup(concat(BANNER, seedFrames(formOf(16))), 16)),
  structured: fc
    .tuple(fc.nat(31), fc.nat(255), fc.array(arbitraryFields, { maxLength: 6 }))
    .map(([mode, seed, frames]) => {
      const form = formOf(mode)
      const stream = concat(...frames.map((frame) => frameV2(frame, form)))
      return withSetup((mode & 16) === 0 ? stream : concat(BANNER, stream), mode, seed)
    }),
  // What is sealed and opened is copied a few times over.
  maxAllocatedBytes: (inputLength) => 2 * maxSessionBytes(inputLength),
  repair: (bytes) => {
    const { mode } = setupOf(bytes)
    repairFramesV2(bytes, SETUP_LENGTH + ((mode & 16) === 0 ? 0 : BANNER.length), formOf(mode))
  },
  run: (bytes) => {
    const { mode } = setupOf(bytes)
    const wire = wireBytes(bytes)
    if (isTampered(mode)) checkTampered(mode, wire)
    return readTwice(bytes, (trace) => openDriver(mode, trace), wire.received)
  },
}
