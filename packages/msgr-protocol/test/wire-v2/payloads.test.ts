import { EntityAddr, EntityAddrVec } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  authBadMethodPayload,
  authDonePayload,
  authMorePayload,
  authRequestPayload,
  authSignaturePayload,
} from '../../src/wire-v2/auth-payloads.ts'
import { helloPayload } from '../../src/wire-v2/hello-payload.ts'
import type { PayloadCodec } from '../../src/wire-v2/payload-codec.ts'
import {
  clientIdentPayload,
  identMissingFeaturesPayload,
  serverIdentPayload,
  sessionReconnectOkPayload,
  sessionReconnectPayload,
  sessionResetPayload,
  sessionRetryGlobalPayload,
  sessionRetryPayload,
} from '../../src/wire-v2/session-payloads.ts'
import { hexToBytes, joined, readGolden, toHex } from '../bytes.ts'
import { thrownBy } from '../thrown-by.ts'

const u8 = fc.integer({ min: 0, max: 0xff })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const seq = fc.maxSafeNat()
const numbers = fc.array(u32, { maxLength: 32 })
const bytes = fc.uint8Array({ maxLength: 300 })
const addr = fc.constantFrom(
  EntityAddr.none,
  ...['v2:10.1.2.3:3300/1234', 'v1:127.0.0.1:6789/0', 'v2:[fe80::1]:6800/4294967295', 'any:0.0.0.0:0/9'].map((text) =>
    EntityAddr.parse(text),
  ),
)
const addrs = fc.array(addr, { maxLength: 32 }).map((list) => new EntityAddrVec(list))
const ident = {
  addrs,
  gid: fc.maxSafeInteger(),
  globalSeq: seq,
  featuresSupported: u64,
  featuresRequired: u64,
  lossy: fc.boolean(),
  cookie: u64,
}

/** Every codec with what it may be given; of one type, so that they fit in one table. */
interface Row {
  readonly name: string
  readonly codec: PayloadCodec<unknown>
  readonly values: fc.Arbitrary<unknown>
  /** Bytes of the shortest payload. */
  readonly minLength: number
}

function row<T>(name: string, codec: PayloadCodec<T>, values: fc.Arbitrary<T>, minLength: number): Row {
  return { name, codec, values, minLength }
}

const ROWS: readonly Row[] = [
  row('hello', helloPayload, fc.record({ entityType: u8, peerAddr: addr }), 1 + 35),
  row('auth request', authRequestPayload, fc.record({ method: u32, modes: numbers, payload: bytes }), 12),
  row(
    'auth bad method',
    authBadMethodPayload,
    fc.record({ method: u32, result: fc.integer(), allowedMethods: numbers, allowedModes: numbers }),
    16,
  ),
  row('auth more', authMorePayload, fc.record({ payload: bytes }), 4),
  row('auth done', authDonePayload, fc.record({ globalId: u64, mode: u32, payload: bytes }), 16),
  row('auth signature', authSignaturePayload, fc.uint8Array({ minLength: 32, maxLength: 32 }), 32),
  row('client ident', clientIdentPayload, fc.record({ ...ident, targetAddr: addr }), 5 + 35 + 48),
  row('server ident', serverIdentPayload, fc.record(ident), 5 + 48),
  row('ident missing features', identMissingFeaturesPayload, fc.record({ features: u64 }), 8),
  row(
    'session reconnect',
    sessionReconnectPayload,
    fc.record({ addrs, clientCookie: u64, serverCookie: u64, globalSeq: seq, connectSeq: seq, inSeq: seq }),
    5 + 40,
  ),
  row('session reset', sessionResetPayload, fc.record({ full: fc.boolean() }), 1),
  row('session retry', sessionRetryPayload, fc.record({ connectSeq: seq }), 8),
  row('session retry global', sessionRetryGlobalPayload, fc.record({ globalSeq: seq }), 8),
  row('session reconnect ok', sessionReconnectOkPayload, fc.record({ inSeq: seq }), 8),
]

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, field: unknown) => {
      if (typeof field === 'bigint') return `${field}n`
      if (field instanceof EntityAddr || field instanceof EntityAddrVec) return String(field)
      return field instanceof Uint8Array ? toHex(field) : field
    }),
  )
}

describe.each(ROWS)('the payload of $name', ({ name, codec, values, minLength }) => {
  test('comes back as it was written, and whatever a later version adds behind it is left aside', () => {
    fc.assert(
      fc.property(values, fc.uint8Array({ maxLength: 20 }), (value, more) => {
        const payload = codec.encode(value)
        expect(payload.length).toBeGreaterThanOrEqual(minLength)
        expect(plain(codec.decode(joined([payload, more])))).toEqual(plain(value))
      }),
    )
  })

  test('is refused if any byte is missing', () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, cut) => {
        const payload = codec.encode(value)
        const message = expect.stringContaining(`payload of ${name}: `) as string
        const error = thrownBy(() => codec.decode(payload.subarray(0, cut % payload.length)))
        expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_FRAME', message })
      }),
    )
  })

  test('whatever the bytes are, is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        try {
          codec.decode(payload)
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_FRAME' })
        }
      }),
    )
  })
})

