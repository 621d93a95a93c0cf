import { type BufferCursor, type BufferEncoder, type Codec } from '@msgr/bufferlist'
import { EntityName } from './entity-name.ts'

/** Writes a name in 9 bytes: type (u8), number (s64). Ceph: src/msg/msg_types.h, entity_name_t::encode */
export function encodeEntityName(encoder: BufferEncoder, name: EntityName): void {
  encoder.writeUInt8(name.type).writeSafeInt64LE(name.num)
}

/**
 * Reads what `encodeEntityName` writes. Throws `EndOfBufferError`, and `MalformedInputError` for a number beyond
 * ±(2^53 - 1). Ceph: src/msg/msg_types.h, entity_name_t::decode
 */
export function decodeEntityName(cursor: BufferCursor): EntityName {
  const type = cursor.readUInt8()
  return new EntityName(type, cursor.readSafeInt64LE())
}

/** Names inside collections and structs. */
export const entityNameCodec: Codec<EntityName> = { minLength: 9, encode: encodeEntityName, decode: decodeEntityName }
