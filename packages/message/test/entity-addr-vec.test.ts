import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EntityAddr, EntityAddrVec } from '../src/index.ts'
import { anyAddr, similarAddrs } from './addr-arbitraries.ts'

const vecOf = (...texts: string[]) => new EntityAddrVec(texts.map((text) => EntityAddr.parse(text)))
const refusal: unknown = expect.objectContaining({ name: 'AddressError', code: 'ERR_MSGR_ADDRESS' })
// Of the same three addresses, so that some begin alike.
const similarVecs = fc
  .tuple(similarAddrs, fc.array(fc.array(fc.nat({ max: 2 }), { maxLength: 3 }), { minLength: 3, maxLength: 3 }))
  .map(([addrs, lists]) => lists.map((list) => new EntityAddrVec(list.map((i) => addrs[i]!))))

const v1 = 'v1:1.2.3.4:5/6'
const v2 = 'v2:1.2.3.4:7/6'
const otherV1 = 'v1:4.3.2.1:5/6'
const any = 'any:9.9.9.9:1/1'

describe('EntityAddrVec.fromFields', () => {
  it('makes the same vector of its fields, in their order', () => {
    fc.assert(
      fc.property(similarVecs, (vecs) => {
        for (const vec of vecs) {
          expect(structuredClone(vec.fields)).toEqual(vec.fields)
          expect(EntityAddrVec.fromFields(vec.fields).equals(vec)).toBe(true)
        }
      }),
    )
  })
})

describe('EntityAddrVec.parsePrefix', () => {
  // The table of Ceph's own test of this, from src/test/test_addrs.cc, and what that leaves open.
  it.each([
    ['127.0.0.1,::,- foo', 'v2:127.0.0.1:0/0', ',::,- foo'],
    ['[127.0.0.1,::,-] foo', '[v2:127.0.0.1:0/0,v2:[::]:0/0,-]', ' foo'],
    ['[127.0.0.1,::],- foo', '[v2:127.0.0.1:0/0,v2:[::]:0/0]', ',- foo'],
    ['[[::],1.2.3.4]', '[v2:[::]:0/0,v2:1.2.3.4:0/0]', ''],
    ['[::],1.2.3.4', 'v2:[::]:0/0', ',1.2.3.4'],
    ['[127.0.0.1]', 'v2:127.0.0.1:0/0', ''],
    ['[127.0.0.1]:5', 'v2:127.0.0.1:0/0', ':5'],
    ['[::1]:5/6', 'v2:[::1]:5/6', ''],
    ['[v2:1.2.3.4:111/0,v1:5.6.7.8:222/0]', '[v2:1.2.3.4:111/0,v1:5.6.7.8:222/0]', ''],
    ['[v1:[::1]:5/6,v2:[::1]:7/6] x', '[v1:[::1]:5/6,v2:[::1]:7/6]', ' x'],
    ['[v1:1.2.3.4],[v1:5.6.7.8]', 'v1:1.2.3.4:0/0', ',[v1:5.6.7.8]'],
    ['-', '-', ''],
  ])('reads %j as %s and leaves %j', (text, printed, rest) => {
    const parsed = EntityAddrVec.parsePrefix(text)
    expect(parsed?.addrs.toString()).toBe(printed)
    expect(parsed?.rest).toBe(rest)
  })

  it.each(['', 'foo', '[]', '[', '[1.2.3.4', '[1.2.3.4,]', '[1.2.3.4,::,foo]', '[1.2.3.4,::,- foo', '[1.2.3.4 ]', ']'])(
    'refuses %j',
    (text) => {
      expect(EntityAddrVec.parsePrefix(text)).toBeUndefined()
    },
  )

  it('gives the default type to every address without a prefix', () => {
    const parsed = EntityAddrVec.parsePrefix('[1.2.3.4,v2:5.6.7.8,::]', 'v1')
    expect(parsed?.addrs.addrs.map(({ type }) => type)).toEqual(['v1', 'v2', 'v1'])
    expect(EntityAddrVec.parsePrefix('1.2.3.4', 'any')?.addrs.front.type).toBe('any')
  })

  it('can read a list of peers one by one', () => {
    const hosts: string[] = []
    let rest = ',[v2:10.0.0.1:3300,v1:10.0.0.1:6789],v1:10.0.0.2:6789,[::1]:3300'
    while (rest.startsWith(',')) {
      const parsed = EntityAddrVec.parsePrefix(rest.slice(1))!
      hosts.push(parsed.addrs.front.host)
      rest = parsed.rest
    }
    expect(hosts).toEqual(['10.0.0.1', '10.0.0.2', '::1'])
    expect(rest).toBe('')
  })
})

