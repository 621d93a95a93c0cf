import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  authTicketCodec,
  capsInfoCodec,
  PrincipalName,
  serviceTicketCodec,
  serviceTicketInfoCodec,
  ticketBlobCodec,
} from '../src/index.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'
import { expectInverse } from './structs.ts'

const authTicket = fc.record({
  name: arbitrary.name,
  globalId: arbitrary.uint64,
  created: arbitrary.time,
  expires: arbitrary.time,
  caps: arbitrary.capsInfo,
})

describe('structs of tickets', () => {
  test('are decoded as they were encoded', () => {
    expectInverse(serviceTicketCodec, fc.record({ sessionKey: arbitrary.key, validity: arbitrary.time }))
    expectInverse(capsInfoCodec, arbitrary.capsInfo)
    expectInverse(authTicketCodec, authTicket)
    expectInverse(serviceTicketInfoCodec, fc.record({ ticket: authTicket, sessionKey: arbitrary.key }))
    expectInverse(ticketBlobCodec, fc.record({ secretId: arbitrary.uint64, sealed: arbitrary.bytes }))
  })

  test('lie on the wire as their layouts say', () => {
    const ticket = {
      name: PrincipalName.parse('client.admin'),
      globalId: 4100n,
      created: { seconds: 1, nanoseconds: 2 },
      expires: { seconds: 3, nanoseconds: 4 },
      caps: { allowAll: false, caps: 'allow *' },
    }
    const hex = [
      '02 08000000 05000000 61646d696e 0410000000000000 ffffffffffffffff',
      '0100000002000000 0300000004000000 01 00 0b000000 07000000 616c6c6f77202a 00000000',
    ]
    expect(Buffer.from(encodeToBytes(authTicketCodec, ticket)).toString('hex')).toBe(hex.join('').replaceAll(' ', ''))
    const blob = { secretId: 2n, sealed: Uint8Array.of(7) }
    expect(Buffer.from(encodeToBytes(ticketBlobCodec, blob)).toString('hex')).toBe('0102000000000000000100000007')
    expect(Buffer.from(encodeToBytes(capsInfoCodec, { allowAll: true, caps: '' })).toString('hex')).toBe('010100000000')
  })

  test('an auth ticket of version 1 has no user id', () => {
    const hex = '01 08000000 01000000 78 0410000000000000 0100000002000000 0300000004000000 01 01 00000000 00000000'
    const ticket = decodeFromBytes(authTicketCodec, Buffer.from(hex.replaceAll(' ', ''), 'hex'))
    expect(ticket).toMatchObject({ globalId: 4100n, expires: { seconds: 3 }, caps: { allowAll: true, caps: '' } })
  })
})
