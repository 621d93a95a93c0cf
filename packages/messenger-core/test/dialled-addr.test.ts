import { EntityAddr, EntityAddrVec } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { dialledAddr, wireOf } from '../src/dialled-addr.ts'

const NOT_BOUND = EntityAddrVec.parse('any:0.0.0.0:0/1')
const BOTH = EntityAddrVec.parse('[v2:10.0.0.1:3300/1,v1:10.0.0.1:6789/1]')
const V2_ALONE = EntityAddrVec.parse('v2:10.0.0.1:3300/1')
const V1_ALONE = EntityAddrVec.parse('v1:10.0.0.1:6789/1')

const PEER_V2 = 'v2:10.0.0.2:3300/2'
const PEER_V1 = 'v1:10.0.0.2:6789/2'

test('an address that leaves the version open is of version 2; one of neither is none to use', () => {
  const wires = [PEER_V2, PEER_V1, 'any:10.0.0.2:1/2'].map((text) => wireOf(EntityAddr.parse(text)))
  expect(wires).toEqual(['v2', 'v1', 'v2'])
  const error = { code: 'ERR_MSGR_BAD_ADDRESS', message: 'address: expected one of type v1 or v2, got -' }
  expect(() => wireOf(EntityAddr.none)).toThrow(expect.objectContaining(error))
})

describe('of a peer', () => {
  const dialled = (peer: string, own: EntityAddrVec): string => dialledAddr(EntityAddrVec.parse(peer), own).toString()

  test.each([`[${PEER_V2},${PEER_V1}]`, `[${PEER_V1},${PEER_V2}]`])('with %s that of version 2 is dialled', (peer) => {
    for (const own of [NOT_BOUND, BOTH, V2_ALONE]) expect(dialled(peer, own)).toBe(PEER_V2)
  })

  test('with both that of version 1 is dialled by who listens there alone', () => {
    for (const peer of [`[${PEER_V2},${PEER_V1}]`, `[${PEER_V1},${PEER_V2}]`]) {
      expect(dialled(peer, V1_ALONE)).toBe(PEER_V1)
    }
  })

  test('with one that one is dialled, whatever we have', () => {
    for (const own of [NOT_BOUND, BOTH, V2_ALONE, V1_ALONE]) {
      expect([dialled(PEER_V2, own), dialled(PEER_V1, own)]).toEqual([PEER_V2, PEER_V1])
    }
  })

  test('with several of one version the first is dialled', () => {
    expect(dialled('[v2:10.0.0.2:1/2,v2:10.0.0.2:2/2]', BOTH)).toBe('v2:10.0.0.2:1/2')
    expect(dialled('[v1:10.0.0.2:1/2,v1:10.0.0.2:2/2]', BOTH)).toBe('v1:10.0.0.2:1/2')
  })

  test('with one that leaves the version open version 2 is spoken there', () => {
    expect(dialled(`[${PEER_V1},any:10.0.0.2:1/2]`, BOTH)).toBe('v2:10.0.0.2:1/2')
  })

  test('that is given by a single address that one is dialled', () => {
    for (const own of [NOT_BOUND, BOTH, V1_ALONE]) {
      expect(dialledAddr(EntityAddr.parse(PEER_V2), own).toString()).toBe(PEER_V2)
      expect(dialledAddr(EntityAddr.parse('any:10.0.0.2:1/2'), own).toString()).toBe('v2:10.0.0.2:1/2')
    }
  })

  test('without any address nobody is to be dialled', () => {
    expect(() => dialledAddr(new EntityAddrVec(), BOTH)).toThrow('address: expected one of type v1 or v2, got -')
  })
})
