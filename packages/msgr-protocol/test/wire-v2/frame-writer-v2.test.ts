import { BufferList } from '@msgr/bufferlist'
import { describe, expect, test } from 'vitest'
import { OutputBytes } from '../../src/output-bytes.ts'
import { FrameTag } from '../../src/wire-v2/frame-tag.ts'
import { FrameWriterV2 } from '../../src/wire-v2/frame-writer-v2.ts'
import { joined, readGolden, toHex } from '../bytes.ts'
import { FORMS } from './frame-by-hand.ts'
import { CHECKS, FEATURES, Parcel, parcel } from './frames-v2.ts'
import { GcmCipher } from './gcm-cipher.ts'

function writerTo(output: OutputBytes): FrameWriterV2 {
  const writer = new FrameWriterV2(output, CHECKS)
  writer.start('2.1')
  return writer
}

describe('FrameWriterV2', () => {
  test('does not copy a large body in clear', () => {
    const output = new OutputBytes()
    const body = new Uint8Array(10_000)
    const message = new Parcel()
    message.data = new BufferList(body)
    writerTo(output).writeMessage(message, 1, 0)
    expect(output.take()).toContain(body)
  })

  test('writes all crcs even if this end checks none, since 16.2 does', () => {
    const golden = readGolden('v2-message-2.1')
    const output = new OutputBytes()
    const writer = new FrameWriterV2(output, { ...CHECKS, crcHeader: false, crcData: false } as typeof CHECKS)
    writer.start('2.1')
    const text = new TextEncoder()
    const [front, data] = [toHex(text.encode('FRONT')), toHex(text.encode('DATA!!'))]
    writer.writeMessage(parcel({ tid: 7n, front, data }), 1, 0)
    expect(toHex(joined(output.take()))).toBe(toHex(golden))
  })

  test('tells with each message what its sender has got, and the data offset', () => {
    const output = new OutputBytes()
    const message = parcel({})
    message.dataOffset = 0x1234
    writerTo(output).writeMessage(message, 2 ** 33, 2 ** 40 + 5)
    const view = new DataView(joined(output.take()).buffer)
    expect(view.getBigUint64(32, true)).toBe(2n ** 33n)
    expect(view.getUint16(32 + 26, true)).toBe(0x1234)
    expect(view.getBigUint64(32 + 28, true)).toBe(2n ** 40n + 5n)
  })

  test.each(FORMS)(
    'takes as many bytes as the protocol says ($revision, sealed: $isSecure)',
    ({ revision, isSecure }) => {
      const pad = (length: number): number => Math.ceil(length / 16) * 16
      const output = new OutputBytes()
      const writer = new FrameWriterV2(output, CHECKS)
      writer.start(revision)
      if (isSecure) writer.useCipher(new GcmCipher('dial', revision))
      const taken = (): number => joined(output.take()).length

      for (const length of [0, 1, 16, 48, 49, 900, 5_000, 16_384]) {
        writer.writeControl(FrameTag.hello, new Uint8Array(length))
        const rest = pad(length) > 48 ? pad(length) - 48 + 16 : 0
        const crc21 = 32 + length + (length > 0 ? 4 : 0)
        const plain = revision === '2.0' ? 32 + length + 17 : crc21
        const sealed = revision === '2.0' ? 32 + pad(length) + 32 : 96 + rest
        expect(taken()).toBe(isSecure ? sealed : plain)
      }
      for (const [front, middle, data] of [
        [0, 0, 0],
        [7, 0, 0],
        [7, 5, 0],
        [0, 0, 9],
        [3_000, 20_000, 70_000],
      ] as const) {
        const hex = (length: number): string => 'ab'.repeat(length)
        writer.writeMessage(parcel({ front: hex(front), middle: hex(middle), data: hex(data) }), 1, 0)
        const length = front + middle + data
        const padded = pad(front) + pad(middle) + pad(data)
        const plain = revision === '2.0' ? 32 + 41 + length + 17 : 32 + 41 + 4 + (length > 0 ? length + 13 : 0)
        const sealed = revision === '2.0' ? 32 + 48 + padded + 32 : 96 + (length > 0 ? padded + 32 : 0)
        expect(taken()).toBe(isSecure ? sealed : plain)
      }
    },
  )

  // Each operation takes a nonce, so both ends have to count the same.
  test('seals an ordinary message in two operations, and in 2.0 any frame in one', () => {
    for (const revision of ['2.1', '2.0'] as const) {
      const cipher = new GcmCipher('dial', revision)
      const writer = new FrameWriterV2(new OutputBytes(), CHECKS)
      writer.start(revision)
      writer.useCipher(cipher)
      const counts = [
        () => writer.writeMessage(parcel({ front: 'aa', data: 'bb' }), 1, 0),
        () => writer.writeMessage(parcel({}), 2, 0),
        () => writer.writeAck(1),
        () => writer.writeControl(FrameTag.clientIdent, new Uint8Array(49)),
      ].map((write) => {
        const before = cipher.sealedCount
        write()
        return cipher.sealedCount - before
      })
      expect(counts).toEqual(revision === '2.1' ? [2, 1, 1, 2] : [1, 1, 1, 1])
    }
  })

  test('shows its transcript all that it writes, until that is enough', () => {
    for (const { revision, isSecure } of FORMS) {
      const output = new OutputBytes()
      const writer = new FrameWriterV2(output, CHECKS)
      const shown: Uint8Array[] = []
      writer.transcript = (bytes) => shown.push(bytes.slice())
      writer.writeBanner(FEATURES)
      writer.start(revision)
      if (isSecure) writer.useCipher(new GcmCipher('dial', revision))
      writer.writeControl(FrameTag.hello, new Uint8Array(900).fill(1))
      writer.writeMessage(parcel({ front: 'aabb', data: 'cd'.repeat(3_000) }), 1, 0)
      writer.writeAck(1)
      writer.writeKeepalive2({ seconds: 1, nanoseconds: 2 })
      expect(toHex(joined(shown))).toBe(toHex(joined(output.take())))
      writer.transcript = undefined
      const { length } = shown
      writer.writeAck(2)
      expect(shown).toHaveLength(length)
    }
  })
})
