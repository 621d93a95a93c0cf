import { EntityAddr, EntityName, EntityType, FEATURES_ALL } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  ConnectionMode,
  DEFAULT_LIMITS,
  FrameTag,
  type FrameRevision,
  type TransportSecurity,
  type WireOptions,
} from '../../src/index.ts'
import { authDonePayload, authRequestPayload, authSignaturePayload } from '../../src/wire-v2/auth-payloads.ts'
import { helloPayload } from '../../src/wire-v2/hello-payload.ts'
import { unexpectedFrame, WireV2 } from '../../src/wire-v2/wire-v2.ts'
import { joined, readGolden, toHex } from '../bytes.ts'
import { Note } from '../network/note.ts'
import { eventOf } from '../network/raw-peer.ts'
import { NO_BYTES } from '../network/raw-peer-v2.ts'
import { thrownBy } from '../thrown-by.ts'
import { CHECKS } from './frames-v2.ts'
import { GcmCipher } from './gcm-cipher.ts'
import { BY_NONE, CLIENT, dialled, entered, greeted, requested } from './handshake-ends.ts'

const HELLO = { entityType: EntityType.client, peerAddr: EntityAddr.parse('v2:127.0.0.1:3300/0') }
const DONE = { globalId: 7n, mode: ConnectionMode.secure, payload: NO_BYTES }

function wireOf(role: 'dial' | 'accept', maxRevision?: FrameRevision): WireV2 {
  const options: WireOptions = {
    ...CHECKS,
    limits: DEFAULT_LIMITS,
    ownType: EntityType.osd,
    ownNum: 1,
    ...(maxRevision !== undefined && { maxRevision }),
  }
  return new WireV2(role, options)
}

/** All that one has to say, told to the other. */
function carry(from: WireV2, to: WireV2): Uint8Array {
  const bytes = joined(from.takeOutput()).slice()
  to.receive(bytes)
  return bytes
}

/** Two ends that have read each other's banner. */
function started(ofDialler?: FrameRevision, ofAcceptor?: FrameRevision): { dial: WireV2; accept: WireV2 } {
  const [dial, accept] = [wireOf('dial', ofDialler), wireOf('accept', ofAcceptor)]
  for (const [from, to] of [
    [dial, accept],
    [accept, dial],
  ] as const) {
    carry(from, to)
    expect(to.next()).toBe('bannerReceived')
    to.start()
  }
  return { dial, accept }
}

/** A key both ends have: its signature is the length of what was signed and its bytes added up. */
function keyed(seen: Uint8Array[] = []): TransportSecurity {
  const sign = (parts: readonly Uint8Array[]): Uint8Array => {
    const bytes = joined(parts)
    seen.push(bytes)
    const signature = new Uint8Array(32).fill(0x5a)
    const sum = bytes.reduce((total, byte) => total + byte, 0)
    new DataView(signature.buffer).setUint32(0, bytes.length, true)
    new DataView(signature.buffer).setUint32(4, sum, true)
    return signature
  }
  return { signTranscript: sign, checkTranscript: (parts, signature) => toHex(sign(parts)) === toHex(signature) }
}

