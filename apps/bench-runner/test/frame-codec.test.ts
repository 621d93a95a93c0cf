import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFrame, encodeFrameHeader, FrameDecoder, MAX_PAYLOAD_BYTES } from '../src/frame-codec.ts'

/** What a decoder makes of chunks, copied while each is still there. */
function decode(chunks: readonly Buffer[]): string[] {
  const payloads: string[] = []
  const decoder = new FrameDecoder((payload) => payloads.push(Buffer.from(payload).toString('hex')))
  for (const chunk of chunks) decoder.push(chunk)
  return payloads
}

test('whatever the cuts, the frames that went in come out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 24 }),
      (payloads, cuts) => {
        const stream = Buffer.concat(payloads.map(encodeFrame))
        const ends = [...cuts.map((cut) => Math.floor(cut * stream.length)), stream.length].sort((a, b) => a - b)
        const chunks = ends.map((end, index) => stream.subarray(ends[index - 1] ?? 0, end))
        expect(decode(chunks)).toEqual(payloads.map((payload) => Buffer.from(payload).toString('hex')))
      },
    ),
  )
})

test('a stream that comes byte by byte gives the same frames', () => {
  const payloads = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('three')]
  const bytes = [...Buffer.concat(payloads.map(encodeFrame))].map((byte) => Buffer.from([byte]))
  expect(decode(bytes)).toEqual(payloads.map((payload) => payload.toString('hex')))
})

test('a frame is its length as a little-endian u32 and its payload', () => {
  expect(encodeFrame(Buffer.from('abc')).toString('hex')).toBe('03000000616263')
  expect(encodeFrameHeader(0x01020304).toString('hex')).toBe('04030201')
})

test('a frame that lies in one chunk is not copied', () => {
  const stream = Buffer.concat([encodeFrame(Buffer.from('abc')), encodeFrame(Buffer.from('defg'))])
  const views: Uint8Array[] = []
  new FrameDecoder((payload) => views.push(payload)).push(stream)
  expect(views.map(({ buffer }) => buffer === stream.buffer)).toEqual([true, true])
})

test('a frame that was cut does not lie in the memory of its chunks', () => {
  const stream = encodeFrame(Buffer.from('abcdef'))
  const chunks = [Buffer.from(stream.subarray(0, 6)), Buffer.from(stream.subarray(6))]
  let got: Uint8Array | undefined
  const decoder = new FrameDecoder((payload) => (got = payload))
  for (const chunk of chunks) {
    decoder.push(chunk)
    chunk.fill(0)
  }
  expect(Buffer.from(got!).toString()).toBe('abcdef')
})

test('a length above the limit is refused before memory is taken for it, wherever the header is cut', () => {
  const header = encodeFrameHeader(MAX_PAYLOAD_BYTES + 1)
  for (let cut = 0; cut <= header.length; cut++) {
    expect(() => decode([header.subarray(0, cut), header.subarray(cut)])).toThrow(
      expect.objectContaining({ code: 'ERR_BENCH_FRAME' }),
    )
  }
})
