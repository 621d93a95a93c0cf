import { EntityType } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameReader, InputBytes } from '../../src/index.ts'
import { joined, readGolden } from '../bytes.ts'
import { thrownBy } from '../thrown-by.ts'
import { arbitraryFrames, CHECKS, encodeAll, readAll, readOn, REGISTRY, textOf, type Said } from './frames.ts'

function readerOf(bytes: Uint8Array, checks: typeof CHECKS = CHECKS): FrameReader {
  const input = new InputBytes()
  input.push(bytes)
  const reader = new FrameReader(input, checks)
  reader.useFooterWithSignature(true)
  return reader
}

/** The error with which reading a stream ends. */
function errorIn(bytes: Uint8Array, checks: typeof CHECKS = CHECKS): unknown {
  const reader = readerOf(bytes, checks)
  return thrownBy(() => {
    readOn(reader, () => undefined)
  })
}

function ping(dataLength = 0): Extract<Said, { kind: 'message' }> {
  const data = 'ab'.repeat(dataLength)
  return { kind: 'message', seq: 1, tid: 0n, priority: 127, front: '', middle: '', data }
}

// TCP may cut the stream anywhere, so every cut of the same bytes has to give the same frames.
describe('frames do not depend on where the stream is cut', () => {
  test.each([true, false])('with a signature in the footer: %s', (withSignature) => {
    fc.assert(
      fc.property(arbitraryFrames(), fc.array(fc.nat(300), { maxLength: 60 }), (frames, cuts) => {
        expect(readAll(encodeAll(frames, withSignature), cuts, withSignature)).toEqual(frames)
      }),
      { numRuns: 150 },
    )
  })

  test('byte by byte', () => {
    const frames: Said[] = [ping(9), { kind: 'ack', seq: 2 ** 40 }, { kind: 'keepalive' }, ping()]
    const stream = encodeAll(frames, true)
    expect(readAll(stream, new Array<number>(stream.length).fill(1), true)).toEqual(frames)
  })
})

describe('a frame of another implementation is read', () => {
  const osdPings = [
    ['mosdping-v5-ping', 5, 4, 54],
    ['mosdping-v5-reply', 5, 4, 62],
    ['mosdping-v5-you-died', 5, 4, 54],
    ['mosdping-v5-ping-padded', 5, 4, 2_025],
    ['mosdping-v4-ping', 4, 4, 33],
    ['mosdping-v2-ping', 2, 1, 47],
  ] as const

  test.each(osdPings)('%s', (name, version, compatVersion, frontLength) => {
    const golden = readGolden(name)
    const reader = readerOf(golden)
    expect(reader.next()).toBe('messageArriving')
    reader.admit()
    expect(reader.next()).toBe('message')
    const message = reader.decodeMessage(REGISTRY)
    expect(message).toMatchObject({ type: 70, version, compatVersion, priority: 127, seq: 1, tid: 0n })
    expect(message.source).toMatchObject({ type: EntityType.osd, num: 9 })
    expect(textOf(message.front)).toBe(Buffer.from(golden.subarray(54, 54 + frontLength)).toString('hex'))
    expect([message.middleLength, message.dataLength]).toEqual([0, 0])
    expect(reader.next()).toBeUndefined()
  })

  test('mping-client.4100', () => {
    const reader = readerOf(readGolden('mping-client.4100'))
    reader.next()
    reader.admit()
    expect(reader.next()).toBe('message')
    const message = reader.decodeMessage(REGISTRY)
    expect(message).toMatchObject({ type: 2, version: 1, seq: 1, frontLength: 0 })
    expect(message.source).toMatchObject({ type: EntityType.client, num: 4_100 })
  })

  test.each([
    ['mping-header-osd.9', EntityType.osd, 9],
    ['mping-header-client.unnamed', EntityType.client, -1],
  ] as const)('%s', (name, sourceType, sourceNum) => {
    const reader = readerOf(joined([Uint8Array.of(7), readGolden(name)]))
    expect(reader.next()).toBe('messageArriving')
    expect(reader.header).toMatchObject({ type: 2, sourceType, sourceNum, frontLength: 0 })
  })
})

describe('FrameReader', () => {
  test('reads nothing of a body before it is admitted', () => {
    const reader = readerOf(encodeAll([ping(5)], true))
    expect([reader.next(), reader.next(), reader.next()]).toEqual(['messageArriving', undefined, undefined])
    expect(reader.header.dataLength).toBe(5)
    reader.admit()
    expect(reader.next()).toBe('message')
  })

  test('copies a body of 2048 bytes, and lets one of 2049 lie where it was read', () => {
    for (const [length, isShared] of [
      [2_048, false],
      [2_049, true],
    ] as const) {
      const stream = encodeAll([ping(length)], true)
      const reader = readerOf(stream)
      readOn(reader, (said) => said())
      expect(reader.takeSharesInput()).toBe(isShared)
      expect(reader.takeSharesInput()).toBe(false)
    }
  })

  test('uses one name object for as long as the sender stays the same', () => {
    const reader = readerOf(joined([encodeAll([ping(), ping()], true), readGolden('mping-client.4100')]))
    const sources = Array.from({ length: 3 }, () => {
      reader.next()
      reader.admit()
      reader.next()
      return reader.decodeMessage(REGISTRY).source
    })
    expect(sources[1]).toBe(sources[0])
    expect(sources.map(String)).toEqual(['osd.9', 'osd.9', 'client.4100'])
  })

  test('says that the peer has closed the session, and reads nothing after that', () => {
    const reader = readerOf(Uint8Array.of(6, 99, 99))
    expect([reader.next(), reader.next()]).toEqual(['closed', undefined])
  })
})

