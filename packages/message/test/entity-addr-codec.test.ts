import { BufferEncoder, BufferList, EndOfBufferError, MalformedInputError, vectorOf } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeEntityAddr,
  encodeEntityAddr,
  EntityAddr,
  entityAddrCodec,
  Feature,
  FEATURES_ALL,
  LEGACY_ADDR_SIZE,
  writeLegacyAddr,
} from '../src/index.ts'
import { anyAddr } from './addr-arbitraries.ts'
import { readGolden } from './read-golden.ts'

function encoded(addr: EntityAddr, features?: bigint): Buffer {
  const encoder = new BufferEncoder()
  encodeEntityAddr(encoder, addr, features)
  return Buffer.from(encoder.toBufferList().slice())
}

function decoded(bytes: Uint8Array): EntityAddr {
  const cursor = new BufferList(bytes).cursor()
  const addr = decodeEntityAddr(cursor)
  expect(cursor.remaining).toBe(0)
  return addr
}

function fromHex(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex')
}

/** An address in the newer form; `payload` is what its struct holds. */
function struct(payload: string): Buffer {
  const bytes = fromHex(payload)
  const head = fromHex('01 0101 00000000')
  head.writeUInt32LE(bytes.length, 3)
  return Buffer.concat([head, bytes])
}

describe('an address for a peer that has MSG_ADDR2', () => {
  it.each([
    ['addr-unset', EntityAddr.none],
    ['addr-any', EntityAddr.parse('any:172.21.64.1:0/749981277')],
    ['addr-v2', EntityAddr.parse('v2:172.21.64.1:40502/0')],
  ])('%s is as Ceph encodes it', (name, addr) => {
    const bytes = readGolden(name)
    expect(decoded(bytes)).toEqual(addr)
    expect(encoded(addr, FEATURES_ALL)).toEqual(Buffer.from(bytes))
  })

  it('has the type "v1" instead of "any" before Nautilus', () => {
    const addr = EntityAddr.parse('any:1.2.3.4:5/6')
    expect(decoded(encoded(addr, Feature.msgAddr2))).toEqual(addr.with({ type: 'v1' }))
    // The bit had another meaning before Mimic: it does not count alone.
    expect(decoded(encoded(addr, Feature.msgAddr2 | 0x4n))).toEqual(addr.with({ type: 'v1' }))
    expect(decoded(encoded(addr, Feature.msgAddr2 | Feature.serverNautilus))).toEqual(addr)
    const other = EntityAddr.parse('v2:1.2.3.4:5/6')
    expect(decoded(encoded(other, Feature.msgAddr2))).toEqual(other)
  })

  it('keeps flow info and scope as they lie in memory', () => {
    const addr = EntityAddr.parse('v1:[fe80::1]:1').with({ flowInfo: 0x04030201, scopeId: 2 })
    const hex = '01000000 00000000 1c000000 0a00 0001 01020304 fe800000000000000000000000000001 02000000'
    expect(encoded(addr, FEATURES_ALL)).toEqual(struct(hex))
  })

  it('is read back as it was', () => {
    fc.assert(
      fc.property(anyAddr, (addr) => {
        expect(decoded(encoded(addr, FEATURES_ALL))).toEqual(addr)
      }),
    )
  })
})

describe('an address for a peer that has not', () => {
  it('is in legacy form', () => {
    fc.assert(
      fc.property(anyAddr, fc.constantFrom(undefined, 0n, FEATURES_ALL & ~Feature.msgAddr2), (addr, features) => {
        const expected = Buffer.alloc(LEGACY_ADDR_SIZE)
        writeLegacyAddr(addr, expected, 0)
        expect(encoded(addr, features)).toEqual(expected)
        expect(decoded(expected)).toEqual(addr.with({ type: addr.family === 'none' ? 'none' : 'v1' }))
      }),
    )
  })
})

