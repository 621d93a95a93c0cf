import { crc32c } from '@msgr/bufferlist'
import { EntityAddr, EntityType, Feature, FEATURES_ALL, MPing } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS, type WireOptions } from '../../src/index.ts'
import type { ConnectRequest, OpenedReply } from '../../src/wire-v1/connect.ts'
import { WireV1 } from '../../src/wire-v1/wire-v1.ts'
import { joined, toHex } from '../bytes.ts'
import { addrBytes, BANNER, connectBytes, replyBytes } from '../network/raw-peer.ts'
import { thrownBy } from '../thrown-by.ts'
import { REGISTRY } from './frames.ts'

const OWN = EntityAddr.parse('v1:10.0.0.1:6800/11')
const PEER = EntityAddr.parse('v1:10.0.0.2:6800/22')
const SEEN = EntityAddr.parse('v1:10.0.0.2:40000/0')

const REQUEST: ConnectRequest = {
  features: FEATURES_ALL,
  peerType: EntityType.osd,
  globalSeq: 7,
  connectSeq: 2,
  protocolVersion: 10,
  lossy: false,
  authorizer: { protocol: 1, bytes: Uint8Array.of(1, 2) },
}

const OPENED: OpenedReply = {
  kind: 'opened',
  features: FEATURES_ALL,
  globalSeq: 5,
  connectSeq: 3,
  protocolVersion: 10,
  lossy: true,
  inSeq: 9,
  authorizerReply: Uint8Array.of(4),
}

function wireOf(role: 'dial' | 'accept'): WireV1 {
  const options: WireOptions = {
    ownType: EntityType.osd,
    ownNum: 0,
    crc32c,
    crcHeader: true,
    crcData: true,
    limits: DEFAULT_LIMITS,
  }
  return new WireV1(role, options)
}

function outputOf(wire: WireV1): string {
  return toHex(joined(wire.takeOutput()))
}

/** An accepting wire that has read a request, and has said nothing yet. */
function askedWire(): WireV1 {
  const wire = wireOf('accept')
  wire.start({ remoteAddr: SEEN }, OWN)
  wire.takeOutput()
  wire.receive(joined([BANNER, addrBytes(PEER), connectBytes({})]))
  expect([wire.next(), wire.next()]).toEqual(['identified', 'connectRequested'])
  return wire
}

describe('the dialling end writes', () => {
  test('its banner at once, its address with the first request, and only the request again after that', () => {
    const wire = wireOf('dial')
    wire.start({ remoteAddr: PEER }, OWN)
    expect(outputOf(wire)).toBe(toHex(BANNER))
    const fields = { globalSeq: 7, connectSeq: 2, authorizerProtocol: 1 }
    const request = toHex(connectBytes(fields, Uint8Array.of(1, 2)))
    wire.writeConnect(REQUEST, OWN)
    expect(outputOf(wire)).toBe(toHex(addrBytes(OWN)) + request)
    wire.writeConnect(REQUEST, OWN)
    expect(outputOf(wire)).toBe(request)
  })

  test('what it has got as a bare u64', () => {
    const wire = wireOf('dial')
    wire.writeInSeq(258)
    expect(outputOf(wire)).toBe('0201000000000000')
  })
})