describe('EntityAddrVec and texts', () => {
  it('writes nothing for none, one without brackets, and several with them', () => {
    expect(new EntityAddrVec().toString()).toBe('')
    expect(vecOf(v1).toString()).toBe(v1)
    expect(vecOf(v2, v1).toString()).toBe(`[${v2},${v1}]`)
  })

  it('reads the whole text or none of it', () => {
    expect(EntityAddrVec.parse('[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]')).toEqual(
      vecOf('v2:10.0.0.1:3300', 'v1:10.0.0.1:6789'),
    )
    expect(EntityAddrVec.parse('10.0.0.1', 'v1')).toEqual(vecOf('v1:10.0.0.1'))
    expect(() => EntityAddrVec.parse('10.0.0.1,10.0.0.2')).toThrow(refusal)
    expect(() => EntityAddrVec.parse('')).toThrow('addresses: expected ADDRESS or [ADDRESS,…], got ""')
  })

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.array(anyAddr, { minLength: 1, maxLength: 4 }), (addrs) => {
        const readable = addrs.filter(({ type, family }) => type !== 'any' && (type === 'none' || family !== 'none'))
        fc.pre(readable.length > 0)
        const vec = new EntityAddrVec(
          readable.map((addr) => (addr.type === 'none' ? EntityAddr.none : addr.with({ flowInfo: 0, scopeId: 0 }))),
        )
        expect(EntityAddrVec.parse(vec.toString())).toEqual(vec)
      }),
    )
  })
})