describe('the banner', () => {
  test('is the first that is said, before anything has come', () => {
    expect(toHex(joined(wireOf('dial').takeOutput()))).toBe(toHex(readGolden('v2-banner')))
    expect(toHex(joined(wireOf('accept').takeOutput()))).toBe(toHex(readGolden('v2-banner')))
  })

  test('of an end that is kept to 2.0 has no features', () => {
    const banner = readGolden('v2-banner')
    expect(toHex(joined(wireOf('dial', '2.0').takeOutput()))).toBe(`${toHex(banner.subarray(0, 10))}${'00'.repeat(16)}`)
  })

  test.each([
    [undefined, undefined, '2.1'],
    ['2.1', '2.1', '2.1'],
    ['2.0', undefined, '2.0'],
    [undefined, '2.0', '2.0'],
    ['2.0', '2.0', '2.0'],
  ] as const)('of ends that know %s and %s has both speak %s', (ofDialler, ofAcceptor, revision) => {
    const { dial, accept } = started(ofDialler, ofAcceptor)
    for (const [from, to] of [
      [dial, accept],
      [accept, dial],
    ] as const) {
      from.write(FrameTag.hello, helloPayload, HELLO)
      expect(toHex(carry(from, to))).toBe(toHex(readGolden(`v2-hello-${revision}`)))
      expect([to.next(), to.tag]).toEqual(['control', FrameTag.hello])
    }
  })

  test.each([
    ['2.1', undefined, { supported: 3n, required: 2n }, '0x2'],
    ['2.1', undefined, { supported: 1n, required: 1n << 63n }, '0x8000000000000000'],
    ['2.0', '2.0', { supported: 1n, required: 1n }, '0x1'],
  ] as const)('that requires more than %s has is refused', (_, maxRevision, features, missing) => {
    const settings = maxRevision === undefined ? {} : { maxRevision }
    const { error } = eventOf(dialled(CLIENT, settings).banner('2.1', features), 'closeTransport')
    const message = `banner: the peer requires features ${missing} of version 2, which we lack`
    expect(error).toMatchObject({ code: 'ERR_MSGR_REFUSED', message })
  })

  test('that requires what is there, or supports what nobody knows, is none to be refused', () => {
    const events = dialled().banner('2.1', { supported: 0xffff_ffff_ffff_ffffn, required: 1n })
    expect(events).toEqual([])
  })
})

describe('a signature', () => {
  test('is of all that came, up to AUTH_DONE and with it, and nothing after', () => {
    const { dial, accept } = started()
    const [signedByDialler, signedByAcceptor]: [Uint8Array[], Uint8Array[]] = [[], []]
    const banner = readGolden('v2-banner')
    dial.write(FrameTag.authRequest, authRequestPayload, BY_NONE)
    const request = carry(dial, accept)
    expect(accept.next()).toBe('control')
    accept.write(FrameTag.authDone, authDonePayload, DONE)
    const done = joined(accept.takeOutput()).slice()
    const signature = accept.secure(ConnectionMode.crc, keyed(signedByAcceptor))
    accept.write(FrameTag.authSignature, authSignaturePayload, signature)
    // Both in one piece, as TCP brings them.
    dial.receive(done)
    carry(accept, dial)
    expect([dial.next(), dial.tag]).toEqual(['control', FrameTag.authDone])
    const answer = dial.secure(ConnectionMode.crc, keyed(signedByDialler))
    expect([dial.next(), dial.tag]).toEqual(['control', FrameTag.authSignature])
    dial.checkSignature(dial.read(authSignaturePayload))
    accept.checkSignature(answer)
    const [toAcceptor, toDialler] = [joined([banner, request]), joined([banner, done])].map(toHex)
    expect(signedByDialler.map(toHex)).toEqual([toDialler, toAcceptor])
    expect(signedByAcceptor.map(toHex)).toEqual([toAcceptor, toDialler])
  })

  test('is of zeros without a key, and only such a one is right then', () => {
    for (const security of [undefined, {}]) {
      const { dial } = started()
      expect(dial.secure(ConnectionMode.crc, security)).toEqual(new Uint8Array(32))
      expect(() => dial.checkSignature(new Uint8Array(32))).not.toThrow()
    }
  })

  test.each([0, 13, 31])('that is not zero at %i is wrong without a key', (at) => {
    const { dial } = started()
    dial.secure(ConnectionMode.crc, undefined)
    const error = thrownBy(() => dial.checkSignature(new Uint8Array(32).fill(1, at, at + 1)))
    const message = 'handshake: the peer has signed other bytes than were sent, or with another key'
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_SIGNATURE', message })
  })

  test('of zeros is wrong if there is a key', () => {
    const { dial } = started()
    dial.secure(ConnectionMode.crc, keyed())
    const error = thrownBy(() => dial.checkSignature(new Uint8Array(32)))
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_SIGNATURE' })
  })

  test('that is wrong ends the transport of either end, and no session is asked for', () => {
    const dialling = requested()
    dialling.security = keyed()
    dialling.say(FrameTag.authDone, authDonePayload, { ...DONE, mode: ConnectionMode.crc })
    dialling.heard()
    const events = dialling.sign()
    expect(eventOf(events, 'closeTransport').error).toMatchObject({ code: 'ERR_MSGR_BAD_SIGNATURE' })
    expect(dialling.session.state).toBe('connecting')

    const accepting = greeted()
    accepting.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
    accepting.session.answerAuthorizer({ kind: 'accepted', reply: NO_BYTES, security: keyed() })
    const { error } = eventOf(accepting.sign(), 'closeTransport')
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_SIGNATURE' })
    expect(accepting.session.state).toBe('closed')
  })

  test('that a peer makes with a key that we do not have ends the transport of either end', () => {
    const dialling = requested()
    dialling.say(FrameTag.authDone, authDonePayload, { ...DONE, mode: ConnectionMode.crc })
    const { error } = eventOf(dialling.sign(new Uint8Array(32).fill(9)), 'closeTransport')
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_SIGNATURE' })

    const accepting = greeted()
    accepting.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
    accepting.session.answerAuthorizer({ kind: 'accepted', reply: NO_BYTES })
    const events = accepting.sign(new Uint8Array(32).fill(9))
    expect(eventOf(events, 'closeTransport').error).toMatchObject({ code: 'ERR_MSGR_BAD_SIGNATURE' })
  })
})