describe('decodeEntityAddr', () => {
  it('takes a sockaddr that is left out for no address', () => {
    expect(decoded(struct('02000000 07000000 00000000'))).toEqual(new EntityAddr({ type: 'v2', nonce: 7 }))
  })

  it('takes what a short sockaddr leaves out for zeros', () => {
    expect(decoded(struct('02000000 00000000 04000000 0200 0005'))).toEqual(EntityAddr.parse('v2:0.0.0.0:5'))
    expect(decoded(struct('02000000 00000000 02000000 0a00'))).toEqual(EntityAddr.parse('v2:[::]:0'))
    expect(decoded(struct('02000000 00000000 07000000 0200 0005 0a0b0c'))).toEqual(EntityAddr.parse('v2:10.11.12.0:5'))
  })

  it('leaves an address of another family unset', () => {
    const bytes = struct(`01000000 07000000 1c000000 0100 ${'2f'.repeat(26)}`)
    expect(decoded(bytes)).toEqual(new EntityAddr({ type: 'v1', nonce: 7 }))
  })

  it('skips what a newer writer has put after the sockaddr', () => {
    const bytes = struct('02000000 00000000 04000000 0200 0005 ffffffff')
    bytes[1] = 9 // its version
    expect(decoded(bytes)).toEqual(EntityAddr.parse('v2:0.0.0.0:5'))
  })

  it.each<[string, Buffer]>([
    ['a marker that only several addresses have', fromHex('02 00000000')],
    ['an unknown marker', fromHex('03 0101 0c000000 00000000 00000000 00000000')],
    ['an unknown type', struct('04000000 00000000 00000000')],
    ['a sockaddr without room for its family', struct('01000000 00000000 01000000 02')],
    ['an IPv4 sockaddr of 17 bytes', struct(`01000000 00000000 11000000 0200 ${'00'.repeat(15)}`)],
    ['an IPv6 sockaddr of 29 bytes', struct(`01000000 00000000 1d000000 0a00 ${'00'.repeat(27)}`)],
    ['an unset sockaddr of 29 bytes', struct(`01000000 00000000 1d000000 0000 ${'00'.repeat(27)}`)],
    ['a struct that only newer readers understand', fromHex('01 0202 0c000000 00000000 00000000 00000000')],
    ['a struct longer than the bytes that are left', fromHex('01 0101 0d000000 00000000 00000000 00000000')],
    ['a struct too short for its fields', fromHex('01 0101 08000000 00000000 00000000 00000000')],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeEntityAddr(new BufferList(bytes).cursor())).toThrow(MalformedInputError)
  })

  it('says which numbers it expected', () => {
    const bytes = struct(`01000000 00000000 11000000 0200 ${'00'.repeat(15)}`)
    expect(() => decodeEntityAddr(new BufferList(bytes).cursor())).toThrow(
      'size of a sockaddr: expected at most 16, got 17',
    )
  })

  it('refuses an address that is cut short', () => {
    fc.assert(
      fc.property(
        anyAddr,
        fc.constantFrom(0n, FEATURES_ALL),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (addr, features, part) => {
          const whole = encoded(addr, features)
          const cut = whole.subarray(0, Math.min(Math.floor(part * whole.length), whole.length - 1))
          let thrown: unknown
          try {
            decodeEntityAddr(new BufferList(cut).cursor())
          } catch (error) {
            thrown = error
          }
          expect(thrown instanceof EndOfBufferError || thrown instanceof MalformedInputError).toBe(true)
        },
      ),
    )
  })

  it('does not care where chunks end, and stops at the end of the address', () => {
    fc.assert(
      fc.property(
        anyAddr,
        fc.constantFrom(0n, FEATURES_ALL),
        fc.array(fc.nat({ max: 20 }), { maxLength: 6 }),
        (addr, features, cuts) => {
          const bytes = Buffer.concat([encoded(addr, features), Buffer.from('rest')])
          const list = new BufferList()
          let at = 0
          for (const cut of cuts) {
            list.append(new BufferList(bytes.subarray(at, at + cut)))
            at += cut
          }
          list.append(new BufferList(bytes.subarray(at)))
          const cursor = list.cursor()
          expect(decodeEntityAddr(cursor)).toEqual(decoded(encoded(addr, features)))
          expect(Buffer.from(cursor.readBytes(cursor.remaining)).toString()).toBe('rest')
        },
      ),
    )
  })

  it('can be part of a collection', () => {
    fc.assert(
      fc.property(fc.array(anyAddr, { maxLength: 4 }), fc.constantFrom(0n, FEATURES_ALL), (addrs, features) => {
        const codec = vectorOf(entityAddrCodec)
        const encoder = new BufferEncoder()
        codec.encode(encoder, addrs, features)
        const again = codec.decode(encoder.toBufferList().cursor())
        expect(again).toEqual(addrs.map((addr) => decoded(encoded(addr, features))))
      }),
    )
  })

  it('never needs fewer bytes than its codec says', () => {
    const shortest = struct('02000000 07000000 00000000')
    expect(shortest.length).toBe(entityAddrCodec.minLength)
  })
})
