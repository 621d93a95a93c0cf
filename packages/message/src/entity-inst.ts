import { type BufferCursor, type BufferEncoder, type Codec } from '@msgr/bufferlist'
import { decodeEntityAddr, encodeEntityAddr, entityAddrCodec } from './entity-addr-codec.ts'
import { type EntityAddr } from './entity-addr.ts'
import { decodeEntityName, encodeEntityName, entityNameCodec } from './entity-name-codec.ts'
import { type EntityName } from './entity-name.ts'

/** A peer and where to find it. Ceph: src/msg/msg_types.h, entity_inst_t */
export interface EntityInst {
  readonly name: EntityName
  readonly addr: EntityAddr
}

/** `osd.3 v1:1.2.3.4:6800/77` */
export function formatEntityInst(inst: EntityInst): string {
  return `${inst.name.toString()} ${inst.addr.toString()}`
}

/**
 * Writes the name, then the address in the form that a peer with these features reads.
 * Ceph: src/msg/msg_types.h, entity_inst_t::encode
 */
export function encodeEntityInst(encoder: BufferEncoder, inst: EntityInst, features = 0n): void {
  encodeEntityName(encoder, inst.name)
  encodeEntityAddr(encoder, inst.addr, features)
}

/** Reads what `encodeEntityInst` writes. Throws as `decodeEntityName` and `decodeEntityAddr` do. */
export function decodeEntityInst(cursor: BufferCursor): EntityInst {
  const name = decodeEntityName(cursor)
  return { name, addr: decodeEntityAddr(cursor) }
}

/** Names with addresses inside collections and structs. */
export const entityInstCodec: Codec<EntityInst> = {
  minLength: entityNameCodec.minLength + entityAddrCodec.minLength,
  encode: encodeEntityInst,
  decode: decodeEntityInst,
}
