import { AddrFamilyNumber, EntityAddr, type AddrFamily } from './entity-addr.ts'

/** Bytes of an address in its legacy form, the only one of the version 1 handshake. */
export const LEGACY_ADDR_SIZE = 136

/**
 * Writes an address in legacy form: u32 0, nonce u32, then a 128-byte `sockaddr_storage` whose family and port are
 * big endian. The type is lost. `bytes` must have 136 bytes of room at `offset`.
 * Ceph: src/msg/msg_types.h, entity_addr_t::encode_legacy
 */
export function writeLegacyAddr(addr: EntityAddr, bytes: Uint8Array, offset: number): void {
  bytes.fill(0, offset, offset + LEGACY_ADDR_SIZE)
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, LEGACY_ADDR_SIZE)
  view.setUint32(4, addr.nonce, true)
  view.setUint16(8, AddrFamilyNumber[addr.family])
  view.setUint16(10, addr.port)
  if (addr.family === 'ipv6') {
    view.setUint32(12, addr.flowInfo, true)
    view.setUint32(32, addr.scopeId, true)
  }
  bytes.set(addr.ip, offset + (addr.family === 'ipv6' ? 16 : 12))
}

/**
 * Reads an address in legacy form from the 136 bytes at `offset`. Its type is `'v1'`, or `'none'` if no family is
 * set. A family other than IPv4 and IPv6 leaves the address unset, as in Ceph.
 */
export function readLegacyAddr(bytes: Uint8Array, offset: number): EntityAddr {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, LEGACY_ADDR_SIZE)
  const nonce = view.getUint32(4, true)
  const familyNumber = view.getUint16(8)
  if (familyNumber === AddrFamilyNumber.none) return new EntityAddr({ type: 'none', nonce })
  const family = familyFromNumber(familyNumber)
  if (family === 'none') return new EntityAddr({ type: 'v1', nonce })
  const ipOffset = offset + (family === 'ipv6' ? 16 : 12)
  return new EntityAddr({
    type: 'v1',
    nonce,
    family,
    port: view.getUint16(10),
    ip: bytes.subarray(ipOffset, ipOffset + (family === 'ipv6' ? 16 : 4)),
    flowInfo: family === 'ipv6' ? view.getUint32(12, true) : 0,
    scopeId: family === 'ipv6' ? view.getUint32(32, true) : 0,
  })
}

/** The family that a number of Linux's stands for; `'none'` for one that no address here can have. */
export function familyFromNumber(number: number): AddrFamily {
  if (number === AddrFamilyNumber.ipv4) return 'ipv4'
  return number === AddrFamilyNumber.ipv6 ? 'ipv6' : 'none'
}
