import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddrFamilyNumber, AddrTypeNumber, EntityAddr, type EntityAddrFields } from '../src/index.ts'
import { addrType, anyAddr, similarAddrs } from './addr-arbitraries.ts'

/** The record that Ceph compares with memcmp: 36 bytes on a little-endian machine. */
function memoryOf(addr: EntityAddr): Buffer {
  const record = Buffer.alloc(36)
  record.writeUInt32LE(AddrTypeNumber[addr.type], 0)
  record.writeUInt32LE(addr.nonce, 4)
  record.writeUInt16LE(AddrFamilyNumber[addr.family], 8)
  record.writeUInt16BE(addr.port, 10)
  if (addr.family === 'ipv6') {
    record.writeUInt32LE(addr.flowInfo, 12)
    record.set(addr.ip, 16)
    record.writeUInt32LE(addr.scopeId, 32)
  } else {
    record.set(addr.ip, 12)
  }
  return record
}

const refusal: unknown = expect.objectContaining({ name: 'AddressError', code: 'ERR_MSGR_ADDRESS' })

describe('EntityAddr, made of fields', () => {
  it('has zeros where nothing was said', () => {
    const addr = new EntityAddr({ type: 'v1', family: 'ipv6' })
    expect(addr).toMatchObject({ type: 'v1', nonce: 0, family: 'ipv6', port: 0, flowInfo: 0, scopeId: 0 })
    expect(addr.ip).toEqual(new Uint8Array(16))
    expect(new EntityAddr({ type: 'any' })).toMatchObject({ family: 'none', ip: new Uint8Array(0) })
  })

  it('copies the bytes of the IP', () => {
    const ip = Uint8Array.of(10, 0, 0, 1)
    const addr = new EntityAddr({ type: 'v1', family: 'ipv4', ip })
    ip[3] = 9
    expect(addr.host).toBe('10.0.0.1')
  })

  it('has flow info and scope in IPv6 only', () => {
    const rest = { type: 'v1', flowInfo: 5, scopeId: 6 } as const
    expect(new EntityAddr({ ...rest, family: 'ipv6' })).toMatchObject({ flowInfo: 5, scopeId: 6 })
    expect(new EntityAddr({ ...rest, family: 'ipv4' })).toMatchObject({ flowInfo: 0, scopeId: 0 })
  })

  it.each<[string, object]>([
    ['a type that does not exist', { type: 'v3' }],
    ['a type that every object has', { type: 'toString' }],
    ['a family that does not exist', { family: 'unix' }],
    ['too few bytes of IP', { ip: new Uint8Array(3) }],
    ['the IP of another family', { ip: new Uint8Array(16) }],
    ['an IP without a family', { family: 'none', ip: new Uint8Array(4) }],
    ['a port without a family', { family: 'none', port: 1 }],
    ['a port above 65535', { port: 65536 }],
    ['a negative port', { port: -1 }],
    ['a port that is no integer', { port: 1.5 }],
    ['a nonce above 32 bits', { nonce: 2 ** 32 }],
    ['a negative nonce', { nonce: -1 }],
    ['flow info above 32 bits', { family: 'ipv6', flowInfo: 2 ** 32 }],
    ['a scope above 32 bits', { family: 'ipv6', scopeId: 2 ** 32 }],
  ])('refuses %s', (_, wrong) => {
    const fields = { type: 'v1', family: 'ipv4', ...wrong } as EntityAddrFields
    expect(() => new EntityAddr(fields)).toThrow(refusal)
  })

  it('says what was expected and what came', () => {
    expect(() => new EntityAddr({ type: 'v1', family: 'ipv4', port: 70000 })).toThrow(
      'port: expected an integer from 0 to 65535, got 70000',
    )
  })

  it('can be made again with one field replaced', () => {
    fc.assert(
      fc.property(anyAddr, fc.nat({ max: 0xffffffff }), (addr, nonce) => {
        const changed = addr.with({ nonce })
        expect(changed.nonce).toBe(nonce)
        expect(changed.with({ nonce: addr.nonce })).toEqual(addr)
      }),
    )
  })
})

describe('EntityAddr.fields', () => {
  it('are plain data that make the same address', () => {
    fc.assert(
      fc.property(anyAddr, (addr) => {
        const { fields } = addr
        expect(structuredClone(fields)).toEqual(fields)
        expect(new EntityAddr(fields).equals(addr)).toBe(true)
      }),
    )
  })

  it('have an IP of their own', () => {
    const addr = EntityAddr.parse('v1:10.0.0.1:5/6')
    addr.fields.ip[3] = 9
    expect(addr.host).toBe('10.0.0.1')
  })
})

