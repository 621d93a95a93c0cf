import { MalformedInputError, vectorOf, type BufferCursor, type BufferEncoder, type Codec } from '@msgr/bufferlist'
import { decodeEntityAddr, encodeEntityAddr, entityAddrCodec } from './entity-addr-codec.ts'
import { EntityAddrVec } from './entity-addr-vec.ts'
import { Feature, hasFeature } from './features.ts'

/** What the first byte of several addresses is; 0 and 1 begin a single one. */
const VECTOR_MARKER = 2
const addrs = vectorOf(entityAddrCodec)

/**
 * Writes addresses in the form that a peer with these features reads: all of them if it has `Feature.msgAddr2`, and
 * otherwise the first of type `'v1'` in legacy form. Ceph: src/msg/msg_types.cc, entity_addrvec_t::encode
 */
export function encodeEntityAddrVec(encoder: BufferEncoder, vec: EntityAddrVec, features = 0n): void {
  if (!hasFeature(features, Feature.msgAddr2)) {
    encodeEntityAddr(encoder, vec.legacyAddr())
    return
  }
  encoder.writeUInt8(VECTOR_MARKER)
  addrs.encode(encoder, vec.addrs, features)
}

/**
 * Reads addresses in any form: several, or a single one in either of its forms. Throws as `decodeEntityAddr` does.
 * Ceph: src/msg/msg_types.cc, entity_addrvec_t::decode
 */
export function decodeEntityAddrVec(cursor: BufferCursor): EntityAddrVec {
  const marker = cursor.peekUInt8()
  if (marker < VECTOR_MARKER) return new EntityAddrVec([decodeEntityAddr(cursor)])
  if (marker !== VECTOR_MARKER) {
    throw new MalformedInputError(`marker of addresses: expected 0, 1 or 2, got ${marker}`, { marker })
  }
  cursor.skip(1)
  return new EntityAddrVec(addrs.decode(cursor))
}

/** Lists of addresses inside collections and structs. Without features they are encoded in legacy form. */
export const entityAddrVecCodec: Codec<EntityAddrVec> = {
  minLength: 5,
  encode: encodeEntityAddrVec,
  decode: decodeEntityAddrVec,
}
