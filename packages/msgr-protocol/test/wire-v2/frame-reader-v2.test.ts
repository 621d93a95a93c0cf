import { EntityName } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputBytes } from '../../src/input-bytes.ts'
import { FrameReaderV2 } from '../../src/wire-v2/frame-reader-v2.ts'
import { FrameTag } from '../../src/wire-v2/frame-tag.ts'
import { joined, readGolden, toHex } from '../bytes.ts'
import { thrownBy } from '../thrown-by.ts'
import { FORMS, handHeader, HandWriter, type Form } from './frame-by-hand.ts'
import {
  arbitraryFrames,
  bannerBytes,
  CHECKS,
  encodeAll,
  readAll,
  readerOf,
  readOn,
  REGISTRY,
  textOf,
  type Said,
} from './frames-v2.ts'
import { GcmCipher } from './gcm-cipher.ts'

const FRONT = Uint8Array.of(1, 2, 3)
const DATA = Uint8Array.of(9, 8, 7, 6, 5)

/** Long enough, at times, for a body that is not copied, and short enough to part it from what follows. */
const cut = fc.oneof(fc.nat(300), fc.integer({ min: 4_000, max: 10_000 }))

function message(dataLength = 0, front = ''): Extract<Said, { kind: 'message' }> {
  const data = 'ab'.repeat(dataLength)
  return { kind: 'message', seq: 1, ackSeq: 0, tid: 7n, priority: 127, front, middle: '', data }
}

/** What comes of these frames behind a banner. */
function readFrames(frames: readonly Uint8Array[], form: Form): Said[] {
  return readAll(joined([bannerBytes(), ...frames]), [], form)
}

/** A reader that has got these frames and is past the banner. */
function startedOn(frames: Uint8Array, form: Form, checks: typeof CHECKS = CHECKS): FrameReaderV2 {
  const reader = readerOf(joined([bannerBytes(), frames]), checks)
  reader.next()
  reader.start(form.revision)
  if (form.isSecure) reader.useCipher(new GcmCipher('accept', form.revision))
  return reader
}

// TCP may cut the stream anywhere, so every cut of the same bytes has to give the same frames.
describe.each(FORMS)('frames of $revision (sealed: $isSecure) do not depend on where the stream is cut', (form) => {
  test('wherever that is', () => {
    fc.assert(
      fc.property(arbitraryFrames(), fc.array(cut, { maxLength: 60 }), (frames, cuts) => {
        expect(readAll(encodeAll(frames, form), cuts, form)).toEqual(frames)
      }),
      { numRuns: 100 },
    )
  })

  test('byte by byte', () => {
    const frames: Said[] = [
      { kind: 'control', tag: FrameTag.authDone, payload: 'cd'.repeat(700) },
      message(9, 'aa'),
      { kind: 'ack', seq: 2 ** 40 },
      { kind: 'control', tag: FrameTag.wait, payload: '' },
      message(),
      { kind: 'keepalive2', seconds: 1, nanoseconds: 2 },
    ]
    const stream = encodeAll(frames, form)
    expect(readAll(stream, new Array<number>(stream.length).fill(1), form)).toEqual(frames)
  })
})