describe('mode secure', () => {
  test.each(['2.1', '2.0'] as const)('seals all that follows AUTH_DONE, in revision %s', (revision) => {
    const { dial, accept } = started(revision)
    const asked: unknown[] = []
    const security = (): TransportSecurity => ({
      frameCipher: (ofRevision, role) => {
        asked.push([ofRevision, role])
        return new GcmCipher(role, ofRevision)
      },
    })
    accept.write(FrameTag.authDone, authDonePayload, DONE)
    const ofAcceptor = accept.secure(ConnectionMode.secure, security())
    accept.write(FrameTag.authSignature, authSignaturePayload, ofAcceptor)
    const bytes = carry(accept, dial)
    expect(toHex(bytes)).not.toContain(toHex(ofAcceptor))
    expect([dial.next(), dial.tag, dial.read(authDonePayload).mode]).toEqual(['control', FrameTag.authDone, 2])
    dial.write(FrameTag.authSignature, authSignaturePayload, dial.secure(ConnectionMode.secure, security()))
    expect([dial.next(), dial.tag]).toEqual(['control', FrameTag.authSignature])
    carry(dial, accept)
    expect([accept.next(), accept.tag]).toEqual(['control', FrameTag.authSignature])
    expect(asked).toEqual([
      [revision, 'accept'],
      [revision, 'dial'],
    ])
    accept.open(EntityName.client(3))
    const note = Note.of(1, { dataLength: 100 })
    note.encode(FEATURES_ALL)
    dial.writeMessage(note, 1, 0)
    carry(dial, accept)
    expect(accept.next()).toBe('messageArriving')
    accept.admit()
    expect([accept.next(), accept.bodyLength]).toEqual(['message', 104])
  })

  const text = 'mode secure was agreed on, but the authenticator gave no cipher for it'
  test.each([
    ['no security', undefined],
    ['security without a cipher', {}],
    ['security that has none for this transport', { frameCipher: () => undefined }],
  ])('cannot be had with %s', (_, security) => {
    for (const role of ['dial', 'accept'] as const) {
      expect(thrownBy(() => started()[role].secure(ConnectionMode.secure, security))).toMatchObject({ message: text })
    }
  })

  test('that cannot be had ends the transport of either end, with nothing sent in clear', () => {
    const dialling = requested({ modes: [ConnectionMode.secure] })
    const events = dialling.say(FrameTag.authDone, authDonePayload, DONE)
    expect(eventOf(events, 'closeTransport').error).toMatchObject({ message: text })
    expect([dialling.session.state, dialling.heard()]).toEqual(['connecting', []])

    const accepting = greeted({ modes: [ConnectionMode.secure] })
    accepting.say(FrameTag.authRequest, authRequestPayload, { method: 2, modes: [2], payload: NO_BYTES })
    accepting.session.answerAuthorizer({ kind: 'accepted', reply: NO_BYTES })
    expect(eventOf(accepting.sign(), 'closeTransport').error).toMatchObject({ message: text })
    expect([accepting.session.state, accepting.heard()]).toEqual(['closed', []])
  })
})

