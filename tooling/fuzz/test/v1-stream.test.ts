import { expect, test } from 'vitest'
import { readHexFiles } from '../src/hex-file.ts'
import {
  ALL_FEATURES,
  banner,
  concat,
  connect,
  legacyAddr,
  message,
  OLD_FOOTER_LENGTH,
  repairFrames,
  reply,
  tagged,
} from '../src/v1-stream.ts'

const NOTHING = new Uint8Array(0)
const PROTOCOL = 'packages/msgr-protocol/test/golden'

function golden(name: RegExp): string {
  const files = readHexFiles(PROTOCOL, name)
  expect(files).toHaveLength(1)
  return hex(files[0] ?? NOTHING)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

test('the parts of a stream are those that Ceph writes', () => {
  expect(hex(banner())).toBe(golden(/^banner/))
  expect(hex(legacyAddr({ port: 6789, nonce: 0 }))).toBe(golden(/^address-v1/))
  const request = { features: ALL_FEATURES, hostType: 8, globalSeq: 1, connectSeq: 0, protocolVersion: 15, flags: 1 }
  expect(hex(connect({ ...request, authorizerProtocol: 0, authorizer: NOTHING }))).toBe(golden(/^connect-client/))
})

test.each([/^mosdping-v5-ping\.txt/, /^mosdping-v4-ping/, /^mosdping-v2/, /^mping-client/])(
  'the checksums of %s are put right as Ceph makes them',
  (name) => {
    const [frame = NOTHING] = readHexFiles(PROTOCOL, name)
    const spoilt = frame.slice()
    spoilt.fill(0xff, 50, 54)
    spoilt.fill(0xff, frame.length - 21, frame.length - 9)
    expect(hex(spoilt)).not.toBe(hex(frame))
    repairFrames(spoilt, 0, 21)
    expect(hex(spoilt)).toBe(hex(frame))
  },
)

test('lengths can lie, and the header is right nevertheless', () => {
  const fields = {
    seq: 1n,
    type: 2,
    version: 1,
    compatVersion: 1,
    front: Uint8Array.of(5),
    middle: NOTHING,
    data: NOTHING,
  }
  const lying = message({ ...fields, frontLength: 0xffff_ffff }, OLD_FOOTER_LENGTH)
  const view = new DataView(lying.buffer)
  expect(view.getUint32(23, true)).toBe(0xffff_ffff)
  expect(lying).toHaveLength(54 + 1 + OLD_FOOTER_LENGTH)
  const repaired = lying.slice()
  repairFrames(repaired, 0, OLD_FOOTER_LENGTH)
  expect(hex(repaired)).toBe(hex(lying))
})

test('frames behind others are repaired too, up to what is none', () => {
  const fields = {
    seq: 1n,
    type: 2,
    version: 1,
    compatVersion: 1,
    front: NOTHING,
    middle: NOTHING,
    data: Uint8Array.of(1),
  }
  const right = concat(
    tagged(8, 1n),
    Uint8Array.of(9),
    tagged(14, 2n),
    message(fields),
    Uint8Array.of(99),
    message(fields),
  )
  const spoilt = right.slice()
  const first = 9 + 1 + 9 + 50
  const second = first + message(fields).length + 1
  spoilt.fill(0, first, first + 4)
  spoilt.fill(0, second, second + 4)
  repairFrames(spoilt, 0, 21)
  expect(hex(spoilt.subarray(0, second))).toBe(hex(right.subarray(0, second)))
  expect(hex(spoilt.subarray(second, second + 4))).toBe('00000000')
})

test('a reply says of its authorizer what it is told to say', () => {
  const fields = { tag: 1, features: 1n, globalSeq: 2, connectSeq: 3, protocolVersion: 4, flags: 1 }
  const bytes = reply({ ...fields, authorizer: Uint8Array.of(7), authorizerLength: 9 })
  expect(hex(bytes)).toBe('010100000000000000020000000300000004000000090000000107')
})