describe('EntityAddr and texts', () => {
  it.each([
    'v1:127.0.0.1:6805/4021',
    'v2:10.0.0.1:3300/0',
    'v1:[2001:db8::8a2e:370:7334]:6789/4294967295',
    'v2:[::ffff:1.2.3.4]:1/2',
    '-',
  ])('reads and writes %s', (text) => {
    expect(EntityAddr.parse(text).toString()).toBe(text)
  })

  it('writes no prefix before an address that speaks either version', () => {
    expect(EntityAddr.parse('any:1.2.3.4:5/6').toString()).toBe('1.2.3.4:5/6')
    expect(EntityAddr.parse('1.2.3.4:5/6', 'any').type).toBe('any')
  })

  it('says so if there is no family', () => {
    expect(new EntityAddr({ type: 'v1', nonce: 7 }).toString()).toBe('v1:(unrecognized address family 0)/7')
  })

  it('reads the whole text or none of it', () => {
    expect(() => EntityAddr.parse('1.2.3.4:5 ')).toThrow(refusal)
    expect(() => EntityAddr.parse('localhost:5')).toThrow(
      'address: expected [v1:|v2:|any:]IP[:PORT][/NONCE], got "localhost:5"',
    )
  })

  it('reads an address at the head of a text', () => {
    const parsed = EntityAddr.parsePrefix('v1:1.2.3.4:5/6,more')
    expect(parsed?.addr).toEqual(EntityAddr.parse('v1:1.2.3.4:5/6'))
    expect(parsed?.rest).toBe(',more')
    expect(EntityAddr.parsePrefix('more')).toBeUndefined()
    expect(EntityAddr.parsePrefix('1.2.3.4', 'v1')?.addr.type).toBe('v1')
  })

  it('reads back what it wrote, but for flow info and scope', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyAddr,
          similarAddrs.map(([addr]) => addr),
        ),
        (addr) => {
          fc.pre(addr.type !== 'none' && addr.family !== 'none')
          const defaultType = addr.type === 'any' ? 'any' : 'none'
          expect(EntityAddr.parse(addr.toString(), defaultType)).toEqual(addr.with({ flowInfo: 0, scopeId: 0 }))
        },
      ),
    )
  })

  it('is made of what a socket calls its address', () => {
    expect(EntityAddr.fromIp('v1', '127.0.0.1', 6789).toString()).toBe('v1:127.0.0.1:6789/0')
    expect(EntityAddr.fromIp('v2', '::1', 3300, 5).toString()).toBe('v2:[::1]:3300/5')
    expect(EntityAddr.fromIp('v1', '::ffff:10.1.2.3', 1).toString()).toBe('v1:[::ffff:10.1.2.3]:1/0')
    expect(EntityAddr.fromIp('v1', 'fe80::1%eth0', 1).toString()).toBe('v1:[fe80::1]:1/0')
    expect(() => EntityAddr.fromIp('v1', 'localhost', 1)).toThrow(refusal)
    expect(() => EntityAddr.fromIp('v1', '', 1)).toThrow(refusal)
  })
})

describe('EntityAddr and hosts', () => {
  const parse = (text: string) => EntityAddr.parse(text)

  it('names its host', () => {
    expect(parse('v1:10.0.0.1:5').host).toBe('10.0.0.1')
    expect(parse('v1:[2001:db8::1]:5').host).toBe('2001:db8::1')
    expect(EntityAddr.none.host).toBe('')
  })

  it('is blank without a family, and with an IP of all zeros', () => {
    expect(EntityAddr.none).toMatchObject({ isBlankIp: true, isIp: false })
    expect(parse('0.0.0.0:5')).toMatchObject({ isBlankIp: true, isIp: true })
    expect(parse('[::]:5')).toMatchObject({ isBlankIp: true, isIp: true })
    expect(parse('0.0.0.1')).toMatchObject({ isBlankIp: false, isIp: true })
    expect(parse('::1')).toMatchObject({ isBlankIp: false, isIp: true })
  })

  it('is on the same host as an address with the same family and IP', () => {
    expect(parse('v1:10.0.0.1:5/6').isSameHost(parse('v2:10.0.0.1:7/8'))).toBe(true)
    expect(parse('10.0.0.1').isSameHost(parse('10.0.0.2'))).toBe(false)
    expect(parse('0.0.0.0').isSameHost(parse('::'))).toBe(false)
    expect(parse('::').isSameHost(parse('0.0.0.0'))).toBe(false)
    expect(EntityAddr.none.isSameHost(parse('0.0.0.0'))).toBe(false)
  })

  it.each([
    ['v1:1.2.3.4:5/6', 'v1:1.2.3.4:5/6', true],
    ['v1:1.2.3.4:5/6', 'v2:1.2.3.4:5/6', true],
    ['v1:0.0.0.0:5/6', 'v1:1.2.3.4:5/6', true],
    ['v1:[::]:5/6', 'v1:1.2.3.4:5/6', true],
    ['v1:1.2.3.4:5/6', 'v1:1.2.3.5:5/6', false],
    ['v1:1.2.3.4:5/6', 'v1:1.2.3.4:7/6', false],
    ['v1:1.2.3.4:5/6', 'v1:1.2.3.4:5/7', false],
    ['v1:0.0.0.0:5/6', 'v1:1.2.3.4:5/7', false],
  ])('%s probably equals %s: %s', (a, b, expected) => {
    expect(parse(a).probablyEquals(parse(b))).toBe(expected)
    expect(parse(b).probablyEquals(parse(a))).toBe(expected)
  })

  it('does not probably equal the same IP on another interface', () => {
    const addr = parse('v1:[fe80::1]:5/6')
    expect(addr.with({ scopeId: 2 }).probablyEquals(addr.with({ scopeId: 3 }))).toBe(false)
    expect(addr.with({ flowInfo: 2 }).probablyEquals(addr.with({ flowInfo: 3 }))).toBe(false)
    expect(addr.with({ scopeId: 2 }).probablyEquals(addr.with({ scopeId: 2 }))).toBe(true)
  })
})

