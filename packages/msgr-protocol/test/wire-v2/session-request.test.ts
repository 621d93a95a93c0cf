import { EntityAddr, EntityAddrVec } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addrsOf,
  askedBy,
  decodeRequest,
  encodeRequest,
  type SessionRequest,
} from '../../src/wire-v2/session-request.ts'

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const addr = fc
  .constantFrom('v2:10.1.2.3:3300/1234', 'v1:127.0.0.1:6789/0', 'v2:[fe80::1]:6800/4294967295')
  .map((text) => EntityAddr.parse(text))
const addrs = fc.array(addr, { minLength: 1, maxLength: 4 }).map((list) => new EntityAddrVec(list))
const seq = fc.maxSafeNat()

const clientIdent: fc.Arbitrary<SessionRequest> = fc
  .record({
    addrs,
    targetAddr: addr,
    gid: fc.maxSafeInteger(),
    globalSeq: seq,
    featuresSupported: u64,
    featuresRequired: u64,
    lossy: fc.boolean(),
    cookie: u64,
  })
  .map((ident) => ({ kind: 'clientIdent', ident }))
const sessionReconnect: fc.Arbitrary<SessionRequest> = fc
  .record({ addrs, clientCookie: u64, serverCookie: u64, globalSeq: seq, connectSeq: seq, inSeq: seq })
  .map((reconnect) => ({ kind: 'sessionReconnect', reconnect }))

describe('a request', () => {
  test('is plain data that says the same, in memory of its own', () => {
    fc.assert(
      fc.property(fc.oneof(clientIdent, sessionReconnect), (request) => {
        const encoded = encodeRequest(request)
        expect(encoded.payload.buffer.byteLength).toBe(encoded.payload.length)
        const again = decodeRequest(structuredClone(encoded))
        expect(again.kind).toBe(request.kind)
        expect(addrsOf(again).toString()).toBe(addrsOf(request).toString())
        expect(askedBy(again)).toEqual(askedBy(request))
        expect(encodeRequest(again)).toEqual(encoded)
      }),
    )
  })

  test('asks for a new session, or to go on with one', () => {
    fc.assert(
      fc.property(clientIdent, sessionReconnect, (first, second) => {
        if (first.kind !== 'clientIdent' || second.kind !== 'sessionReconnect') throw new Error('expected one of each')
        const { cookie, globalSeq } = first.ident
        expect(askedBy(first)).toEqual({ isReconnect: false, clientCookie: cookie, connectSeq: 0, globalSeq })
        const { clientCookie, connectSeq, globalSeq: secondSeq } = second.reconnect
        expect(askedBy(second)).toEqual({ isReconnect: true, clientCookie, connectSeq, globalSeq: secondSeq })
      }),
    )
  })
})