describe('a frame of an open session', () => {
  test('is none before the session is open', () => {
    const { dial, accept } = started()
    dial.writeAck(3)
    carry(dial, accept)
    const message = 'frame: expected one of the handshake, got ack'
    expect(thrownBy(() => accept.next())).toMatchObject({ code: 'ERR_MSGR_BAD_TAG', message })
  })

  test('is what it says once it is', () => {
    const { dial, accept } = started()
    accept.open(EntityName.osd(1))
    dial.writeAck(3)
    dial.writeKeepalive({ seconds: 1, nanoseconds: 2 })
    dial.writeKeepaliveAck({ seconds: 3, nanoseconds: 4 })
    carry(dial, accept)
    expect([accept.next(), accept.seq]).toEqual(['ack', 3])
    expect([accept.next(), accept.stamp]).toEqual(['keepalive2', { seconds: 1, nanoseconds: 2 }])
    expect([accept.next(), accept.stamp]).toEqual(['keepalive2Ack', { seconds: 3, nanoseconds: 4 }])
    expect(accept.next()).toBeUndefined()
  })

  test('tells with a message what has been got', () => {
    const { dial, accept } = started()
    accept.open(EntityName.osd(1))
    const note = Note.of(9)
    note.encode(FEATURES_ALL)
    dial.writeMessage(note, 5, 4)
    carry(dial, accept)
    expect([accept.next(), accept.header.seq, accept.ackSeq, accept.messagesCarryAcks]).toEqual([
      'messageArriving',
      5,
      4,
      true,
    ])
  })
})

// A transcript is of a handshake, which is short.
test('what comes after AUTH_DONE may be as long as it likes, either way', () => {
  const { dial, accept } = started()
  for (const wire of [dial, accept]) {
    wire.secure(ConnectionMode.crc, undefined)
    wire.open(EntityName.osd(1))
  }
  for (const [from, to] of [
    [dial, accept],
    [accept, dial],
  ] as const) {
    for (const seq of [1, 2]) {
      const note = Note.of(9, { dataLength: 60_000 })
      note.encode(FEATURES_ALL)
      from.writeMessage(note, seq, 0)
      carry(from, to)
      expect(to.next()).toBe('messageArriving')
      to.admit()
      expect([to.next(), to.header.seq]).toEqual(['message', seq])
    }
  }
})

test('bytes that were read are free, until a message lies in them', () => {
  const { dial, accept } = started()
  accept.open(EntityName.osd(1))
  expect(accept.releaseInput()).toBe(true)
  const note = Note.of(9, { dataLength: 40_000 })
  note.encode(FEATURES_ALL)
  dial.writeMessage(note, 1, 0)
  carry(dial, accept)
  expect(accept.next()).toBe('messageArriving')
  expect(accept.releaseInput()).toBe(false)
  accept.admit()
  expect(accept.next()).toBe('message')
  expect([accept.releaseInput(), accept.releaseInput()]).toEqual([false, true])
})

test('a frame that does not say what its kind says ends the transport', () => {
  const { error } = eventOf(entered().sayBytes(FrameTag.clientIdent), 'closeTransport')
  expect(error).toMatchObject({
    code: 'ERR_MSGR_BAD_FRAME',
    message: expect.stringContaining('client ident') as string,
  })
})

test('an unexpected frame is told with what was expected', () => {
  const error = unexpectedFrame(FrameTag.wait, 'hello (1)')
  expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_TAG', message: 'tag of a frame: expected hello (1), got 16' })
})