describe.each(FORMS)('a frame of $revision (sealed: $isSecure)', (form) => {
  const by = (): HandWriter => new HandWriter(form)

  test('that its sender gave up is left aside, and the next one is read', () => {
    const writer = by()
    const lateStatus = form.revision === '2.1' ? 0xf1 : 1
    const { tag, segments } = { tag: FrameTag.message, segments: [handHeader(), FRONT, DATA] }
    const frames = [
      writer.frame({ tag, segments, lateStatus }),
      writer.frame({ tag, segments: [handHeader({ seq: 2 }), FRONT] }),
    ]
    const found = readFrames(frames, form)
    expect(found).toEqual([{ kind: 'messageAborted' }, { ...message(), seq: 2, front: '010203' }])
  })

  test('that its sender gave up needs no right crc: what was not sent is zeros', () => {
    const writer = by()
    const lateStatus = 1
    const frame = writer.frame({ tag: FrameTag.message, segments: [handHeader(), FRONT], lateStatus })
    // Nothing sealed can be zeros.
    if (!form.isSecure) frame.fill(0, frame.length - (form.revision === '2.1' ? 12 : 16))
    expect(readFrames([frame], form)).toEqual([{ kind: 'messageAborted' }])
  })

  test('may have empty segments in its interior', () => {
    const empty = new Uint8Array(0)
    const writer = by()
    const frames = [
      writer.frame({ tag: FrameTag.message, segments: [handHeader(), empty, empty, DATA] }),
      writer.frame({ tag: FrameTag.message, segments: [handHeader(), empty, DATA] }),
    ]
    expect(readFrames(frames, form)).toEqual([
      { ...message(), data: '0908070605' },
      { ...message(), middle: '0908070605' },
    ])
  })

  test.each([42, 48, 49, 64])('may have a message header of %i bytes, whose end is left aside', (size) => {
    const writer = by()
    const frames = [
      writer.frame({ tag: FrameTag.message, segments: [handHeader({ size }), FRONT] }),
      writer.frame({ tag: FrameTag.message, segments: [handHeader({ size })] }),
    ]
    expect(readFrames(frames, form)).toEqual([message(0, '010203'), message()])
  })

  test.each([9, 64])('may have an ack or a stamp of %i bytes, whose end is left aside', (size) => {
    const writer = by()
    const payload = new Uint8Array(size).fill(0xee)
    payload.set([5, 0, 0, 0, 0, 0, 0, 0])
    const tags = [FrameTag.ack, FrameTag.keepalive2, FrameTag.keepalive2Ack]
    const frames = tags.map((tag) => writer.frame({ tag, segments: [payload] }))
    expect(readFrames(frames, form)).toEqual([
      { kind: 'ack', seq: 5 },
      { kind: 'keepalive2', seconds: 5, nanoseconds: 0 },
      { kind: 'keepalive2Ack', seconds: 5, nanoseconds: 0 },
    ])
  })

  test('is not refused for its alignments', () => {
    const frame = by().frame({ tag: FrameTag.message, segments: [handHeader(), FRONT], alignment: 12_345 })
    expect(readFrames([frame], form)).toEqual([message(0, '010203')])
  })

  test('that says it is longer than allowed is refused before memory is taken for it', () => {
    const limits = { ...CHECKS.limits, maxFrontBytes: 10, maxControlBytes: 10 }
    const frames = [
      { tag: FrameTag.message, segments: [handHeader(), FRONT], lengths: [41, 0xffff_ffff] },
      { tag: FrameTag.hello, segments: [FRONT], lengths: [0xffff_ffff] },
    ]
    for (const frame of frames) {
      const reader = startedOn(by().frame(frame), form, { ...CHECKS, limits })
      expect(thrownBy(() => reader.next())).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_TOO_LONG' })
    }
  })

  test('is refused if its sequence numbers are beyond 2^53 - 1', () => {
    const header = handHeader()
    header[7] = 1
    const ackHeader = handHeader()
    ackHeader[35] = 1
    const ack = Uint8Array.of(0, 0, 0, 0, 0, 0, 0x20, 0)
    for (const frame of [
      { tag: FrameTag.message, segments: [header] },
      { tag: FrameTag.message, segments: [ackHeader] },
      { tag: FrameTag.ack, segments: [ack] },
    ]) {
      const reader = startedOn(by().frame(frame), form)
      const error = thrownBy(() => {
        readOn(reader, form, () => undefined)
      })
      expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_HEADER' })
    }
  })

  test('with any changed bit is an error or says what it said; it never says anything else', () => {
    const hello: Said = { kind: 'control', tag: FrameTag.hello, payload: '11'.repeat(50) }
    const frames = [hello, message(5, 'aabb')]
    const stream = encodeAll(frames, form)
    const start = bannerBytes().length
    // In 2.0 the bit by which a sender gives a frame up is covered by no crc.
    const isFrail = form.revision === '2.0' && !form.isSecure
    const allowed = isFrail ? [frames, [hello, { kind: 'messageAborted' }], frames.slice(1)] : [frames]
    let harmless = 0
    for (let bit = 8 * start; bit < 8 * stream.length; bit++) {
      const bytes = stream.slice()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      const found: (() => Said)[] = []
      try {
        readOn(readerOf(bytes), form, (said) => found.push(said))
        harmless++
      } catch (error) {
        if (!form.isSecure) expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_FRAME' })
        expect(found.map((said) => said())).toEqual(frames.slice(0, found.length))
        continue
      }
      expect(allowed).toContainEqual(found.map((said) => said()))
    }
    // In clear: half of the status; in 2.0 all of both, and the crcs of the segments that the first frame does not have.
    expect(harmless).toBe(form.isSecure ? 0 : form.revision === '2.1' ? 4 : 2 * 8 + 3 * 32)
  })
})

