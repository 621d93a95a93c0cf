import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestPayload, MAX_PAYLOAD_BYTES, payloadLength } from '../src/payload-mix.ts'

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('a uniform mix has every length from the one end to the other', () => {
  const mix = { kind: 'uniform', minBytes: 3, maxBytes: 5 } as const
  expect([0, 0.34, 0.67, 0.999].map((within) => payloadLength(mix, 0.5, within))).toEqual([3, 4, 5, 5])
})

test.each([
  { tier: 0.5, longest: 256 },
  { tier: 0.8, longest: 4096 },
  { tier: 0.95, longest: 65_536 },
  { tier: 0.999, longest: 1_048_576 },
  { tier: 0.9999, longest: MAX_PAYLOAD_BYTES },
])('the usual mix has lengths from 0 to $longest for a roll of $tier', ({ tier, longest }) => {
  const mix = { kind: 'mixed', maxBytes: MAX_PAYLOAD_BYTES } as const
  expect(payloadLength(mix, tier, 0)).toBe(0)
  expect(payloadLength(mix, tier, 1 - Number.EPSILON)).toBe(longest)
})

test('no payload is longer than the mix allows', () => {
  fc.assert(
    fc.property(fc.nat(MAX_PAYLOAD_BYTES), fraction, fraction, (maxBytes, tier, within) => {
      expect(payloadLength({ kind: 'mixed', maxBytes }, tier, within)).toBeLessThanOrEqual(maxBytes)
    }),
  )
})

test.each([
  [0, MAX_PAYLOAD_BYTES],
  [1, 32_768],
  [100, 3_276_800],
  [100_000, MAX_PAYLOAD_BYTES],
])('with one cut in %i, payloads are up to %i bytes long', (cutEvery, expected) => {
  expect(longestPayload(cutEvery)).toBe(expected)
})
