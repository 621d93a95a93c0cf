import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputBytes } from '../../src/input-bytes.ts'
import { encodeBanner, Msgr2Feature, type Msgr2Features } from '../../src/wire-v2/banner-v2.ts'
import { FrameReaderV2 } from '../../src/wire-v2/frame-reader-v2.ts'
import { joined, readGolden, toHex } from '../bytes.ts'
import { thrownBy } from '../thrown-by.ts'
import { CHECKS, readerOf } from './frames-v2.ts'

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

/** A banner with a payload of so many bytes, of which the first are the features 1 and 2. */
function bannerOf(payloadLength: number): Uint8Array {
  const banner = new Uint8Array(10 + payloadLength).fill(0xee)
  banner.set(readGolden('v2-banner').subarray(0, 8))
  const view = new DataView(banner.buffer)
  view.setUint16(8, payloadLength, true)
  if (payloadLength < 16) return banner
  view.setBigUint64(10, 1n, true)
  view.setBigUint64(18, 2n, true)
  return banner
}

describe('a banner', () => {
  test('of a daemon is written byte by byte, and read', () => {
    const golden = readGolden('v2-banner')
    const features: Msgr2Features = { supported: Msgr2Feature.revision1, required: 0n }
    expect(toHex(encodeBanner(features))).toBe(toHex(golden))
    const reader = readerOf(golden)
    expect(reader.next()).toBe('bannerReceived')
    expect(reader.banner).toEqual(features)
  })

  test('comes back as it was written, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.record({ supported: u64, required: u64 }), fc.nat(26), (features, cut) => {
        const bytes = encodeBanner(features)
        const input = new InputBytes()
        const reader = new FrameReaderV2(input, CHECKS)
        input.push(bytes.slice(0, cut))
        if (cut < bytes.length) expect(reader.next()).toBeUndefined()
        input.push(bytes.slice(cut))
        expect(reader.next()).toBe('bannerReceived')
        expect(reader.banner).toEqual(features)
        expect(reader.next()).toBeUndefined()
      }),
    )
  })

  test.each([16, 17, 512])('may have a payload of %i bytes, whose end is left aside', (length) => {
    const reader = readerOf(bannerOf(length))
    expect(reader.next()).toBe('bannerReceived')
    expect(reader.banner).toEqual({ supported: 1n, required: 2n })
    // All of it was used up.
    reader.start('2.1')
    expect(reader.next()).toBeUndefined()
  })

  test.each([
    [0, 'ERR_MSGR_BAD_BANNER', 'at least 16'],
    [15, 'ERR_MSGR_BAD_BANNER', 'at least 16'],
    [513, 'ERR_MSGR_TOO_LONG', 'at most 512'],
    [65_535, 'ERR_MSGR_TOO_LONG', 'at most 512'],
  ])('with a payload of %i bytes is refused before the payload has come', (length, code, expected) => {
    const reader = readerOf(bannerOf(length).subarray(0, 10))
    const message = `length of the banner's payload: expected ${expected}, got ${length}`
    expect(thrownBy(() => reader.next())).toMatchObject({ name: 'ProtocolError', code, message })
  })

  test('of version 1 is refused as soon as it is there, since its sender may send nothing more', () => {
    const error = thrownBy(() => readerOf(readGolden('banner')).next())
    const message = 'banner: expected "ceph v2\\n", got "ceph v02"'
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_BANNER', message })
  })

  test('with any other byte in its prefix is refused', () => {
    for (let at = 0; at < 8; at++) {
      const bytes = readGolden('v2-banner')
      bytes[at]! ^= 1
      expect(thrownBy(() => readerOf(bytes).next())).toMatchObject({ code: 'ERR_MSGR_BAD_BANNER' })
    }
  })

  test('is followed by nothing before the owner says which revision comes', () => {
    const reader = readerOf(joined([readGolden('v2-banner'), readGolden('v2-wait-2.1')]))
    expect([reader.next(), reader.next(), reader.next()]).toEqual(['bannerReceived', undefined, undefined])
    reader.start('2.1')
    expect(reader.next()).toBe('control')
  })
})
