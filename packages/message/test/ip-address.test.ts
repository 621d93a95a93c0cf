import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatIp, parseIpv4, parseIpv6 } from '../src/ip-address.ts'

/** What libuv, and so the inet_ntop that it carries, makes of a text. */
function canonicalIpv6(text: string): string {
  return new SocketAddress({ address: text, family: 'ipv6' }).address
}

// Mostly zeros, so that runs of them come in all lengths and places.
const group = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(1, 0xffff), fc.nat({ max: 0xffff }))
const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => {
  const bytes = Buffer.alloc(16)
  groups.forEach((value, i) => bytes.writeUInt16BE(value, 2 * i))
  return new Uint8Array(bytes)
})
const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 })
/** Texts that are an address every now and then, and nearly one mostly. */
const nearlyIpv6 = fc
  .array(fc.constantFrom(':', '::', '0', '1', 'ffff', 'Ab', '12345', '1.2.3.4', ':1:2:3', '1:2:3:4'), { maxLength: 9 })
  .map((pieces) => pieces.join(''))
const nearlyIpv4 = fc
  .array(fc.constantFrom('.', '.', '0', '1', '25', '255', '256', '01', ' ', '1.2.3'), { maxLength: 8 })
  .map((pieces) => pieces.join(''))

describe('formatIp', () => {
  it.each([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db885a3000000008a2e03707334', '2001:db8:85a3::8a2e:370:7334'],
    ['00010000000000020000000000000003', '1:0:0:2::3'],
    ['00010000000000020003000000000004', '1::2:3:0:0:4'],
    ['00010000000200030004000500060007', '1:0:2:3:4:5:6:7'],
    ['00000000000000000000ffff01020304', '::ffff:1.2.3.4'],
    ['00000000000000000000000001020304', '::1.2.3.4'],
    ['7f000001', '127.0.0.1'],
  ])('writes %s as %s', (hex, text) => {
    expect(formatIp(Buffer.from(hex, 'hex'))).toBe(text)
  })

  it('writes IPv6 as inet_ntop does', () => {
    fc.assert(
      fc.property(ipv6, (bytes) => {
        const long = Buffer.from(bytes).toString('hex').match(/.{4}/g)!.join(':')
        expect(formatIp(bytes)).toBe(canonicalIpv6(long))
      }),
    )
  })

  it('writes what is read back', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (bytes) => {
        const text = formatIp(bytes)
        expect(bytes.length === 4 ? parseIpv4(text) : parseIpv6(text)).toEqual(bytes)
      }),
    )
  })
})

describe('parseIpv6', () => {
  it('takes what Node takes for IPv6, and means the same', () => {
    fc.assert(
      fc.property(nearlyIpv6, (text) => {
        const bytes = parseIpv6(text)
        expect(bytes !== undefined).toBe(isIPv6(text))
        if (bytes !== undefined) expect(formatIp(bytes)).toBe(canonicalIpv6(text))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '12345::',
    '::g',
    '1.2.3.4::',
    '1.2.3.4:5::',
    '::1.2.3',
    '::1.2.3.256',
    '::1%eth0',
    ' ::1',
  ])('refuses %j', (text) => {
    expect(parseIpv6(text)).toBeUndefined()
  })

  it('lets a "::" stand for a single group', () => {
    expect(parseIpv6('1:2:3:4:5:6:7::')).toEqual(Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0))
  })
})

describe('parseIpv4', () => {
  it('takes what Node takes for IPv4', () => {
    fc.assert(
      fc.property(nearlyIpv4, (text) => {
        expect(parseIpv4(text) !== undefined).toBe(isIPv4(text))
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.', '1.2.3.-4', '1.2.3.0x4', '1,2,3,4'])(
    'refuses %j',
    (text) => {
      expect(parseIpv4(text)).toBeUndefined()
    },
  )
})