describe('what breaks the protocol is an error that says what was expected', () => {
  test('a tag that is none of a frame', () => {
    for (let tag = 0; tag < 256; tag++) {
      if ([6, 7, 8, 9, 14, 15].includes(tag)) continue
      const message = `tag of a frame: expected 6 to 9, 14 or 15, got ${tag}`
      expect(errorIn(Uint8Array.of(tag))).toMatchObject({ code: 'ERR_MSGR_BAD_TAG', message })
    }
  })

  test('any changed bit of a header', () => {
    const golden = readGolden('mosdping-v5-ping')
    for (let bit = 8; bit < 8 * 54; bit++) {
      const bytes = golden.slice()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(errorIn(bytes)).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_HEADER' })
    }
  })

  test.each([
    ['front', 54, 'footer crc of front'],
    ['the crc of the front', 108, 'footer crc of front'],
    ['the crc of a middle that is not there', 112, 'footer crc of middle: expected 0x0, got 0x1'],
    ['the crc of data that are not there', 116, 'footer crc of data: expected 0x0, got 0x1'],
  ])('a changed bit in %s', (_, at, message) => {
    const bytes = readGolden('mosdping-v5-ping')
    bytes[at]! ^= 1
    const expected = { code: 'ERR_MSGR_BAD_FOOTER', message: expect.stringContaining(message) as string }
    expect(errorIn(bytes)).toMatchObject(expected)
  })

  test('a message that the sender gave up in the middle', () => {
    const bytes = readGolden('mosdping-v5-ping')
    bytes[128] = 0
    expect(errorIn(bytes)).toMatchObject({ code: 'ERR_MSGR_BAD_FOOTER' })
  })

  test('a sequence number beyond 2^53', () => {
    const checks = { ...CHECKS, crcHeader: false }
    const bytes = readGolden('mosdping-v5-ping').fill(0xff, 1, 9)
    expect(errorIn(bytes, checks)).toMatchObject({ name: 'MessageError', code: 'ERR_MSGR_HEADER' })
    expect(errorIn(Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, 1))).toMatchObject({ code: 'ERR_MSGR_BAD_HEADER' })
  })

  test('a message of a type that nobody registered', () => {
    const bytes = readGolden('mosdping-v5-ping')
    bytes[17] = 71
    expect(errorIn(bytes, { ...CHECKS, crcHeader: false })).toMatchObject({ code: 'ERR_MSGR_UNKNOWN_TYPE', type: 71 })
  })

  test.each([
    ['front', 22, 10],
    ['middle', 26, 20],
    ['data', 30, 30],
  ])('a %s beyond the limit, before it is admitted or memory taken', (part, offset, max) => {
    const limits = { ...CHECKS.limits, maxFrontBytes: 10, maxMiddleBytes: 20, maxDataBytes: 30 }
    const checks = { ...CHECKS, crcHeader: false, limits }
    const bytes = new Uint8Array(54)
    bytes[0] = 7
    new DataView(bytes.buffer).setUint32(1 + offset, max, true)
    expect(readerOf(bytes, checks).next()).toBe('messageArriving')
    new DataView(bytes.buffer).setUint32(1 + offset, 0xffff_ffff, true)
    const message = `length of ${part}: expected at most ${max}, got 4294967295`
    expect(errorIn(bytes, checks)).toMatchObject({ code: 'ERR_MSGR_TOO_LONG', message })
  })
})

describe('what is not checked may be wrong', () => {
  const damaged = (at: number): Uint8Array => {
    const bytes = encodeAll([ping(8)], true)
    bytes[at]! ^= 1
    return bytes
  }
  const count = (bytes: Uint8Array, checks: typeof CHECKS): number => {
    let found = 0
    readOn(readerOf(bytes, checks), () => found++)
    return found
  }

  test('data, if crcData is off', () => {
    expect(errorIn(damaged(54))).toMatchObject({ message: expect.stringContaining('footer crc of data') as string })
    expect(count(damaged(54), { ...CHECKS, crcData: false })).toBe(1)
  })

  test('data, if the sender says that it has not computed the crc', () => {
    const bytes = damaged(54)
    bytes[bytes.length - 1] = 1 | 2
    expect(count(bytes, CHECKS)).toBe(1)
  })

  test('header and crc of the front, if crcHeader is off', () => {
    expect(count(damaged(1 + 49), { ...CHECKS, crcHeader: false })).toBe(1)
    expect(count(damaged(54 + 8), { ...CHECKS, crcHeader: false })).toBe(1)
  })
})