describe('EntityAddrVec', () => {
  it('copies what it is made of, and cannot be changed', () => {
    const addrs = [EntityAddr.parse(v1)]
    const vec = new EntityAddrVec(addrs)
    addrs.push(EntityAddr.parse(v2))
    expect(vec.length).toBe(1)
    expect(() => (vec.addrs as EntityAddr[]).push(EntityAddr.none)).toThrow(TypeError)
  })

  it('goes over its addresses in order', () => {
    expect([...vecOf(v2, v1)].map(String)).toEqual([v2, v1])
  })

  it.each<[string, EntityAddrVec, Record<string, string>]>([
    [
      'nothing',
      vecOf(),
      { front: '-', legacy: '-', legacyOrFront: '-', asLegacy: 'v1:(unrecognized address family 0)/0', msgr2: '-' },
    ],
    ['v2, v1', vecOf(v2, v1), { front: v2, legacy: v1, legacyOrFront: v1, asLegacy: v1, msgr2: v2 }],
    ['v1, v1', vecOf(v1, otherV1), { front: v1, legacy: v1, legacyOrFront: v1, asLegacy: v1, msgr2: '-' }],
    ['v2', vecOf(v2), { front: v2, legacy: '-', legacyOrFront: v2, asLegacy: 'v1:1.2.3.4:7/6', msgr2: v2 }],
    [
      'v2, any, v1',
      vecOf(v2, any, v1),
      { front: v2, legacy: v1, legacyOrFront: v1, asLegacy: 'v1:9.9.9.9:1/1', msgr2: v2 },
    ],
    ['v1, any', vecOf(v1, any), { front: v1, legacy: v1, legacyOrFront: v1, asLegacy: v1, msgr2: '-' }],
  ])('picks by version from %s', (_, vec, expected) => {
    expect({
      front: vec.front.toString(),
      legacy: vec.legacyAddr().toString(),
      legacyOrFront: vec.legacyOrFrontAddr().toString(),
      asLegacy: vec.asLegacyAddr().toString(),
      msgr2: vec.msgr2Addr().toString(),
    }).toEqual(expected)
  })

  it('picks the address for a wire', () => {
    const vec = vecOf(v2, v1, any)
    expect(vec.pickAddr('v1').toString()).toBe(v1)
    expect(vec.pickAddr('v2').toString()).toBe(v2)
    expect(vec.pickAddr('any').toString()).toBe(v2)
    expect(vec.pickAddr('none')).toBe(EntityAddr.none)
    expect(vecOf(any, v1).pickAddr('v2')).toEqual(EntityAddr.parse(any))
    expect(vecOf('v2:0.0.0.0:7', any).pickAddr('v2')).toEqual(EntityAddr.parse(any))
    expect(vecOf('v2:0.0.0.0:7', v1).pickAddr('v2')).toBe(EntityAddr.none)
    expect(vecOf().pickAddr('any')).toBe(EntityAddr.none)
  })

  it('finds the first address of a type', () => {
    expect(vecOf(v1, v2, otherV1).addrOfType('v1').toString()).toBe(v1)
    expect(vecOf(v1).addrOfType('v2')).toBe(EntityAddr.none)
    expect(vecOf(v1, any).addrOfType('any')).toEqual(EntityAddr.parse(any))
  })

  it('knows addresses, ports and hosts', () => {
    const vec = vecOf(v2, v1, '-')
    expect(vec.contains(EntityAddr.parse(v1))).toBe(true)
    expect(vec.contains(EntityAddr.parse('v1:1.2.3.4:5/7'))).toBe(false)
    expect(vec.getPorts()).toEqual(new Set([7, 5, 0]))
    expect(vec.isSameHost(EntityAddr.parse('v1:1.2.3.4:99/99'))).toBe(true)
    expect(vec.isSameHost(EntityAddr.parse(otherV1))).toBe(false)
  })

  it.each([
    [vecOf(), vecOf(), true],
    [vecOf(v1), vecOf(v1), true],
    [vecOf(v2), vecOf(v2), true],
    [vecOf(v2, v1), vecOf(v2, v1), true],
    [vecOf(v1), vecOf(v2, v1), true],
    [vecOf(v1), vecOf(v1, otherV1), true],
    [vecOf(otherV1), vecOf(v1, otherV1), false],
    [vecOf(v1), vecOf(), false],
    [vecOf(v1), vecOf(v2), false],
    [vecOf(v1), vecOf(v2, otherV1), false],
    [vecOf(v2), vecOf(v2, v1), false],
    [vecOf(v2, v1), vecOf(v1, v2), false],
    [vecOf(any), vecOf(any, v1), false],
    [vecOf('-'), vecOf(v2), false],
  ])('%s equals %s for one who knows version 1 only: %s', (a, b, expected) => {
    expect(a.legacyEquals(b)).toBe(expected)
    expect(b.legacyEquals(a)).toBe(expected)
  })

  it('probably equals another if each address does', () => {
    expect(vecOf(v1, v2).probablyEquals(vecOf('v1:0.0.0.0:5/6', 'v1:1.2.3.4:7/6'))).toBe(true)
    expect(vecOf(v1, v2).probablyEquals(vecOf(v2, v1))).toBe(false)
    expect(vecOf(v1, v2).probablyEquals(vecOf(v1))).toBe(false)
    expect(vecOf(v1).probablyEquals(vecOf(v1, v2))).toBe(false)
    expect(vecOf().probablyEquals(vecOf())).toBe(true)
  })

  it('puts a list before its extensions, and otherwise goes by the first difference', () => {
    expect(vecOf(v1).compare(vecOf(v1, v2))).toBeLessThan(0)
    expect(vecOf().compare(vecOf(v1))).toBeLessThan(0)
    expect(vecOf(v2).compare(vecOf(v1, v2))).toBeGreaterThan(0)
    expect(vecOf(v2, v1).compare(vecOf(v1, v2))).toBeGreaterThan(0)
    expect(vecOf(v1, v2).compare(vecOf(v1, v2))).toBe(0)
  })

  it('has a total order', () => {
    fc.assert(
      fc.property(similarVecs, (vecs) => {
        const [a, b] = vecs as [EntityAddrVec, EntityAddrVec]
        expect(Math.sign(a.compare(b)) + Math.sign(b.compare(a))).toBe(0)
        expect(a.equals(b)).toBe(a.compare(b) === 0)
        const [first, second, third] = vecs.sort((x, y) => x.compare(y)) as [
          EntityAddrVec,
          EntityAddrVec,
          EntityAddrVec,
        ]
        expect(first.compare(second)).toBeLessThanOrEqual(0)
        expect(second.compare(third)).toBeLessThanOrEqual(0)
        expect(first.compare(third)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })
})