describe('FrameReaderV2', () => {
  test.each(FORMS)('reads nothing of a body before it is admitted ($revision, sealed: $isSecure)', (form) => {
    const reader = startedOn(encodeAll([message(5)], form).subarray(bannerBytes().length), form)
    expect([reader.next(), reader.next(), reader.next()]).toEqual(['messageArriving', undefined, undefined])
    expect(reader.header).toMatchObject({ frontLength: 0, middleLength: 0, dataLength: 5 })
    expect(reader.bodyLength).toBe(5)
    reader.admit()
    expect(reader.next()).toBe('message')
  })

  test.each(FORMS)('announces a message before its body is there ($revision, sealed: $isSecure)', (form) => {
    const earlier = encodeAll([message(3)], form)
    const stream = encodeAll([message(3), { ...message(5), seq: 2 }], form)
    const input = new InputBytes()
    const reader = new FrameReaderV2(input, CHECKS)
    // The preamble; in 2.1 the header too.
    const headLength = { '2.0': 32, '2.1': form.isSecure ? 96 : 32 + 41 + 4 }[form.revision]
    const cut = earlier.length + headLength
    input.push(stream.slice(0, cut - 1))
    readOn(reader, form, () => undefined)
    expect(reader.header.seq).toBe(1)
    input.push(stream.slice(cut - 1, cut))
    expect(reader.next()).toBe('messageArriving')
    // What is in the header is known only if somebody has vouched for it.
    const known = form.revision === '2.1'
    expect(reader.header).toMatchObject({ seq: known ? 2 : 0, type: known ? 50 : 0, tidLow: known ? 7 : 0 })
    expect(reader.header.dataLength).toBe(5)
  })

  test('fills the header and gives messages their source', () => {
    const reader = startedOn(readGolden('v2-message-2.1'), { revision: '2.1', isSecure: false })
    reader.useSource(EntityName.osd(9))
    reader.next()
    expect(reader.header).toMatchObject({
      seq: 1,
      tidLow: 7,
      tidHigh: 0,
      type: 50,
      priority: 127,
      version: 1,
      compatVersion: 1,
      dataOffset: 0,
      sourceType: 4,
      sourceNum: 9,
    })
    reader.admit()
    expect(reader.next()).toBe('message')
    const { source, front, data } = reader.decodeMessage(REGISTRY)
    expect([String(source), textOf(front), textOf(data)]).toEqual(['osd.9', '46524f4e54', '444154412121'])
  })

  test('copies a body of 2048 bytes, and lets one of 2049 lie where it was read', () => {
    for (const [length, isShared] of [
      [2_048, false],
      [2_049, true],
    ] as const) {
      for (const form of FORMS) {
        const reader = readerOf(encodeAll([message(length)], form))
        readOn(reader, form, () => undefined)
        expect(reader.takeSharesInput()).toBe(isShared && !form.isSecure)
        expect(reader.takeSharesInput()).toBe(false)
      }
    }
  })

  test('knows that a body lies in the input also while the end of its frame is missing', () => {
    for (const form of FORMS) {
      if (form.isSecure) continue
      const stream = encodeAll([message(5_000)], form)
      const input = new InputBytes()
      const reader = new FrameReaderV2(input, CHECKS)
      input.push(stream.slice(0, -1))
      readOn(reader, form, () => undefined)
      expect([reader.takeSharesInput(), input.holdsChunk]).toEqual([true, false])
    }
  })

  test('gives the payload of a control frame in memory of its own', () => {
    for (const form of FORMS) {
      const frames = ['aabbcc', 'ddeeff'].map((payload) => ({ kind: 'control', tag: FrameTag.hello, payload }) as const)
      const stream = encodeAll(frames, form)
      const reader = startedOn(stream.subarray(bannerBytes().length), form)
      expect(reader.next()).toBe('control')
      const { payload } = reader
      expect(reader.next()).toBe('control')
      stream.fill(0)
      expect(toHex(payload)).toBe('aabbcc')
    }
  })

  test('reads sealed frames from the one on that comes after useCipher', () => {
    const form = { revision: '2.1', isSecure: true } as const
    const plain = encodeAll([{ kind: 'control', tag: FrameTag.authDone, payload: 'dd' }], { ...form, isSecure: false })
    const sealed = encodeAll([{ kind: 'control', tag: FrameTag.authSignature, payload: 'ee' }], form)
    const reader = readerOf(joined([plain, sealed.subarray(bannerBytes().length)]))
    reader.next()
    reader.start('2.1')
    expect([reader.next(), reader.tag]).toEqual(['control', FrameTag.authDone])
    reader.useCipher(new GcmCipher('accept', '2.1'))
    expect([reader.next(), reader.tag, toHex(reader.payload)]).toEqual(['control', FrameTag.authSignature, 'ee'])
  })

  test('shows its transcript what was used up, up to the frame it has told of, however the bytes came', () => {
    const form = { revision: '2.1', isSecure: false } as const
    const frames: Said[] = [
      { kind: 'control', tag: FrameTag.hello, payload: 'aa'.repeat(40) },
      { kind: 'control', tag: FrameTag.authDone, payload: 'bb'.repeat(900) },
    ]
    const shown = encodeAll(frames, form)
    const more = encodeAll([{ kind: 'control', tag: FrameTag.authSignature, payload: 'cc' }], form)
    const stream = joined([shown, more.subarray(bannerBytes().length)])
    fc.assert(
      fc.property(fc.array(fc.nat(200)), (cuts) => {
        const input = new InputBytes()
        const reader = new FrameReaderV2(input, CHECKS)
        const transcript: Uint8Array[] = []
        reader.transcript = (bytes) => transcript.push(bytes.slice())
        let at = 0
        for (const length of [...cuts, stream.length]) {
          input.push(stream.slice(at, at + length))
          at += length
          for (let signal = reader.next(); signal !== undefined; signal = reader.next()) {
            if (signal === 'bannerReceived') reader.start('2.1')
            if (reader.tag === FrameTag.authDone) reader.transcript = undefined
          }
        }
        expect(reader.tag).toBe(FrameTag.authSignature)
        expect(toHex(joined(transcript))).toBe(toHex(shown))
      }),
    )
  })

  test.each(FORMS)('shows its transcript messages too ($revision, sealed: $isSecure)', (form) => {
    const stream = encodeAll([message(5_000, 'aabb'), message(3), { kind: 'ack', seq: 1 }], form)
    const input = new InputBytes()
    const reader = new FrameReaderV2(input, CHECKS)
    const transcript: Uint8Array[] = []
    reader.transcript = (bytes) => transcript.push(bytes.slice())
    input.push(stream)
    readOn(reader, form, () => undefined)
    expect(toHex(joined(transcript))).toBe(toHex(stream))
  })

  test('refuses a call that does not fit what it has read', () => {
    const reader = readerOf(bannerBytes())
    expect(() => {
      reader.start('2.1')
    }).toThrow('expected a banner that was read, got bannerPrefix')
    expect(() => {
      reader.admit()
    }).toThrow('expected a message that waits for admission')
    expect(() => {
      reader.useCipher(new GcmCipher('accept', '2.1'))
    }).toThrow('expected a frame that was read to its end')
  })
})

describe('what is not checked may be wrong', () => {
  const form = { revision: '2.1', isSecure: false } as const
  const count = (damagedAt: number, checks: typeof CHECKS): number => {
    const bytes = encodeAll([message(8, 'aabb')], form)
    bytes[bannerBytes().length + damagedAt]! ^= 1
    let found = 0
    readOn(readerOf(bytes, checks), form, () => found++)
    return found
  }
  const [front, data] = [32 + 41 + 4, 32 + 41 + 4 + 2]

  test('data, if crcData is off', () => {
    expect(() => count(data, CHECKS)).toThrow('crc of data')
    expect(() => count(front, { ...CHECKS, crcData: false })).toThrow('crc of front')
    expect(count(data, { ...CHECKS, crcData: false })).toBe(1)
  })

  test('header and front, if crcHeader is off', () => {
    const checks = { ...CHECKS, crcHeader: false }
    expect(() => count(32, CHECKS)).toThrow('crc of the first segment')
    expect([count(32, checks), count(31, checks), count(front, checks)]).toEqual([1, 1, 1])
    expect(() => count(data, checks)).toThrow('crc of data')
  })
})
