import { EntityAddr } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { OutputBytes } from '../../src/output-bytes.ts'
import { FrameTag } from '../../src/wire-v2/frame-tag.ts'
import { FrameWriterV2 } from '../../src/wire-v2/frame-writer-v2.ts'
import { helloPayload } from '../../src/wire-v2/hello-payload.ts'
import { joined, readGolden, toHex } from '../bytes.ts'
import { GcmCipher } from './gcm-cipher.ts'
import { bannerBytes, CHECKS, parcel, readAll, type Said } from './frames-v2.ts'

// Bytes of another implementation, read and written.

const hello = helloPayload.encode({ entityType: 8, peerAddr: EntityAddr.parse('v2:127.0.0.1:3300/0') })
const front = toHex(new TextEncoder().encode('FRONT'))
const data = toHex(new TextEncoder().encode('DATA!!'))
const message: Said = { kind: 'message', seq: 1, ackSeq: 0, tid: 7n, priority: 127, front, middle: '', data }

function writerOf(output: OutputBytes, revision: '2.0' | '2.1'): FrameWriterV2 {
  const writer = new FrameWriterV2(output, CHECKS)
  writer.start(revision)
  return writer
}

describe.each(['2.1', '2.0'] as const)('revision %s in clear', (revision) => {
  const read = (name: string): Said[] =>
    readAll(joined([bannerBytes(), readGolden(`v2-${name}-${revision}`)]), [], { revision, isSecure: false })
  const written = (write: (writer: FrameWriterV2) => void): string => {
    const output = new OutputBytes()
    write(writerOf(output, revision))
    return toHex(joined(output.take()))
  }

  test('hello', () => {
    const expected = toHex(readGolden(`v2-hello-${revision}`))
    expect(written((writer) => writer.writeControl(FrameTag.hello, hello))).toBe(expected)
    expect(read('hello')).toEqual([{ kind: 'control', tag: FrameTag.hello, payload: toHex(hello) }])
  })

  test('wait, which says nothing', () => {
    const expected = toHex(readGolden(`v2-wait-${revision}`))
    expect(written((writer) => writer.writeControl(FrameTag.wait, new Uint8Array(0)))).toBe(expected)
    expect(read('wait')).toEqual([{ kind: 'control', tag: FrameTag.wait, payload: '' }])
  })

  // The middle is empty but counted, so its crc is 0xffffffff.
  test('a message without middle', () => {
    const expected = toHex(readGolden(`v2-message-${revision}`))
    expect(written((writer) => writer.writeMessage(parcel({ tid: 7n, front, data }), 1, 0))).toBe(expected)
    expect(read('message')).toEqual([message])
  })
})

describe.each(['2.1', '2.0'] as const)('revision %s, sealed', (revision) => {
  const golden = readGolden(`v2-secure-${revision}`)

  test('three frames in a row are written', () => {
    const output = new OutputBytes()
    const writer = writerOf(output, revision)
    writer.useCipher(new GcmCipher('dial', revision))
    writer.writeControl(FrameTag.authSignature, new Uint8Array(32).fill(0x5a))
    writer.writeMessage(parcel({ tid: 7n, front, data }), 1, 0)
    writer.writeControl(FrameTag.clientIdent, new Uint8Array(60).fill(0x77))
    expect(toHex(joined(output.take()))).toBe(toHex(golden))
  })

  test('three frames in a row are read', () => {
    expect(readAll(joined([bannerBytes(), golden]), [], { revision, isSecure: true })).toEqual([
      { kind: 'control', tag: FrameTag.authSignature, payload: '5a'.repeat(32) },
      message,
      { kind: 'control', tag: FrameTag.clientIdent, payload: '77'.repeat(60) },
    ])
  })
})

test('the banner', () => {
  expect(toHex(bannerBytes())).toBe(toHex(readGolden('v2-banner')))
})
