import { MalformedInputError, decodeStruct, encodeStruct } from '@msgr/bufferlist'
import { type BufferCursor, type BufferEncoder, type Codec } from '@msgr/bufferlist'
import { AddrFamilyNumber, AddrTypeNumber, EntityAddr, type AddrType } from './entity-addr.ts'
import { Feature, hasFeature } from './features.ts'
import { LEGACY_ADDR_SIZE, familyFromNumber, readLegacyAddr, writeLegacyAddr } from './legacy-addr.ts'

// An address inside a payload takes one of two forms, told apart by the first byte:
//
//   0   legacy: 136 bytes, the type is lost; see legacy-addr.ts
//   1   for peers with Feature.msgAddr2: a versioned struct (version 1) of
//         u32 type │ u32 nonce │ u32 size of the sockaddr
//         u16 family, little endian │ u16 port, big endian │ IPv4: 4 bytes │ 8 zeros
//                                                          │ IPv6: flow info, 4 │ 16 bytes │ scope, 4

const LEGACY_MARKER = 0
const STRUCT_MARKER = 1
const FAMILY_SIZE = 2
/** Bytes of a sockaddr behind its family. An address without family takes as much as IPv6. */
const IPV4_REST_SIZE = 14
const IPV6_REST_SIZE = 26
/** Marker, frame of the struct, and its fields without a sockaddr. */
const MIN_ENCODED_SIZE = 1 + 6 + 12

const typeNames = new Map<number, AddrType>(
  (Object.keys(AddrTypeNumber) as AddrType[]).map((type) => [AddrTypeNumber[type], type]),
)

/**
 * Writes an address in the form that a peer with these features reads: the legacy form unless it has
 * `Feature.msgAddr2`. The type `'any'` becomes `'v1'` for a peer without `Feature.serverNautilus`, and the legacy form
 * has no room for a type at all. Ceph: src/msg/msg_types.h, entity_addr_t::encode
 */
export function encodeEntityAddr(encoder: BufferEncoder, addr: EntityAddr, features = 0n): void {
  if (!hasFeature(features, Feature.msgAddr2)) {
    const bytes = new Uint8Array(LEGACY_ADDR_SIZE)
    writeLegacyAddr(addr, bytes, 0)
    encoder.writeBytes(bytes)
    return
  }
  const type = addr.type === 'any' && !hasFeature(features, Feature.serverNautilus) ? 'v1' : addr.type
  encoder.writeUInt8(STRUCT_MARKER)
  encodeStruct(encoder, 1, 1, () => {
    const rest = sockaddrRest(addr)
    encoder.writeUInt32LE(AddrTypeNumber[type])
    encoder.writeUInt32LE(addr.nonce)
    encoder.writeUInt32LE(FAMILY_SIZE + rest.length)
    encoder.writeUInt16LE(AddrFamilyNumber[addr.family])
    encoder.writeBytes(rest)
  })
}

/**
 * Reads an address in either form. A family other than IPv4 and IPv6 leaves it unset. Throws `MalformedInputError` for
 * another form, a type without a name and a sockaddr of a size that its family cannot have; `EndOfBufferError` if bytes
 * are missing. Ceph: src/msg/msg_types.h, entity_addr_t::decode
 *
 * Differs from Ceph: a type beyond `'any'` is refused. There it is kept as a number that nothing can act on.
 */
export function decodeEntityAddr(cursor: BufferCursor): EntityAddr {
  const marker = cursor.peekUInt8()
  if (marker === LEGACY_MARKER) return readLegacyAddr(cursor.readBytes(LEGACY_ADDR_SIZE), 0)
  if (marker !== STRUCT_MARKER) {
    throw new MalformedInputError(`marker of an address: expected 0 or 1, got ${marker}`, { marker })
  }
  cursor.skip(1)
  return decodeStruct(cursor, 'entity_addr_t', 1, readStructPayload)
}

/** Addresses inside collections and structs. Without features they are encoded in legacy form. */
export const entityAddrCodec: Codec<EntityAddr> = {
  minLength: MIN_ENCODED_SIZE,
  encode: encodeEntityAddr,
  decode: decodeEntityAddr,
}

function readStructPayload(cursor: BufferCursor): EntityAddr {
  const typeNumber = cursor.readUInt32LE()
  const type = typeNames.get(typeNumber)
  if (type === undefined) {
    throw new MalformedInputError(`type of an address: expected 0 to 3, got ${typeNumber}`, { type: typeNumber })
  }
  const nonce = cursor.readUInt32LE()
  const size = cursor.readUInt32LE()
  if (size === 0) return new EntityAddr({ type, nonce })
  if (size < FAMILY_SIZE) throw badSockaddrSize(size, FAMILY_SIZE)

  const family = familyFromNumber(cursor.readUInt16LE())
  const maxSize = FAMILY_SIZE + (family === 'ipv4' ? IPV4_REST_SIZE : IPV6_REST_SIZE)
  if (size > maxSize) throw badSockaddrSize(size, maxSize)
  // What a short sockaddr leaves out is zero.
  const rest = new Uint8Array(IPV6_REST_SIZE)
  cursor.readInto(rest, 0, size - FAMILY_SIZE)

  const view = new DataView(rest.buffer)
  if (family === 'none') return new EntityAddr({ type, nonce })
  const port = view.getUint16(0)
  if (family === 'ipv4') return new EntityAddr({ type, nonce, family, port, ip: rest.subarray(2, 6) })
  return new EntityAddr({
    type,
    nonce,
    family,
    port,
    ip: rest.subarray(6, 22),
    flowInfo: view.getUint32(2, true),
    scopeId: view.getUint32(22, true),
  })
}

/** A sockaddr from its port on. */
function sockaddrRest(addr: EntityAddr): Uint8Array {
  const rest = new Uint8Array(addr.family === 'ipv4' ? IPV4_REST_SIZE : IPV6_REST_SIZE)
  const view = new DataView(rest.buffer)
  view.setUint16(0, addr.port)
  if (addr.family === 'ipv6') {
    view.setUint32(2, addr.flowInfo, true)
    rest.set(addr.ip, 6)
    view.setUint32(22, addr.scopeId, true)
  } else {
    rest.set(addr.ip, 2)
  }
  return rest
}

function badSockaddrSize(size: number, limit: number): MalformedInputError {
  const expected = size < limit ? `at least ${limit}` : `at most ${limit}`
  return new MalformedInputError(`size of a sockaddr: expected ${expected}, got ${size}`, { size, limit })
}
