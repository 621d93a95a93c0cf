import { FrameCipher } from '@msgr/auth'
import { describe, expect, test } from 'vitest'
import { readHexFiles } from '../src/hex-file.ts'
import { concat } from '../src/v1-stream.ts'
import { frameV2, headerV2, repairFramesV2, sealFramesV2, type V2Form } from '../src/v2-stream.ts'

const GOLDEN = 'packages/msgr-protocol/test/golden'
const SECRET = Uint8Array.from({ length: 64 }, (_, i) => i)

function golden(name: string): string {
  const [bytes = new Uint8Array(0)] = readHexFiles(GOLDEN, new RegExp(`^v2-${name}\\.txt$`))
  return hexOf(bytes)
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The golden message. Its data has another alignment than the rest. */
function message(form: V2Form): Uint8Array {
  const header = headerV2({ seq: 1n, type: 50, version: 1, compatVersion: 1 })
  header[8] = 7
  const [front, data] = ['FRONT', 'DATA!!'].map((text) => Uint8Array.from(Buffer.from(text)))
  const segments = [header, front ?? header, new Uint8Array(0), data ?? header]
  const bytes = frameV2({ tag: 17, segments }, form)
  // Nothing follows an empty middle but its alignment.
  new DataView(bytes.buffer).setUint16(24, 4096, true)
  repairFramesV2(bytes, 0, form)
  return bytes
}

describe.each(['2.0', '2.1'] as const)('frames of %s are laid out as another implementation does', (revision) => {
  test('in clear', () => {
    const form = { revision, isSecure: false }
    expect(hexOf(message(form))).toBe(golden(`message-${revision}`))
    expect(hexOf(frameV2({ tag: 16, segments: [new Uint8Array(0)] }, form))).toBe(golden(`wait-${revision}`))
  })

  test('sealed', () => {
    const form = { revision, isSecure: true }
    const stream = concat(
      frameV2({ tag: 7, segments: [new Uint8Array(32).fill(0x5a)] }, form),
      message(form),
      frameV2({ tag: 8, segments: [new Uint8Array(60).fill(0x77)] }, form),
    )
    const sealed = sealFramesV2(stream, revision, new FrameCipher(SECRET, { role: 'dial', revision }))
    expect(hexOf(sealed)).toBe(golden(`secure-${revision}`))
  })

  test('and checksums that were wrong are put right', () => {
    const form = { revision, isSecure: false }
    const stream = concat(message(form), message(form))
    const broken = stream.slice()
    for (const at of [29, stream.length / 2 - 2, stream.length / 2 + 30]) broken[at] = (broken[at] ?? 0) ^ 0xff
    repairFramesV2(broken, 0, form)
    expect(hexOf(broken)).toBe(hexOf(stream))
  })
})

test('what is no frame, or not all there, is left as it is', () => {
  const form = { revision: '2.1', isSecure: false } as const
  const frame = message(form)
  for (let length = 0; length < frame.length; length++) {
    const part = frame.slice(0, length)
    repairFramesV2(part, 0, form)
    expect(hexOf(part)).toBe(hexOf(frame.subarray(0, length)))
  }
})
