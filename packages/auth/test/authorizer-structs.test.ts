import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  authorizeCodec,
  authorizeReplyCodec,
  cephxAuthorizerCodec,
  challengeCodec,
  CryptoKey,
  KeyUsage,
  seal,
} from '../src/index.ts'
import { plusOne } from '../src/authorizer-structs.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'
import * as arbitrary from './arbitraries.ts'
import { readVectors } from './read-golden.ts'
import { expectInverse } from './structs.ts'

const vectors = readVectors('cephx-vectors')
const key = CryptoKey.fromBase64(vectors.get('key')!)

describe('structs of authorizers', () => {
  test('are decoded as they were encoded', () => {
    const ticket = fc.record({ secretId: arbitrary.uint64, sealed: arbitrary.bytes })
    const { uint32: serviceId, uint64, bytes: sealedAuthorize } = arbitrary
    expectInverse(cephxAuthorizerCodec, fc.record({ globalId: uint64, serviceId, ticket, sealedAuthorize }))
    expectInverse(authorizeCodec, fc.record({ nonce: uint64, challenge: fc.option(uint64, { nil: undefined }) }))
    expectInverse(authorizeReplyCodec, fc.record({ noncePlusOne: uint64, connectionSecret: arbitrary.bytes }))
    expectInverse(challengeCodec, uint64)
  })

  test('make the authorizer that daemons accept', () => {
    const authorize = { nonce: 0x0102030405060708n, challenge: undefined }
    const authorizer = {
      globalId: 4100n,
      serviceId: 4,
      ticket: { secretId: 2n, sealed: Buffer.from('TICKETBLOB') },
      sealedAuthorize: seal({ key, usage: KeyUsage.authorize }, authorizeCodec, authorize),
    }
    const bytes = encodeToBytes(cephxAuthorizerCodec, authorizer)
    expect(Buffer.from(bytes).toString('hex')).toBe(vectors.get('authorizer'))
  })

  test('make the challenge that daemons send', () => {
    const sealed = seal({ key, usage: KeyUsage.authorizerChallenge }, challengeCodec, 0xdeadbeefcafef00dn)
    expect(Buffer.from(sealed).toString('hex')).toBe(vectors.get('challenge'))
  })

  test('count one up from the highest number to zero, and back', () => {
    const highest = (1n << 64n) - 1n
    expect(plusOne(highest)).toBe(0n)
    const answer = { nonce: 1n, challenge: highest }
    expect(decodeFromBytes(authorizeCodec, encodeToBytes(authorizeCodec, answer))).toEqual(answer)
  })

  test('of version 1 have no challenge and no secret', () => {
    const one = Uint8Array.of(1, 5, 0, 0, 0, 0, 0, 0, 0)
    expect(decodeFromBytes(authorizeCodec, one)).toEqual({ nonce: 5n, challenge: undefined })
    const reply = { noncePlusOne: 5n, connectionSecret: new Uint8Array(0) }
    expect(decodeFromBytes(authorizeReplyCodec, one)).toEqual(reply)
    expect([...encodeToBytes(authorizeReplyCodec, reply)]).toEqual([...one])
  })
})
