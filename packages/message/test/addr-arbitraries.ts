import fc from 'fast-check'
import { EntityAddr, type AddrFamily, type AddrType, type EntityAddrFields } from '../src/index.ts'

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

export const addrType: fc.Arbitrary<AddrType> = fc.constantFrom('none', 'v1', 'v2', 'any')

interface FieldArbitraries {
  readonly uint16: fc.Arbitrary<number>
  readonly uint32: fc.Arbitrary<number>
  readonly ipv4: fc.Arbitrary<Uint8Array>
  readonly ipv6: fc.Arbitrary<Uint8Array>
}

function addrOf({ uint16, uint32, ipv4, ipv6 }: FieldArbitraries): fc.Arbitrary<EntityAddr> {
  const common = { type: addrType, nonce: uint32 }
  const family = (name: AddrFamily) => fc.constant(name)
  return fc
    .oneof(
      fc.record({ ...common, family: family('none') }),
      fc.record({ ...common, family: family('ipv4'), port: uint16, ip: ipv4 }),
      fc.record({ ...common, family: family('ipv6'), port: uint16, ip: ipv6, flowInfo: uint32, scopeId: uint32 }),
    )
    .map((fields) => new EntityAddr(fields))
}

/** Any address at all. */
export const anyAddr: fc.Arbitrary<EntityAddr> = addrOf({
  uint16: uint(16),
  uint32: uint(32),
  ipv4: bytes(4),
  ipv6: bytes(16),
})

const nearlyZero = (length: number) =>
  fc
    .tuple(fc.constantFrom(0, 1, 255), fc.nat({ max: length - 1 }))
    .map(([byte, at]) => new Uint8Array(length).fill(byte, at, at + 1))

/** Addresses of few different fields. */
const plainAddr = addrOf({
  uint16: fc.constantFrom(0, 1, 255, 256, 0xffff),
  uint32: fc.constantFrom(0, 1, 255, 256, 0x10000, 0x1000000, 0xff000000, 0xffffffff),
  ipv4: nearlyZero(4),
  ipv6: nearlyZero(16),
})
const someFields = fc.subarray(['type', 'nonce', 'port', 'ip', 'flowInfo', 'scopeId'] as const)

/** Three addresses that often differ in a single field, whichever, and sometimes in none. */
export const similarAddrs: fc.Arbitrary<[EntityAddr, EntityAddr, EntityAddr]> = fc
  .tuple(plainAddr, plainAddr, someFields, plainAddr, someFields)
  .map(([first, second, secondFields, third, thirdFields]) => [
    first,
    mixed(first, second, secondFields),
    mixed(first, third, thirdFields),
  ])

function mixed(base: EntityAddr, other: EntityAddr, fields: readonly (keyof EntityAddrFields)[]): EntityAddr {
  if (other.family !== base.family) return other
  return base.with(Object.fromEntries(fields.map((name) => [name, other[name]])))
}
