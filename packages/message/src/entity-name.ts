import { EntityType, entityTypeFromName, entityTypeName } from './entity-type.ts'
import { AddressError } from './errors.ts'

/**
 * Who a peer is: a type and a number, such as `osd.3`. A number of -1 stands for one not yet given out; it prints
 * as `client.?`. On the wire 9 bytes: type (u8), number (s64, little endian).
 *
 * Ceph: src/msg/msg_types.h, entity_name_t
 */
export class EntityName {
  /** One of `EntityType`. */
  readonly type: number
  /** A safe integer; -1 when not yet known. */
  readonly num: number

  constructor(type: number, num: number) {
    if (!Number.isInteger(type) || type < 0 || type > 255) {
      throw new AddressError(`entity type: expected an integer from 0 to 255, got ${type}`)
    }
    if (!Number.isSafeInteger(num)) throw new AddressError(`entity number: expected a safe integer, got ${num}`)
    this.type = type
    this.num = num
  }

  static mon(num: number): EntityName {
    return new EntityName(EntityType.mon, num)
  }

  static osd(num: number): EntityName {
    return new EntityName(EntityType.osd, num)
  }

  static client(num = -1): EntityName {
    return new EntityName(EntityType.client, num)
  }

  /** Reads `osd.3`, `client.-1` or `client.?`, which is the same. Throws `AddressError` for anything else. */
  static parse(text: string): EntityName {
    const match = /^([a-z]+)\.(-?\d+|\?)$/.exec(text)
    const type = match?.[1] === undefined ? undefined : entityTypeFromName(match[1])
    if (match === null || type === undefined) {
      throw new AddressError(`entity name: expected TYPE.NUMBER such as osd.3, got ${JSON.stringify(text)}`)
    }
    return new EntityName(type, match[2] === '?' ? -1 : Number(match[2]))
  }

  equals(other: EntityName): boolean {
    return this.type === other.type && this.num === other.num
  }

  /** Negative, zero or positive: by type, then by number. */
  compare(other: EntityName): number {
    return this.type - other.type || this.num - other.num
  }

  toString(): string {
    return `${entityTypeName(this.type)}.${this.num < 0 ? '?' : this.num}`
  }
}