// Frames that daemons sent or accepted, field by field.
describe('the bytes of other implementations', () => {
  test('hello', () => {
    const payload = readGolden('v2-hello-2.1').subarray(32, 68)
    const hello = helloPayload.decode(payload)
    expect(hello.entityType).toBe(8)
    expect(String(hello.peerAddr)).toBe('v2:127.0.0.1:3300/0')
    expect(toHex(helloPayload.encode(hello))).toBe(toHex(payload))
  })

  test('session reset, retry global, retry and reconnect ok', () => {
    expect(sessionResetPayload.decode(hexToBytes('01'))).toEqual({ full: true })
    expect(sessionResetPayload.decode(hexToBytes('00'))).toEqual({ full: false })
    expect(sessionRetryGlobalPayload.decode(hexToBytes('0a00000000000000'))).toEqual({ globalSeq: 10 })
    expect(sessionRetryPayload.decode(hexToBytes('0100000000000000'))).toEqual({ connectSeq: 1 })
    expect(sessionReconnectOkPayload.decode(hexToBytes('0100000000000000'))).toEqual({ inSeq: 1 })
  })
})

describe('the layout', () => {
  const one = EntityAddr.parse('v2:10.1.2.3:3300/1234')
  const oneHex = '0101011c00000002000000d20400001000000002000ce40a0102030000000000000000'
  const terms = { gid: -2, globalSeq: 3, featuresSupported: 4n, featuresRequired: 5n, lossy: true, cookie: 6n }
  const termsHex =
    'feffffffffffffff' +
    '0300000000000000' +
    '0400000000000000' +
    '0500000000000000' +
    '0100000000000000' +
    '0600000000000000'

  test('of a client ident', () => {
    const value = { addrs: new EntityAddrVec([one, one]), targetAddr: one, ...terms }
    expect(toHex(clientIdentPayload.encode(value))).toBe(`0202000000${oneHex}${oneHex}${oneHex}${termsHex}`)
  })

  test('of a server ident', () => {
    const value = { addrs: new EntityAddrVec([one]), ...terms }
    expect(toHex(serverIdentPayload.encode(value))).toBe(`0201000000${oneHex}${termsHex}`)
  })

  test('of a session reconnect', () => {
    const addrsOfOne = new EntityAddrVec([one])
    const value = { addrs: addrsOfOne, clientCookie: 1n, serverCookie: 2n, globalSeq: 3, connectSeq: 4, inSeq: 5 }
    const numbersHex = [1, 2, 3, 4, 5].map((number) => `0${number}00000000000000`).join('')
    expect(toHex(sessionReconnectPayload.encode(value))).toBe(`0201000000${oneHex}${numbersHex}`)
  })

  test('of an auth request, a refusal and a done', () => {
    const payload = hexToBytes('aabb')
    expect(toHex(authRequestPayload.encode({ method: 2, modes: [2, 1], payload }))).toBe(
      '02000000' + '02000000' + '02000000' + '01000000' + '02000000aabb',
    )
    const refusal = { method: 1, result: -95, allowedMethods: [2], allowedModes: [2, 1] }
    expect(toHex(authBadMethodPayload.encode(refusal))).toBe(
      '01000000' + 'a1ffffff' + '01000000' + '02000000' + '02000000' + '02000000' + '01000000',
    )
    expect(toHex(authDonePayload.encode({ globalId: 4100n, mode: 2, payload }))).toBe(
      '0410000000000000' + '02000000' + '02000000aabb',
    )
  })
})

describe('limits', () => {
  test('a list has 32 entries at most, and no more are read', () => {
    const count = (entries: number): Uint8Array => hexToBytes(`02000000${entries.toString(16).padStart(2, '0')}000000`)
    const list = (entries: number): Uint8Array => joined([count(entries), new Uint8Array(4 * entries + 4)])
    expect(authRequestPayload.decode(list(32)).modes).toHaveLength(32)
    const message = 'payload of auth request: expected at most 32 entries, got 33'
    expect(thrownBy(() => authRequestPayload.decode(list(33)))).toMatchObject({ message })
    const huge = hexToBytes('02000000ffffffff')
    expect(thrownBy(() => authRequestPayload.decode(huge))).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME' })
  })

  test('so has a list of addresses', () => {
    const reconnect = (length: number): Uint8Array =>
      sessionReconnectPayload.encode({
        addrs: new EntityAddrVec(Array.from({ length }, () => EntityAddr.none)),
        clientCookie: 1n,
        serverCookie: 2n,
        globalSeq: 3,
        connectSeq: 4,
        inSeq: 5,
      })
    expect(sessionReconnectPayload.decode(reconnect(32)).addrs).toHaveLength(32)
    expect(thrownBy(() => sessionReconnectPayload.decode(reconnect(33)))).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME' })
  })

  test('a seq is at most 2^53 - 1', () => {
    expect(sessionRetryPayload.decode(hexToBytes('ffffffffffff1f00')).connectSeq).toBe(Number.MAX_SAFE_INTEGER)
    const error = thrownBy(() => sessionRetryPayload.decode(hexToBytes('0000000000002000')))
    expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_FRAME' })
  })

  test('a signature has 32 bytes', () => {
    for (const length of [0, 31, 33]) {
      expect(thrownBy(() => authSignaturePayload.encode(new Uint8Array(length)))).toBeInstanceOf(RangeError)
    }
  })
})
