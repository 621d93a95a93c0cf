import fc, { type Arbitrary } from 'fast-check'
import { FOOTER_LENGTH, message, tagged } from './v1-stream.ts'

/** Types of messages that the targets know, and some that they do not. */
const TYPES = [2, 70, 0x7f00, 0x7f01, 0x7f02, 0x7f03, 0, 71, 0xffff]

/** Mostly small, and often just where something ends or overflows. */
export const arbitraryU32: Arbitrary<number> = fc.oneof(
  fc.nat(9),
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 4096, 4097, 0x1_0000, 0x1_0001),
)

export const arbitraryU64: Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: 9n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
)

const arbitraryPart = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 80 }) },
  fc.constant(new Uint8Array(0)),
)

/** A length in a header: nearly always the true one. */
const arbitraryLie = fc.option(arbitraryU32, { freq: 12, nil: undefined })

/** Whole frames, in any order, of which a few lie about their lengths or have fields that no sender would send. */
export function arbitraryFrames(
  fronts: readonly Uint8Array[],
  footerLength: number = FOOTER_LENGTH,
): Arbitrary<Uint8Array[]> {
  const front = fronts.length === 0 ? arbitraryPart : fc.oneof(arbitraryPart, fc.constantFrom(...fronts))
  const messageFields = fc.record({
    seq: fc.oneof({ weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 5n }) }, arbitraryU64),
    type: fc.constantFrom(...TYPES),
    version: fc.nat(7),
    compatVersion: fc.nat(6),
    front,
    middle: arbitraryPart,
    data: arbitraryPart,
    sourceType: fc.nat(255),
    sourceNum: fc.oneof({ weight: 4, arbitrary: fc.bigInt({ min: -1n, max: 20n }) }, arbitraryU64),
    frontLength: arbitraryLie,
    middleLength: arbitraryLie,
    dataLength: arbitraryLie,
    footerFlags: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.nat(255)),
  })
  const frame = fc.oneof(
    { weight: 6, arbitrary: messageFields.map((fields) => message(withoutUndefined(fields), footerLength)) },
    { weight: 2, arbitrary: arbitraryU64.map((seq) => tagged(8, seq)) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(14, 15), arbitraryU64).map(([tag, stamp]) => tagged(tag, stamp)) },
    fc.constant(Uint8Array.of(9)),
    fc.nat(255).map((tag) => Uint8Array.of(tag)),
  )
  return fc.array(frame, { maxLength: 6 })
}

/** A record of what was chosen; what was not is left out rather than there and undefined. */
function withoutUndefined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
