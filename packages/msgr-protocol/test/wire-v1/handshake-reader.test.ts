import { EntityAddr } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/index.ts'
import { InputBytes } from '../../src/input-bytes.ts'
import { BANNER, HandshakeReader } from '../../src/wire-v1/handshake-reader.ts'
import { joined, readGolden, toHex } from '../bytes.ts'
import { addrBytes, connectBytes, replyBytes } from '../network/raw-peer.ts'
import { thrownBy } from '../thrown-by.ts'

const ADDR = EntityAddr.parse('v1:10.1.2.3:6801/4021')
const SEEN = EntityAddr.parse('v1:192.168.0.7:55000/0')

function readerOf(role: 'dial' | 'accept', ...chunks: Uint8Array[]): HandshakeReader {
  const input = new InputBytes()
  for (const chunk of chunks) input.push(chunk)
  return new HandshakeReader(role, input, { ...DEFAULT_LIMITS, maxAuthorizerBytes: 64 })
}

test('the banner is the one of version 1', () => {
  expect(toHex(BANNER)).toBe(toHex(readGolden('banner')))
})

test('an address of the handshake is the 136 bytes that Ceph writes', () => {
  expect(toHex(addrBytes(EntityAddr.parse('v1:127.0.0.1:6789/0')))).toBe(toHex(readGolden('address-v1-127.0.0.1-6789')))
})

describe('the dialling end', () => {
  test('learns who the peer is and how it is seen', () => {
    const reader = readerOf('dial', BANNER, addrBytes(ADDR), addrBytes(SEEN))
    expect(reader.next()).toBe('identified')
    expect(reader.identity?.peerAddr.toString()).toBe(ADDR.toString())
    expect(reader.identity?.seenAddr?.toString()).toBe(SEEN.toString())
    expect(reader.next()).toBeUndefined()
  })

  test('reads replies until one agrees, and what follows that is not its own', () => {
    const reader = readerOf(
      'dial',
      BANNER,
      addrBytes(ADDR),
      addrBytes(SEEN),
      replyBytes({ tag: 4, connectSeq: 3 }),
      replyBytes({ tag: 16 }, Uint8Array.of(1, 2, 3)),
      replyBytes({ tag: 13, connectSeq: 4 }, Uint8Array.of(9), 77),
      Uint8Array.of(7),
    )
    const signals = Array.from({ length: 4 }, () => [reader.next(), reader.reply?.kind])
    expect(signals).toEqual([
      ['identified', undefined],
      ['connectReplied', 'retrySession'],
      ['connectReplied', 'challenge'],
      ['connectReplied', 'opened'],
    ])
    expect(reader.reply).toMatchObject({ inSeq: 77, authorizerReply: Uint8Array.of(9) })
    expect(reader.isDone).toBe(true)
    expect(reader.next()).toBeUndefined()
  })

  test('does not take a reply for read before the in seq after it is there', () => {
    const reply = replyBytes({ tag: 13 }, new Uint8Array(0), 5)
    const reader = readerOf('dial', BANNER, addrBytes(ADDR), addrBytes(SEEN), reply.subarray(0, -1))
    expect([reader.next(), reader.next()]).toEqual(['identified', undefined])
  })
})

describe('the accepting end', () => {
  test('learns who the peer is, and gets requests one at a time', () => {
    const first = connectBytes({ connectSeq: 0, globalSeq: 4 }, Uint8Array.of(1, 2))
    const second = connectBytes({ connectSeq: 0, globalSeq: 5 })
    const reader = readerOf('accept', BANNER, addrBytes(ADDR), first, second)
    expect([reader.next(), reader.next()]).toEqual(['identified', 'connectRequested'])
    expect(reader.request).toMatchObject({ globalSeq: 4, authorizer: { bytes: Uint8Array.of(1, 2) } })
    expect(reader.next()).toBeUndefined()
    reader.expectRequest()
    expect(reader.next()).toBe('connectRequested')
    expect(reader.request?.globalSeq).toBe(5)
  })

  test('reads what the peer has got, if it has asked', () => {
    const inSeq = Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0)
    const reader = readerOf('accept', BANNER, addrBytes(ADDR), connectBytes({}), inSeq)
    expect([reader.next(), reader.next()]).toEqual(['identified', 'connectRequested'])
    reader.expectFrames(true)
    expect(reader.isDone).toBe(false)
    expect([reader.next(), reader.inSeq, reader.isDone]).toEqual(['peerInSeq', 9, true])
  })

  test('leaves what follows alone, if it has not', () => {
    const reader = readerOf('accept', BANNER, addrBytes(ADDR), connectBytes({}), new Uint8Array(8))
    expect([reader.next(), reader.next()]).toEqual(['identified', 'connectRequested'])
    reader.expectFrames(false)
    expect([reader.isDone, reader.next()]).toEqual([true, undefined])
  })
})

test('a handshake does not depend on where the stream is cut', () => {
  const stream = joined([BANNER, addrBytes(ADDR), connectBytes({ globalSeq: 4 }, new Uint8Array(50).fill(3))])
  for (let cut = 1; cut < stream.length; cut++) {
    const reader = readerOf('accept', stream.subarray(0, cut), stream.subarray(cut))
    expect([reader.next(), reader.next()]).toEqual(['identified', 'connectRequested'])
    expect(reader.request?.authorizer.bytes).toEqual(new Uint8Array(50).fill(3))
  }
})

describe('a peer is cut off', () => {
  test.each(['HTTP/1.1 ', 'ceph v2\n\0', 'SSH-2.0-O', 'ceph v026', '\x16\x03\x01\x02\0\x01\0\x01\xfc'])(
    'for the banner %j',
    (text) => {
      const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
      const message = `banner: expected "ceph v027", got ${JSON.stringify(text)}`
      for (const role of ['accept', 'dial'] as const) {
        const error = thrownBy(() => readerOf(role, bytes).next())
        expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_BANNER', message })
      }
    },
  )

  test('for an authorizer that is too long, before memory is taken for it', () => {
    const connect = connectBytes({ authorizerLength: 0xffff_ffff })
    const reader = readerOf('accept', BANNER, addrBytes(ADDR), connect)
    reader.next()
    const message = 'length of the authorizer: expected at most 64, got 4294967295'
    expect(thrownBy(() => reader.next())).toMatchObject({ code: 'ERR_MSGR_TOO_LONG', message })
  })

  test('for a reply to an authorizer that is too long', () => {
    const reader = readerOf(
      'dial',
      BANNER,
      addrBytes(ADDR),
      addrBytes(SEEN),
      replyBytes({ tag: 1, authorizerLength: 65 }),
    )
    reader.next()
    const message = 'length of the authorizer reply: expected at most 64, got 65'
    expect(thrownBy(() => reader.next())).toMatchObject({ code: 'ERR_MSGR_TOO_LONG', message })
  })

  test('for a number of messages that no number can hold', () => {
    const reply = replyBytes({ tag: 13 }, new Uint8Array(0), 0)
    reply.fill(0xff, -8)
    const reader = readerOf('dial', BANNER, addrBytes(ADDR), addrBytes(SEEN), reply)
    reader.next()
    expect(thrownBy(() => reader.next())).toMatchObject({ code: 'ERR_MSGR_BAD_HEADER' })
  })
})
