import { crc32c } from '@msgr/bufferlist'
import { describe, expect, test } from 'vitest'
import { FrameTag } from '../../src/wire-v2/frame-tag.ts'
import { Preamble, PREAMBLE_SIZE } from '../../src/wire-v2/preamble.ts'
import { readGolden, toHex } from '../bytes.ts'
import { thrownBy } from '../thrown-by.ts'
import { CHECKS } from './frames-v2.ts'

const LIMITS = { ...CHECKS.limits, maxFrontBytes: 10, maxMiddleBytes: 20, maxDataBytes: 30, maxControlBytes: 40 }

/** The bytes of a preamble with these fields, whatever they are. */
function preambleBytes(fields: {
  tag: number
  count?: number
  lengths: readonly number[]
  flags?: number
}): Uint8Array {
  const bytes = new Uint8Array(PREAMBLE_SIZE)
  const view = new DataView(bytes.buffer)
  bytes[0] = fields.tag
  bytes[1] = fields.count ?? fields.lengths.length
  for (const [i, length] of fields.lengths.entries()) view.setUint32(2 + 6 * i, length, true)
  bytes[26] = fields.flags ?? 0
  view.setUint32(28, crc32c(bytes, 0, 0, 28), true)
  return bytes
}

function read(bytes: Uint8Array, checks: typeof CHECKS = { ...CHECKS, limits: LIMITS }): Preamble {
  const preamble = new Preamble()
  preamble.read(bytes, new DataView(bytes.buffer), 0, checks)
  return preamble
}

function errorOf(fields: Parameters<typeof preambleBytes>[0]): unknown {
  return thrownBy(() => read(preambleBytes(fields)))
}

describe('a preamble', () => {
  test('of a message is read field by field, whatever its alignments', () => {
    const bytes = readGolden('v2-message-2.1').slice(0, PREAMBLE_SIZE)
    const { tag, segmentCount, firstLength, frontLength, middleLength, dataLength, bodyLength } = read(bytes)
    expect({ tag, segmentCount, firstLength, frontLength, middleLength, dataLength, bodyLength }).toEqual({
      tag: FrameTag.message,
      segmentCount: 4,
      firstLength: 41,
      frontLength: 5,
      middleLength: 0,
      dataLength: 6,
      bodyLength: 11,
    })
  })

  test.each([
    [[0, 0, 0], 1],
    [[3, 0, 0], 2],
    [[0, 3, 0], 3],
    [[0, 0, 3], 4],
    [[1, 2, 3], 4],
  ])(
    'counts the parts %j of a message up to the last that is not empty',
    ([front = 0, middle = 0, data = 0], count) => {
      const written = new Preamble()
      written.setMessage(front, middle, data)
      const bytes = new Uint8Array(PREAMBLE_SIZE)
      written.write(bytes, new DataView(bytes.buffer), 0, crc32c)
      expect(bytes[1]).toBe(count)
      expect(read(bytes)).toMatchObject({ frontLength: front, middleLength: middle, dataLength: data })
    },
  )

  test('is written over whatever was there', () => {
    const written = new Preamble()
    written.setMessage(5, 0, 6)
    written.setSingle(FrameTag.wait, 0)
    const bytes = new Uint8Array(PREAMBLE_SIZE).fill(0xff)
    written.write(bytes, new DataView(bytes.buffer), 0, crc32c)
    expect(toHex(bytes)).toBe(toHex(readGolden('v2-wait-2.1')))
  })

  test('with any changed bit is refused', () => {
    for (let bit = 0; bit < 8 * PREAMBLE_SIZE; bit++) {
      const bytes = readGolden('v2-message-2.1').slice(0, PREAMBLE_SIZE)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      const message = expect.stringContaining('crc of a preamble') as string
      expect(thrownBy(() => read(bytes))).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_FRAME', message })
    }
  })

  test('may have a wrong crc if crcHeader is off', () => {
    const bytes = readGolden('v2-wait-2.1')
    bytes[31]! ^= 1
    expect(read(bytes, { ...CHECKS, crcHeader: false }).tag).toBe(FrameTag.wait)
  })

  test('does not believe the lengths of segments that are not counted', () => {
    const bytes = preambleBytes({ tag: 17, count: 2, lengths: [41, 7, 0xffff_ffff, 0xffff_ffff] })
    expect(read(bytes)).toMatchObject({ frontLength: 7, middleLength: 0, dataLength: 0 })
  })
})

describe('a preamble is refused', () => {
  test('for a tag of no frame', () => {
    for (const tag of [0, 21, 22, 255]) {
      const message = `tag of a frame: expected 1 to 20, got ${tag}`
      expect(errorOf({ tag, lengths: [8] })).toMatchObject({ code: 'ERR_MSGR_BAD_TAG', message })
    }
  })

  test.each([0, 5, 255])('for %i segments', (count) => {
    const message = `segments of a frame: expected 1 to 4, got ${count}`
    expect(errorOf({ tag: 17, count, lengths: [41] })).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME', message })
  })

  test('for flags, since compressed frames were not agreed on', () => {
    expect(errorOf({ tag: 16, lengths: [0], flags: 1 })).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME' })
  })

  test.each([[[41, 0]], [[41, 1, 0]], [[41, 1, 1, 0]]])(
    'for the lengths %j: the last of several segments is empty',
    (lengths) => {
      const message = 'length of the last of several segments: expected at least 1, got 0'
      expect(errorOf({ tag: 17, lengths })).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME', message })
    },
  )

  test('for more than one segment in anything but a message', () => {
    for (let tag = 1; tag <= 20; tag++) {
      if (tag === 17) continue
      expect(errorOf({ tag, lengths: [8, 1] })).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME' })
    }
  })

  test.each([
    ['front', [41, 10], [41, 11], 10],
    ['middle', [41, 0, 20], [41, 0, 21], 20],
    ['data', [41, 0, 0, 30], [41, 0, 0, 31], 30],
    ['data', [41, 0, 0, 30], [41, 0, 0, 0xffff_ffff], 30],
  ] as const)('for a %s beyond the limit', (part, allowed, tooLong, max) => {
    expect(read(preambleBytes({ tag: 17, lengths: allowed })).bodyLength).toBe(max)
    const message = `length of ${part}: expected at most ${max}, got ${tooLong.at(-1)}`
    expect(errorOf({ tag: 17, lengths: tooLong })).toMatchObject({ code: 'ERR_MSGR_TOO_LONG', message })
  })

  test('for a control frame beyond the limit', () => {
    for (let tag = 1; tag <= 16; tag++) {
      expect(read(preambleBytes({ tag, lengths: [40] })).firstLength).toBe(40)
      const message = 'length of a control frame: expected at most 40, got 41'
      expect(errorOf({ tag, lengths: [41] })).toMatchObject({ code: 'ERR_MSGR_TOO_LONG', message })
    }
  })

  test.each([
    [17, 41],
    [18, 8],
    [19, 8],
    [20, 8],
  ])('with tag %i, for a first segment shorter than %i bytes or longer than 64', (tag, min) => {
    for (const length of [min, 64]) expect(read(preambleBytes({ tag, lengths: [length] })).firstLength).toBe(length)
    expect(errorOf({ tag, lengths: [min - 1] })).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME' })
    expect(errorOf({ tag, lengths: [65] })).toMatchObject({ code: 'ERR_MSGR_TOO_LONG' })
  })
})
