import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConnectReply, ConnectRequest, RetryReply } from '../../src/wire-v1/connect.ts'
import {
  CONNECT_REPLY_SIZE,
  CONNECT_SIZE,
  fieldsToReply,
  readConnectFields,
  readReplyFields,
  retryToFields,
  writeConnectFields,
  writeReplyFields,
} from '../../src/wire-v1/connect-codec.ts'
import { readGolden, toHex } from '../bytes.ts'

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const bytes = fc.uint8Array({ maxLength: 40 })

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.length)
}

describe('a request', () => {
  test('of the ceph client is read field by field', () => {
    expect(readConnectFields(viewOf(readGolden('connect-client-first-attempt')), 0)).toEqual({
      features: 0x3f01cfbdfffdffffn,
      peerType: 8,
      globalSeq: 1,
      connectSeq: 0,
      protocolVersion: 15,
      authorizer: { protocol: 0, bytes: new Uint8Array(0) },
      authorizerLength: 0,
      lossy: true,
    })
  })

  test('of the ceph client is written byte by byte', () => {
    const request: ConnectRequest = {
      features: 0x3f01cfbdfffdffffn,
      peerType: 8,
      globalSeq: 1,
      connectSeq: 0,
      protocolVersion: 15,
      lossy: true,
      authorizer: { protocol: 0, bytes: new Uint8Array(0) },
    }
    const written = new Uint8Array(CONNECT_SIZE)
    writeConnectFields(request, viewOf(written), 0)
    expect(toHex(written)).toBe(toHex(readGolden('connect-client-first-attempt')))
  })

  test('comes back as it was written, at any offset', () => {
    const request = fc.record({
      features: u64,
      peerType: u32,
      globalSeq: u32,
      connectSeq: u32,
      protocolVersion: u32,
      lossy: fc.boolean(),
      authorizer: fc.record({ protocol: u32, bytes }),
    })
    fc.assert(
      fc.property(request, fc.nat(20), (asked, offset) => {
        const view = new DataView(new ArrayBuffer(CONNECT_SIZE + 20))
        writeConnectFields(asked, view, offset)
        const { authorizerLength, ...read } = readConnectFields(view, offset)
        expect(authorizerLength).toBe(asked.authorizer.bytes.length)
        expect({ ...read, authorizer: asked.authorizer }).toEqual(asked)
        expect(read.authorizer.protocol).toBe(asked.authorizer.protocol)
      }),
    )
  })

  test('is lossy by its lowest flag alone', () => {
    const data = readGolden('connect-client-first-attempt')
    data[32] = 0xfe
    expect(readConnectFields(viewOf(data), 0).lossy).toBe(false)
  })
})

describe('the fields of a reply', () => {
  test('lie where the protocol has them', () => {
    const view = new DataView(new ArrayBuffer(CONNECT_REPLY_SIZE))
    const fields = { tag: 0x11, features: 0x0123456789abcdefn, globalSeq: 0x21222324, connectSeq: 0x31323334 }
    writeReplyFields({ ...fields, protocolVersion: 0x41424344, authorizerLength: 0x51525354, flags: 0x61 }, view, 0)
    const expected = '11 efcdab8967452301 24232221 34333231 44434241 54535251 61'
    expect(toHex(new Uint8Array(view.buffer))).toBe(expected.replaceAll(' ', ''))
  })

  test('come back as they were written, at any offset', () => {
    const u8 = fc.integer({ min: 0, max: 255 })
    const reply = fc.record({
      tag: u8,
      features: u64,
      globalSeq: u32,
      connectSeq: u32,
      protocolVersion: u32,
      authorizerLength: u32,
      flags: u8,
    })
    fc.assert(
      fc.property(reply, fc.nat(20), (fields, offset) => {
        const view = new DataView(new ArrayBuffer(CONNECT_REPLY_SIZE + 20))
        writeReplyFields(fields, view, offset)
        expect(readReplyFields(view, offset)).toEqual(fields)
      }),
    )
  })
})

describe('a reply that asks to try again', () => {
  const cases: [RetryReply, tag: number][] = [
    [{ kind: 'resetSession' }, 2],
    [{ kind: 'wait' }, 3],
    [{ kind: 'retrySession', seq: 77 }, 4],
    [{ kind: 'retryGlobal', seq: 88 }, 5],
    [{ kind: 'badProtocolVersion', expected: 24 }, 10],
    [{ kind: 'badAuthorizer' }, 11],
    [{ kind: 'missingFeatures', features: 0x2000n }, 12],
    [{ kind: 'challenge', bytes: Uint8Array.of(1, 2, 3) }, 16],
  ]

  test.each(cases)('travels and comes back: $kind', (reply, tag) => {
    const { fields, bytes: following } = retryToFields(reply, { features: 0x2000n, protocolVersion: 24 })
    expect(fields.tag).toBe(tag)
    expect(fields.authorizerLength).toBe(following.length)
    expect(fieldsToReply(fields, following, undefined)).toEqual(reply)
  })

  test('carries features and protocol version, whatever it says', () => {
    const { fields } = retryToFields({ kind: 'wait' }, { features: 0x40n, protocolVersion: 10 })
    expect(fields).toMatchObject({ features: 0x40n, protocolVersion: 10, flags: 0 })
  })
})

describe('a reply that agrees', () => {
  const fields = { features: 0x42n, globalSeq: 5, connectSeq: 2, protocolVersion: 10, authorizerLength: 2, flags: 1 }

  test.each([
    [1, undefined],
    [13, 0],
    [13, 900],
  ])('with tag %i and in seq %s tells all that was agreed', (tag, inSeq) => {
    const reply: ConnectReply = fieldsToReply({ tag, ...fields }, Uint8Array.of(7, 8), inSeq)
    expect(reply).toEqual({
      kind: 'opened',
      features: 0x42n,
      globalSeq: 5,
      connectSeq: 2,
      protocolVersion: 10,
      lossy: true,
      inSeq,
      authorizerReply: Uint8Array.of(7, 8),
    })
  })

  test('is lossless without the lowest flag', () => {
    expect(fieldsToReply({ tag: 1, ...fields, flags: 2 }, new Uint8Array(0), undefined)).toMatchObject({ lossy: false })
  })
})

test('only the tags of replies are replies', () => {
  const fields = { features: 0n, globalSeq: 0, connectSeq: 0, protocolVersion: 0, authorizerLength: 0, flags: 0 }
  const known = Array.from({ length: 256 }, (_, tag) => tag).filter((tag) => {
    try {
      fieldsToReply({ tag, ...fields }, new Uint8Array(0), undefined)
      return true
    } catch (error) {
      expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_REPLY' })
      return false
    }
  })
  expect(known).toEqual([1, 2, 3, 4, 5, 10, 11, 12, 13, 16])
})
