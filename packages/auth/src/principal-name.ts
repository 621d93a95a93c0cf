import { type Codec, MalformedInputError } from '@msgr/bufferlist'
import { EntityType, entityTypeFromName, entityTypeName } from '@msgr/message'
import { KeyringError } from './errors.ts'
import { AuthLimits, limitedString } from './limits.ts'

/** Types of which there are principals. */
const PRINCIPAL_TYPES: ReadonlySet<number> = new Set([
  EntityType.mon,
  EntityType.mds,
  EntityType.osd,
  EntityType.client,
  EntityType.mgr,
  EntityType.auth,
])

/**
 * Who has a key: `client.admin`, `osd.3`, `mon.`. Unlike the `EntityName` of messages its id is text. All monitors
 * share one, whose id is empty. Ceph: src/common/entity_name.h, EntityName
 */
export class PrincipalName {
  /** One of `EntityType`. */
  readonly type: number
  readonly id: string

  constructor(type: number, id: string) {
    this.type = type
    this.id = id
  }

  /** Reads TYPE.ID. The id may have dots of its own, and may be empty. Throws `KeyringError` for anything else. */
  static parse(text: string): PrincipalName {
    const name = PrincipalName.tryParse(text)
    if (name !== undefined) return name
    // What was given is not shown: a key put in place of a name is a mistake that people make.
    throw new KeyringError({ path: 'name' }, `expected TYPE.ID such as client.admin, got ${text.length} characters`)
  }

  /** The name that the text is, or `undefined`. */
  static tryParse(text: string): PrincipalName | undefined {
    const dot = text.indexOf('.')
    const type = dot < 0 ? undefined : entityTypeFromName(text.slice(0, dot))
    return type !== undefined && PRINCIPAL_TYPES.has(type) ? new PrincipalName(type, text.slice(dot + 1)) : undefined
  }

  equals(other: PrincipalName): boolean {
    return this.type === other.type && this.id === other.id
  }

  toString(): string {
    return `${entityTypeName(this.type)}.${this.id}`
  }
}

const idCodec = limitedString('id of a principal', AuthLimits.maxIdBytes)

/** Type u32, id string. Decoding throws for types that have no principals. Ceph: src/common/entity_name.cc, encode */
export const principalNameCodec: Codec<PrincipalName> = {
  minLength: 8,
  encode: (encoder, name) => {
    encoder.writeUInt32LE(name.type)
    idCodec.encode(encoder, name.id)
  },
  decode: (cursor) => {
    const type = cursor.readUInt32LE()
    if (!PRINCIPAL_TYPES.has(type)) {
      throw new MalformedInputError(`type of a principal: expected one of 1, 2, 4, 8, 16, 32, got ${type}`, { type })
    }
    return new PrincipalName(type, idCodec.decode(cursor))
  },
}
