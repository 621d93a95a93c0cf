import { AddressError } from './errors.ts'
import { parseEntityAddrPrefix } from './parse-entity-addr.ts'
import { formatIp, parseIpv4, parseIpv6 } from './ip-address.ts'

/** Which wire an address speaks: nothing, version 1, version 2, or either. */
export type AddrType = 'none' | 'v1' | 'v2' | 'any'
export type AddrFamily = 'none' | 'ipv4' | 'ipv6'

/** The numbers that stand for address types on the wire and in comparisons. */
export const AddrTypeNumber = { none: 0, v1: 1, v2: 2, any: 3 } as const
/** The address families as Linux numbers them. */
export const AddrFamilyNumber = { none: 0, ipv4: 2, ipv6: 10 } as const

export interface EntityAddrFields {
  readonly type: AddrType
  /** Tells two processes apart that used the same address one after the other. u32. */
  readonly nonce?: number
  readonly family?: AddrFamily
  /** 4 or 16 bytes as `family` says; copied. Absent means all zeros. */
  readonly ip?: Uint8Array
  /** 0 to 65535. */
  readonly port?: number
  /** IPv6 only; raw. */
  readonly flowInfo?: number
  /** IPv6 only. */
  readonly scopeId?: number
}

const NO_BYTES = new Uint8Array(0)

/**
 * Where a messenger is to be found, and which incarnation of it: `v1:127.0.0.1:6800/4021`. Never changes.
 *
 * Ceph: src/msg/msg_types.h, entity_addr_t
 */
export class EntityAddr {
  readonly type: AddrType
  readonly nonce: number
  readonly family: AddrFamily
  readonly port: number
  /** Address bytes in network order: none, 4 or 16. Not to be written to. */
  readonly ip: Uint8Array
  readonly flowInfo: number
  readonly scopeId: number
  #text: string | undefined

  constructor(fields: EntityAddrFields) {
    this.type = fields.type
    this.nonce = fields.nonce ?? 0
    this.family = fields.family ?? 'none'
    this.port = fields.port ?? 0
    const size = { none: 0, ipv4: 4, ipv6: 16 }[this.family]
    this.ip = fields.ip === undefined ? new Uint8Array(size) : Uint8Array.from(fields.ip)
    this.flowInfo = fields.flowInfo ?? 0
    this.scopeId = fields.scopeId ?? 0
    if (this.ip.length !== size) {
      throw new AddressError(`ip of an ${this.family} address: expected ${size} bytes, got ${this.ip.length}`)
    }
    if (!isUint(this.port, 0xffff)) throw new AddressError(`port: expected 0 to 65535, got ${this.port}`)
    if (!isUint(this.nonce, 0xffffffff)) throw new AddressError(`nonce: expected a u32, got ${this.nonce}`)
  }

  /** The address of nobody; prints as `-`. */
  static readonly none: EntityAddr = new EntityAddr({ type: 'none', ip: NO_BYTES })

  /**
   * Reads a whole text such as `v1:127.0.0.1:6805/4021`, `[::1]:6805` or `10.0.0.1`. Without a prefix the type is
   * `defaultType` (`'v2'`, as in Ceph). Throws `AddressError` if any of the text is left over.
   */
  static parse(text: string, defaultType: AddrType = 'v2'): EntityAddr {
    const parsed = parseEntityAddrPrefix(text, defaultType)
    if (parsed === undefined || parsed.rest !== '') {
      throw new AddressError(`address: expected [v1:|v2:|any:]IP[:PORT][/NONCE], got ${JSON.stringify(text)}`)
    }
    return new EntityAddr(parsed.fields)
  }

  /** From the text of an IP, as sockets give it. A `%scope` suffix of a link-local address is dropped. */
  static fromIp(type: AddrType, ip: string, port: number, nonce = 0): EntityAddr {
    const v4 = parseIpv4(ip)
    if (v4 !== undefined) return new EntityAddr({ type, nonce, family: 'ipv4', ip: v4, port })
    const v6 = parseIpv6(ip.replace(/%.*$/, ''))
    if (v6 === undefined) throw new AddressError(`ip: expected an IPv4 or IPv6 address, got ${JSON.stringify(ip)}`)
    return new EntityAddr({ type, nonce, family: 'ipv6', ip: v6, port })
  }

  /** The same address with some fields replaced. */
  with(changes: Partial<EntityAddrFields>): EntityAddr {
    const { type, nonce, family, port, ip, flowInfo, scopeId } = this
    return new EntityAddr({ type, nonce, family, port, ip, flowInfo, scopeId, ...changes })
  }

  /** The IP as text, without brackets; empty if there is none. */
  get host(): string {
    return this.family === 'none' ? '' : formatIp(this.ip)
  }

  /** True if no host is named: no family, or an IP of all zeros. */
  get isBlankIp(): boolean {
    return this.ip.every((byte) => byte === 0)
  }

  /** Same type, nonce, host and port. */
  equals(other: EntityAddr): boolean {
    return this === other || this.compare(other) === 0
  }

  /**
   * Negative, zero or positive. Orders as Ceph's memory comparison does, nonce before port and IP, so that both
   * ends of a race agree on who is lower. Ceph: src/msg/msg_types.h, operator< of entity_addr_t
   */
  compare(other: EntityAddr): number {
    const a = comparisonRecord(this)
    const b = comparisonRecord(other)
    for (let i = 0; i < a.length; i++) {
      const difference = (a[i] ?? 0) - (b[i] ?? 0)
      if (difference !== 0) return difference
    }
    return 0
  }

  /** Same port and nonce, and the same host unless one of the two names none. */
  probablyEquals(other: EntityAddr): boolean {
    if (this.port !== other.port || this.nonce !== other.nonce) return false
    return this.isBlankIp || other.isBlankIp || this.isSameHost(other)
  }

  isSameHost(other: EntityAddr): boolean {
    return this.family === other.family && this.ip.every((byte, i) => byte === other.ip[i])
  }

  /** The text that `parse` reads. It differs for any two addresses that are not equal, so it can be a key. */
  toString(): string {
    return (this.#text ??= formatAddr(this))
  }
}

function formatAddr(addr: EntityAddr): string {
  if (addr.type === 'none') return '-'
  const prefix = addr.type === 'any' ? '' : `${addr.type}:`
  if (addr.family === 'none') return `${prefix}(unrecognized address family 0)/${addr.nonce}`
  const host = addr.family === 'ipv6' ? `[${addr.host}]` : addr.host
  return `${prefix}${host}:${addr.port}/${addr.nonce}`
}

function isUint(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max
}

/** Ceph's record in memory: type, nonce and family little endian, then the rest of the sockaddr; 36 bytes. */
function comparisonRecord(addr: EntityAddr): Uint8Array {
  const record = new Uint8Array(36)
  const view = new DataView(record.buffer)
  view.setUint32(0, AddrTypeNumber[addr.type], true)
  view.setUint32(4, addr.nonce, true)
  view.setUint16(8, AddrFamilyNumber[addr.family], true)
  view.setUint16(10, addr.port)
  if (addr.family === 'ipv6') {
    view.setUint32(12, addr.flowInfo, true)
    view.setUint32(32, addr.scopeId, true)
  }
  record.set(addr.ip, addr.family === 'ipv6' ? 16 : 12)
  return record
}
