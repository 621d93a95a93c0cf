import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CryptoKey, openGrant, sealGrant, SealError, ticketReplyCodec } from '../src/index.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'
import { expectInverse } from './structs.ts'

const grant = fc.record({
  serviceId: arbitrary.uint32,
  sealedTicket: arbitrary.bytes,
  isBlobSealed: fc.boolean(),
  blob: arbitrary.bytes,
})
const granted = {
  serviceId: 4,
  ticket: { sessionKey: CryptoKey.generate(), validity: { seconds: 3600, nanoseconds: 0 } },
  blob: { secretId: 7n, sealed: Uint8Array.of(1, 2, 3) },
}
const principalKey = CryptoKey.generate()
const oldSessionKey = CryptoKey.generate()

describe('ticket replies', () => {
  test('are decoded as they were encoded', () => {
    expectInverse(ticketReplyCodec, fc.array(grant, { maxLength: 6 }))
  })

  test('have 32 tickets at most', () => {
    const one = { serviceId: 4, sealedTicket: new Uint8Array(0), isBlobSealed: false, blob: new Uint8Array(0) }
    const reply = encodeToBytes(
      ticketReplyCodec,
      Array.from({ length: 33 }, () => one),
    )
    expect(() => decodeFromBytes(ticketReplyCodec, reply)).toThrow('tickets: expected at most 32, got 33')
  })
})

describe('a grant', () => {
  test.each([undefined, oldSessionKey])('is opened with the keys that it was sealed with', (old) => {
    const sealed = sealGrant(granted, { principalKey, oldSessionKey: old })
    expect(sealed.isBlobSealed).toBe(old !== undefined)
    const opened = openGrant(sealed, { principalKey, oldSessionKey })
    expect(opened.serviceId).toBe(4)
    expect(opened.ticket.sessionKey.equals(granted.ticket.sessionKey)).toBe(true)
    expect(opened.ticket.validity).toEqual(granted.ticket.validity)
    expect(opened.blob.secretId).toBe(7n)
    expect([...opened.blob.sealed]).toEqual([1, 2, 3])
  })

  test('is not opened with others', () => {
    const sealed = sealGrant(granted, { principalKey, oldSessionKey })
    expect(() => openGrant(sealed, { principalKey: oldSessionKey, oldSessionKey })).toThrow(SealError)
    expect(() => openGrant(sealed, { principalKey, oldSessionKey: principalKey })).toThrow(SealError)
    expect(() => openGrant(sealed, { principalKey })).toThrow('got one sealed with a session key we never had')
    const open = sealGrant(granted, { principalKey })
    expect(() => openGrant({ ...open, blob: Uint8Array.of(1) }, { principalKey })).toThrow('ticket: cannot be read')
  })

  // The one difference that is easily missed: under an old session key there is one more length.
  test('has a length before the ticket only under the seal', () => {
    const keys = { principalKey, oldSessionKey }
    const plainLength = sealGrant(granted, { principalKey }).blob.length
    const sealed = sealGrant(granted, keys).blob
    const opened = oldSessionKey.decrypt(5, sealed)!
    expect(opened.length).toBe(9 + 4 + plainLength)
  })
})
