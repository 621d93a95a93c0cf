import { EntityAddr, EntityAddrVec } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { OwnAddrs } from '../src/own-addrs.ts'

const NONCE = 77

function addrsOf(bound = '', seen = ''): OwnAddrs {
  const own = new OwnAddrs(NONCE)
  if (bound !== '') own.bind(EntityAddrVec.parse(bound))
  if (seen !== '') own.learn(EntityAddr.parse(seen))
  return own
}

/** What version 2 tells its peers, and what version 1 does. */
function told(own: OwnAddrs): [all: string, legacy: string] {
  return [own.all.toString(), own.legacy.toString()]
}

describe('a messenger that is not bound', () => {
  test('has an address that nobody can dial, with its nonce', () => {
    const own = addrsOf()
    expect(own.all.length).toBe(1)
    expect([own.all.front.type, own.all.front.isIp, own.all.front.nonce, own.all.front.port]).toEqual([
      'any',
      false,
      NONCE,
      0,
    ])
    expect([own.legacy.type, own.legacy.isIp, own.legacy.nonce, own.legacy.port]).toEqual(['v1', false, NONCE, 0])
  })

  test('has the IP at which a peer saw it, and neither that port nor that nonce', () => {
    expect(told(addrsOf('', 'v2:10.0.0.9:45678/3'))).toEqual(['10.0.0.9:0/77', 'v1:10.0.0.9:0/77'])
    expect(told(addrsOf('', 'v1:[fe80::9]:45678/3'))).toEqual(['[fe80::9]:0/77', 'v1:[fe80::9]:0/77'])
  })

  test('believes the first peer that tells, and none that does not know', () => {
    const own = addrsOf('', 'v2:0.0.0.0:1/0')
    own.learn(new EntityAddr({ type: 'v2' }))
    own.learn(EntityAddr.parse('v2:10.0.0.9:1/0'))
    own.learn(EntityAddr.parse('v2:10.0.0.8:1/0'))
    expect(told(own)).toEqual(['10.0.0.9:0/77', 'v1:10.0.0.9:0/77'])
  })
})

describe('a messenger that is bound', () => {
  test('has the addresses that it is bound to, in their order, with its nonce', () => {
    const own = addrsOf('[v2:10.0.0.1:3300/1,v1:10.0.0.1:6789/2]')
    expect(told(own)).toEqual(['[v2:10.0.0.1:3300/77,v1:10.0.0.1:6789/77]', 'v1:10.0.0.1:6789/77'])
  })

  test('to version 2 alone tells version 1 of its IP, and of no port', () => {
    expect(told(addrsOf('v2:10.0.0.1:3300'))).toEqual(['v2:10.0.0.1:3300/77', 'v1:10.0.0.1:0/77'])
  })

  test('to version 1 alone tells version 2 just that', () => {
    expect(told(addrsOf('v1:10.0.0.1:6789'))).toEqual(['v1:10.0.0.1:6789/77', 'v1:10.0.0.1:6789/77'])
  })

  test('to every IP has the one that a peer saw, before or after it was bound', () => {
    const expected = ['[v2:10.0.0.9:3300/77,v1:10.0.0.9:6789/77]', 'v1:10.0.0.9:6789/77']
    const bound = '[v2:0.0.0.0:3300,v1:0.0.0.0:6789]'
    expect(told(addrsOf(bound, 'v2:10.0.0.9:45678'))).toEqual(expected)
    const own = addrsOf('', 'v2:10.0.0.9:45678')
    own.bind(EntityAddrVec.parse(bound))
    expect(told(own)).toEqual(expected)
  })

  test('to every IP and seen by nobody has none', () => {
    const own = addrsOf('[v2:0.0.0.0:3300,v1:0.0.0.0:6789]')
    expect([...own.all].map((addr) => addr.isBlankIp)).toEqual([true, true])
    expect(told(own)[1]).toBe('v1:0.0.0.0:6789/77')
  })

  test('to an IP keeps it, whatever a peer saw, and fills it in only where it has none', () => {
    const own = addrsOf('[v2:10.0.0.1:3300,v1:0.0.0.0:6789]', 'v2:192.168.0.9:45678')
    expect(told(own)).toEqual(['[v2:10.0.0.1:3300/77,v1:192.168.0.9:6789/77]', 'v1:192.168.0.9:6789/77'])
  })

  test('and takes another nonce is bound no more, but knows its IP as before', () => {
    const own = addrsOf('[v2:0.0.0.0:3300,v1:0.0.0.0:6789]', 'v2:10.0.0.9:45678')
    own.renew(1_000_077)
    expect(own.nonce).toBe(1_000_077)
    expect(told(own)).toEqual(['10.0.0.9:0/1000077', 'v1:10.0.0.9:0/1000077'])
    own.bind(EntityAddrVec.parse('v2:0.0.0.0:3301'))
    expect(told(own)).toEqual(['v2:10.0.0.9:3301/1000077', 'v1:10.0.0.9:0/1000077'])
  })
})
