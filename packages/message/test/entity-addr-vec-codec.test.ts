import { BufferEncoder, BufferList, EndOfBufferError, MalformedInputError, vectorOf } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeEntityAddr,
  decodeEntityAddrVec,
  encodeEntityAddr,
  encodeEntityAddrVec,
  EntityAddr,
  EntityAddrVec,
  entityAddrVecCodec,
  Feature,
  FEATURES_ALL,
} from '../src/index.ts'
import { anyAddr } from './addr-arbitraries.ts'
import { readGolden } from './read-golden.ts'

const vecOf = (...texts: string[]) => new EntityAddrVec(texts.map((text) => EntityAddr.parse(text)))

function encoded(vec: EntityAddrVec, features?: bigint): BufferList {
  const encoder = new BufferEncoder()
  encodeEntityAddrVec(encoder, vec, features)
  return encoder.toBufferList()
}

function encodedAddr(addr: EntityAddr, features?: bigint): BufferList {
  const encoder = new BufferEncoder()
  encodeEntityAddr(encoder, addr, features)
  return encoder.toBufferList()
}

const v1 = 'v1:127.0.0.1:6789/7'
const otherV1 = 'v1:127.0.0.1:6790/8'
const v2 = 'v2:127.0.0.1:3300/7'

describe('addresses for a peer that has MSG_ADDR2', () => {
  it.each([
    ['monmap-addrs-ipv4', '[v2:127.0.0.1:3300/0,v1:127.0.0.1:6789/0]'],
    ['monmap-addrs-ipv6', '[v2:[2001:db8::8a2e:370:7334]:3300/4027,v1:[2001:db8::8a2e:370:7334]:6789/4027]'],
    ['monmap-addrs-any', 'any:10.0.0.3:6789/305419896'],
  ])('%s are as monmaptool writes them', (name, text) => {
    const bytes = readGolden(name)
    const vec = EntityAddrVec.parse(text)
    expect(decodeEntityAddrVec(new BufferList(bytes).cursor())).toEqual(vec)
    expect(Buffer.from(encoded(vec, FEATURES_ALL).slice())).toEqual(Buffer.from(bytes))
  })

  it('are a count of 0 if there are none', () => {
    expect(Buffer.from(encoded(new EntityAddrVec(), FEATURES_ALL).slice()).toString('hex')).toBe('0200000000')
  })

  it('are read back as they were', () => {
    fc.assert(
      fc.property(fc.array(anyAddr, { maxLength: 4 }), (addrs) => {
        const cursor = encoded(new EntityAddrVec(addrs), FEATURES_ALL).cursor()
        expect(decodeEntityAddrVec(cursor)).toEqual(new EntityAddrVec(addrs))
        expect(cursor.remaining).toBe(0)
      }),
    )
  })

  it('are told before Nautilus without the type "any"', () => {
    const vec = decodeEntityAddrVec(encoded(vecOf('any:1.2.3.4:5'), Feature.msgAddr2).cursor())
    expect(vec).toEqual(vecOf('v1:1.2.3.4:5'))
  })
})

// Ceph: src/test/test_addrs.cc. One who writes a single address and one who reads several understand each other, and
// the other way round.
describe('addresses for a peer that has not', () => {
  it.each([
    ['no address', vecOf(), '-'],
    ['one', vecOf(v1), v1],
    ['the only one of version 1, wherever it is', vecOf(v2, v1), v1],
    ['the first of several of version 1', vecOf(v2, v1, otherV1), v1],
    ['none if there is none of version 1', vecOf(v2, 'any:1.2.3.4:5'), '-'],
  ])('are %s', (_, vec, expected) => {
    const addr = EntityAddr.parse(expected)
    expect(decodeEntityAddr(encoded(vec).cursor())).toEqual(addr)
    expect(decodeEntityAddrVec(encoded(vec, FEATURES_ALL & ~Feature.msgAddr2).cursor())).toEqual(
      new EntityAddrVec([addr]),
    )
  })
})

describe('decodeEntityAddrVec', () => {
  it.each([
    ['legacy', undefined],
    ['newer', FEATURES_ALL],
  ])('takes a single address in its %s form', (_, features) => {
    const cursor = encodedAddr(EntityAddr.parse(v1), features).append('rest').cursor()
    expect(decodeEntityAddrVec(cursor)).toEqual(vecOf(v1))
    expect(cursor.remaining).toBe(4)
  })

  it('takes addresses whose forms differ', () => {
    const list = new BufferList(Buffer.from('0202000000', 'hex'))
    list.append(encodedAddr(EntityAddr.parse(v1))).append(encodedAddr(EntityAddr.parse(v2), FEATURES_ALL))
    expect(decodeEntityAddrVec(list.cursor())).toEqual(vecOf(v1, v2))
  })

  it('refuses an unknown marker', () => {
    const list = new BufferList(Buffer.from('0300000000', 'hex'))
    expect(() => decodeEntityAddrVec(list.cursor())).toThrow('marker of addresses: expected 0, 1 or 2, got 3')
    expect(() => decodeEntityAddrVec(list.cursor())).toThrow(MalformedInputError)
  })

  it('believes no count that the bytes cannot hold', () => {
    const list = new BufferList(Buffer.from('02ffffffff', 'hex')).append(encodedAddr(EntityAddr.parse(v1)))
    expect(() => decodeEntityAddrVec(list.cursor())).toThrow(EndOfBufferError)
  })

  it('refuses addresses that are cut short', () => {
    const whole = encoded(vecOf(v2, v1), FEATURES_ALL).slice()
    for (let length = 0; length < whole.length; length++) {
      const cut = new BufferList(whole.subarray(0, length))
      expect(() => decodeEntityAddrVec(cut.cursor())).toThrow()
    }
  })

  it('can be part of a collection', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyAddr, { maxLength: 3 }), { maxLength: 3 }),
        fc.constantFrom(0n, FEATURES_ALL),
        (lists, features) => {
          const vecs = lists.map((addrs) => new EntityAddrVec(addrs))
          const codec = vectorOf(entityAddrVecCodec)
          const encoder = new BufferEncoder()
          codec.encode(encoder, vecs, features)
          expect(codec.decode(encoder.toBufferList().cursor())).toEqual(
            vecs.map((vec) => decodeEntityAddrVec(encoded(vec, features).cursor())),
          )
        },
      ),
    )
  })

  it('never needs fewer bytes than its codec says', () => {
    expect(encoded(new EntityAddrVec(), FEATURES_ALL).length).toBe(entityAddrVecCodec.minLength)
  })
})