describe('EntityAddr and order', () => {
  it.each([
    ['the type before the nonce', 'v1:1.2.3.4:5/9', 'v2:1.2.3.4:5/1'],
    ['the nonce before the port', 'v1:1.2.3.4:9/1', 'v1:1.2.3.4:5/2'],
    ["the nonce's least significant byte first", 'v1:1.2.3.4:5/256', 'v1:1.2.3.4:5/1'],
    ["the nonce's most significant byte last", 'v1:1.2.3.4:5/4278190080', 'v1:1.2.3.4:5/65536'],
    ['the nonce before the family', 'v1:[::1]:5/1', 'v1:1.2.3.4:5/2'],
    ['the family before the port', 'v1:1.2.3.4:9/1', 'v1:[::1]:5/1'],
    ['the port before the IP', 'v1:9.9.9.9:5/1', 'v1:1.2.3.4:6/1'],
    ["the port's most significant byte first", 'v1:1.2.3.4:255/1', 'v1:1.2.3.4:256/1'],
    ['the IP from its first byte', 'v1:1.255.255.255:5/1', 'v1:2.0.0.0:5/1'],
  ])('compares %s', (_, lower, higher) => {
    expect(EntityAddr.parse(lower).compare(EntityAddr.parse(higher))).toBeLessThan(0)
    expect(EntityAddr.parse(higher).compare(EntityAddr.parse(lower))).toBeGreaterThan(0)
  })

  it("compares as Ceph's memory does", () => {
    fc.assert(
      fc.property(similarAddrs, ([a, b]) => {
        const expected = memoryOf(a).compare(memoryOf(b))
        expect(Math.sign(a.compare(b))).toBe(expected)
        expect(a.equals(b)).toBe(expected === 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('is a total order', () => {
    fc.assert(
      fc.property(similarAddrs, ([a, b, c]) => {
        expect(a.compare(a.with({}))).toBe(0)
        expect(Math.sign(a.compare(b)) + Math.sign(b.compare(a))).toBe(0)
        const [first, second, third] = [a, b, c].sort((x, y) => x.compare(y)) as [EntityAddr, EntityAddr, EntityAddr]
        expect(first.compare(second)).toBeLessThanOrEqual(0)
        expect(second.compare(third)).toBeLessThanOrEqual(0)
        expect(first.compare(third)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the key of an EntityAddr', () => {
  it('is its text as a rule', () => {
    expect(EntityAddr.parse('v1:1.2.3.4:5/6').key).toBe('v1:1.2.3.4:5/6')
    expect(EntityAddr.parse('v1:[::1]:5/6').key).toBe('v1:[::1]:5/6')
  })

  it('is shared by equal addresses only', () => {
    fc.assert(
      fc.property(similarAddrs, ([a, b]) => {
        expect(a.key === b.key).toBe(a.equals(b))
        expect(a.with({}).key).toBe(a.key)
      }),
      { numRuns: 2000 },
    )
  })

  it('tells types apart', () => {
    fc.assert(
      fc.property(anyAddr, addrType, (addr, type) => {
        expect(addr.with({ type }).key === addr.key).toBe(type === addr.type)
      }),
    )
  })
})