describe('the accepting end writes', () => {
  test('its banner, its address and that of the peer as it sees it, at once', () => {
    const wire = wireOf('accept')
    wire.start({ remoteAddr: SEEN }, OWN)
    expect(outputOf(wire)).toBe(toHex(joined([BANNER, addrBytes(OWN), addrBytes(SEEN)])))
  })

  test('READY if it does not say what it has got', () => {
    const wire = askedWire()
    wire.writeOpened({ ...OPENED, inSeq: undefined })
    const fields = { tag: 1, globalSeq: 5, connectSeq: 3, flags: 1 }
    expect(outputOf(wire)).toBe(toHex(replyBytes(fields, Uint8Array.of(4))))
  })

  test('SEQ and what it has got if it does', () => {
    const wire = askedWire()
    wire.writeOpened(OPENED)
    const fields = { tag: 13, globalSeq: 5, connectSeq: 3, flags: 1 }
    expect(outputOf(wire)).toBe(toHex(replyBytes(fields, Uint8Array.of(4), 9)))
  })

  test('a challenge with its bytes, and reads another request then', () => {
    const wire = askedWire()
    wire.writeRetry({ kind: 'challenge', bytes: Uint8Array.of(8, 9) }, { features: 0x40n, protocolVersion: 10 })
    const fields = { tag: 16, features: 0x40n, globalSeq: 0, connectSeq: 0 }
    expect(outputOf(wire)).toBe(toHex(replyBytes(fields, Uint8Array.of(8, 9))))
    wire.receive(connectBytes({ globalSeq: 12 }))
    expect(wire.next()).toBe('connectRequested')
    expect(wire.request.globalSeq).toBe(12)
  })
})

describe('an accepting end that has agreed', () => {
  test('hears what the peer has got, and then frames', () => {
    const wire = askedWire()
    wire.writeOpened(OPENED)
    wire.open(FEATURES_ALL, undefined)
    wire.receive(Uint8Array.of(5, 1, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0, 9))
    expect([wire.next(), wire.seq]).toEqual(['peerInSeq', 261])
    expect([wire.next(), wire.seq]).toEqual(['ack', 6])
    expect([wire.next(), wire.next()]).toEqual(['keepalive', undefined])
  })
})

describe('what the ends agreed on decides', () => {
  const openWire = (features: bigint): WireV1 => {
    const wire = askedWire()
    wire.writeOpened({ ...OPENED, inSeq: undefined })
    wire.open(features, undefined)
    wire.takeOutput()
    return wire
  }

  test.each([
    [FEATURES_ALL, 1 + 53 + 21],
    [FEATURES_ALL & ~Feature.msgAuth, 1 + 53 + 13],
    [0n, 1 + 53 + 13],
  ])('with features %s an empty message takes %i bytes, both ways', (features, length) => {
    const [sender, receiver] = [openWire(features), openWire(features)]
    sender.writeMessage(new MPing(), 1)
    expect(sender.outputLength).toBe(length)
    receiver.receive(joined(sender.takeOutput()))
    expect(receiver.next()).toBe('messageArriving')
    receiver.admit()
    expect(receiver.next()).toBe('message')
    expect(receiver.decodeMessage(REGISTRY).seq).toBe(1)
  })

  test.each([
    [FEATURES_ALL, '0e0100000002000000'],
    [FEATURES_ALL & ~Feature.msgrKeepalive2, '09'],
  ])('with features %s a keepalive is %s', (features, hex) => {
    const wire = openWire(features)
    wire.writeKeepalive({ seconds: 1, nanoseconds: 2 })
    expect(outputOf(wire)).toBe(hex)
  })

  test('a keepalive of the newer kind is answered whatever they agreed on', () => {
    const wire = openWire(0n)
    wire.writeKeepaliveAck({ seconds: 1, nanoseconds: 2 })
    expect(outputOf(wire)).toBe('0f0100000002000000')
  })
})

describe('WireV1', () => {
  test('holds the memory it was given only while it needs it', () => {
    const wire = wireOf('dial')
    wire.start({ remoteAddr: PEER }, OWN)
    wire.receive(joined([BANNER, addrBytes(PEER), addrBytes(SEEN), replyBytes({ tag: 1 }).subarray(0, 3)]))
    expect(wire.next()).toBe('identified')
    expect(wire.releaseInput()).toBe(false)
    expect(wire.next()).toBeUndefined()
    expect(wire.releaseInput()).toBe(true)
  })

  test('throws if it is asked for what no signal has announced', () => {
    const wire = wireOf('dial')
    for (const what of ['identity', 'request', 'reply'] as const) {
      expect(thrownBy(() => wire[what])).toMatchObject({ message: expect.stringContaining(what) as string })
    }
  })
})
