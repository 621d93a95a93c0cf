import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EntityAddr, LEGACY_ADDR_SIZE, readLegacyAddr, writeLegacyAddr } from '../src/index.ts'
import { anyAddr } from './addr-arbitraries.ts'
import { readGolden } from './read-golden.ts'

function written(addr: EntityAddr): Buffer {
  const bytes = Buffer.alloc(LEGACY_ADDR_SIZE, 0xaa)
  writeLegacyAddr(addr, bytes, 0)
  return bytes
}

/** An address in legacy form: its first bytes in hex, and zeros to the end. */
function legacy(hex: string): Buffer {
  const bytes = Buffer.alloc(LEGACY_ADDR_SIZE)
  Buffer.from(hex.replaceAll(' ', ''), 'hex').copy(bytes)
  return bytes
}

describe('the legacy form of an address', () => {
  it.each([
    ['mon-own-addr-ipv4', 'v1:127.0.0.1:26710/0'],
    ['mon-own-addr-ipv6', 'v1:[::1]:26720/0'],
  ])('%s is that of a real monitor', (name, text) => {
    const bytes = readGolden(name)
    const addr = readLegacyAddr(bytes, 0)
    expect(addr).toEqual(EntityAddr.parse(text))
    expect(written(addr)).toEqual(Buffer.from(bytes))
  })

  it.each([
    ['v1:127.0.0.1:6789/0', '00000000 00000000 0002 1a85 7f000001'],
    ['v1:1.2.3.4:5/4294967294', '00000000 feffffff 0002 0005 01020304'],
    ['v1:[2001:db8::1]:6789/77', '00000000 4d000000 000a 1a85 00000000 20010db8000000000000000000000001'],
  ])('of %s is %s and zeros', (text, hex) => {
    expect(written(EntityAddr.parse(text))).toEqual(legacy(hex))
    expect(readLegacyAddr(legacy(hex), 0)).toEqual(EntityAddr.parse(text))
  })

  it('keeps flow info and scope as they lie in memory', () => {
    const addr = EntityAddr.parse('v1:[fe80::1]:1').with({ flowInfo: 0x04030201, scopeId: 2 })
    const hex = '00000000 00000000 000a 0001 01020304 fe800000000000000000000000000001 02000000'
    expect(written(addr)).toEqual(legacy(hex))
    expect(readLegacyAddr(legacy(hex), 0)).toEqual(addr)
  })

  it('has a type if it has a family', () => {
    expect(written(new EntityAddr({ type: 'v1', nonce: 7 }))).toEqual(legacy('00000000 07000000'))
    expect(readLegacyAddr(legacy('00000000 07000000'), 0)).toEqual(new EntityAddr({ type: 'none', nonce: 7 }))
    expect(readLegacyAddr(legacy(''), 0).equals(EntityAddr.none)).toBe(true)
  })

  it('leaves an address of another family unset', () => {
    const addr = readLegacyAddr(legacy('00000000 07000000 0001 2f746d70'), 0)
    expect(addr).toEqual(new EntityAddr({ type: 'v1', nonce: 7 }))
  })

  it('is read back as it was, but for the type', () => {
    fc.assert(
      fc.property(anyAddr, (addr) => {
        const type = addr.family === 'none' ? 'none' : 'v1'
        expect(readLegacyAddr(written(addr), 0)).toEqual(addr.with({ type }))
      }),
    )
  })

  it('may stand anywhere in an array, of which nothing else changes', () => {
    fc.assert(
      fc.property(anyAddr, fc.nat({ max: 9 }), fc.nat({ max: 9 }), (addr, before, after) => {
        const room = Buffer.alloc(before + LEGACY_ADDR_SIZE + after, 0xaa).subarray(before)
        writeLegacyAddr(addr, room, 0)
        const whole = Buffer.alloc(before + LEGACY_ADDR_SIZE + after, 0xaa)
        writeLegacyAddr(addr, whole, before)
        expect(whole.subarray(before)).toEqual(room)
        expect(whole.subarray(0, before)).toEqual(Buffer.alloc(before, 0xaa))
        expect(room.subarray(LEGACY_ADDR_SIZE)).toEqual(Buffer.alloc(after, 0xaa))
        expect(readLegacyAddr(whole, before)).toEqual(readLegacyAddr(written(addr), 0))
      }),
    )
  })
})
