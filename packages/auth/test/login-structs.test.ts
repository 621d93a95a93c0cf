import { uint32 } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AuthRefusedError,
  CephxRequest,
  loginOfferCodec,
  loginStartCodec,
  PrincipalName,
  sessionKeyReplyCodec,
  sessionKeyRequestCodec,
  ticketsRequestCodec,
} from '../src/index.ts'
import { replyOf, requestOf } from '../src/login-structs.ts'
import { decodeFromBytes, encodeToBytes, readPayload } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'
import { expectInverse } from './structs.ts'

const ticket = fc.record({ secretId: arbitrary.uint64, sealed: arbitrary.bytes })
const grants = fc.array(
  fc.record({
    serviceId: arbitrary.uint32,
    sealedTicket: arbitrary.bytes,
    isBlobSealed: fc.boolean(),
    blob: arbitrary.bytes,
  }),
  { maxLength: 4 },
)

describe('structs of logins', () => {
  test('are decoded as they were encoded', () => {
    const { name, uint64, bytes } = arbitrary
    expectInverse(loginStartCodec, fc.record({ authMode: fc.nat({ max: 255 }), name, globalId: uint64 }))
    const methods = fc.array(arbitrary.uint32, { maxLength: 5 })
    expectInverse(loginOfferCodec, fc.record({ methods, name, globalId: uint64 }))
    const request = { clientChallenge: uint64, proof: uint64, oldTicket: ticket }
    const version = fc.constantFrom(2, 3)
    expectInverse(sessionKeyRequestCodec, fc.record({ version, ...request, otherKeys: arbitrary.uint32 }))
    expectInverse(sessionKeyRequestCodec, fc.record({ version: fc.constant(1), ...request, otherKeys: fc.constant(0) }))
    expectInverse(sessionKeyReplyCodec, fc.record({ tickets: grants, connectionSecret: bytes, extraTickets: grants }))
    const authorizer = fc.record({
      globalId: uint64,
      serviceId: arbitrary.uint32,
      ticket,
      sealedAuthorize: bytes,
    })
    expectInverse(ticketsRequestCodec, fc.record({ authorizer, services: arbitrary.uint32 }))
  })

  test('begin as monitors and services of Ceph want it', () => {
    const start = { authMode: 1, name: PrincipalName.parse('osd.9'), globalId: 1n }
    expect(Buffer.from(encodeToBytes(loginStartCodec, start)).toString('hex')).toBe(
      '010400000001000000390100000000000000',
    )
  })

  test('a reply may end after the tickets', () => {
    const reply = decodeFromBytes(sessionKeyReplyCodec, Uint8Array.of(1, 0, 0, 0, 0))
    expect(reply).toEqual({ tickets: [], connectionSecret: new Uint8Array(0), extraTickets: [] })
  })
})

describe('requests and replies', () => {
  test('have their number before them', () => {
    const codec = requestOf(CephxRequest.principalSessionKey, uint32)
    expect([...encodeToBytes(codec, 7)]).toEqual([0, 2, 7, 0, 0, 0])
    expect(() => decodeFromBytes(codec, Uint8Array.of(0, 1, 7, 0, 0, 0))).toThrow('request: expected 512, got 256')
    const reply = replyOf(CephxRequest.principalSessionKey, uint32)
    expect([...encodeToBytes(reply, 7)]).toEqual([0, 2, 0, 0, 0, 0, 7, 0, 0, 0])
    expect(decodeFromBytes(reply, Uint8Array.of(0, 2, 0, 0, 0, 0, 7, 0, 0, 0))).toBe(7)
  })

  test('a result that is not 0 is a refusal', () => {
    const reply = replyOf(CephxRequest.authSessionKey, uint32)
    expect(() => readPayload('reply', reply, Uint8Array.of(0, 1, 0xf3, 0xff, 0xff, 0xff))).toThrow(
      new AuthRefusedError(-13, 'the monitor refuses request 0x100'),
    )
  })
})
