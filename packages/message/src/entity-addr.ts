import { AddressError } from './errors.ts'
import { formatIp, parseIpv4, parseIpv6 } from './ip-address.ts'
import { parseEntityAddrPrefix } from './parse-entity-addr.ts'

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
  /** 0 to 65535; 0 if there is no family. */
  readonly port?: number
  /** The four bytes of an IPv6 socket address, read as a little-endian u32. Ignored for other families. */
  readonly flowInfo?: number
  /** The interface of a link-local IPv6 address. u32. Ignored for other families. */
  readonly scopeId?: number
}

const ipSizes = { none: 0, ipv4: 4, ipv6: 16 } as const

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

  /** Throws `AddressError` for fields out of range and for those that contradict each other. */
  constructor(fields: EntityAddrFields) {
    const { type, family = 'none' } = fields
    if (!Object.hasOwn(AddrTypeNumber, type)) {
      throw new AddressError(`type: expected none, v1, v2 or any, got ${type}`)
    }
    if (!Object.hasOwn(AddrFamilyNumber, family)) {
      throw new AddressError(`family: expected none, ipv4 or ipv6, got ${family}`)
    }
    this.type = type
    this.family = family
    this.nonce = checkUint('nonce', fields.nonce, 0xffffffff)
    this.port = checkUint('port', fields.port, family === 'none' ? 0 : 0xffff)
    const isIpv6 = family === 'ipv6'
    this.flowInfo = isIpv6 ? checkUint('flow info', fields.flowInfo, 0xffffffff) : 0
    this.scopeId = isIpv6 ? checkUint('scope id', fields.scopeId, 0xffffffff) : 0
    const size = ipSizes[family]
    this.ip = fields.ip === undefined ? new Uint8Array(size) : Uint8Array.from(fields.ip)
    if (this.ip.length !== size) {
      throw new AddressError(`ip of family ${family}: expected ${size} bytes, got ${this.ip.length}`)
    }
  }

  /** The address of nobody; prints as `-`. */
  static readonly none: EntityAddr = new EntityAddr({ type: 'none' })

  /**
   * Reads a whole text such as `v1:127.0.0.1:6805/4021`, `[::1]:6805` or `10.0.0.1`. Without a prefix the type is
   * `defaultType` (`'v2'`, as in Ceph). Throws `AddressError` if any of the text is left over.
   */
  static parse(text: string, defaultType: AddrType = 'v2'): EntityAddr {
    const parsed = EntityAddr.parsePrefix(text, defaultType)
    if (parsed?.rest !== '') {
      throw new AddressError(`address: expected [v1:|v2:|any:]IP[:PORT][/NONCE], got ${JSON.stringify(text)}`)
    }
    return parsed.addr
  }

  /**
   * Reads an address at the head of a text and returns what follows it too; `undefined` if the text does not begin with
   * one. Ceph: src/msg/msg_types.cc, entity_addr_t::parse
   */
  static parsePrefix(text: string, defaultType: AddrType = 'v2'): { addr: EntityAddr; rest: string } | undefined {
    const parsed = parseEntityAddrPrefix(text, defaultType)
    return parsed && { addr: new EntityAddr(parsed.fields), rest: parsed.rest }
  }

  /** From the text of an IP, as sockets give it. A `%scope` suffix of a link-local address is dropped. */
  static fromIp(type: AddrType, ip: string, port: number, nonce = 0): EntityAddr {
    const v4 = parseIpv4(ip)
    if (v4 !== undefined) return new EntityAddr({ type, nonce, family: 'ipv4', ip: v4, port })
    const v6 = parseIpv6(ip.replace(/%.*$/, ''))
    if (v6 === undefined) throw new AddressError(`ip: expected an IPv4 or IPv6 address, got ${JSON.stringify(ip)}`)
    return new EntityAddr({ type, nonce, family: 'ipv6', ip: v6, port })
  }

  /** As plain data, for another thread say: `new EntityAddr` makes the same address of it. The IP is a copy. */
  get fields(): Required<EntityAddrFields> {
    const { type, nonce, family, ip, port, flowInfo, scopeId } = this
    return { type, nonce, family, ip: ip.slice(), port, flowInfo, scopeId }
  }

  /** The same address with some fields replaced. */
  with(changes: Partial<EntityAddrFields>): EntityAddr {
    return new EntityAddr({ ...this.fields, ...changes })
  }

  /** The IP as text, without brackets; empty if there is none. */
  get host(): string {
    return this.family === 'none' ? '' : formatIp(this.ip)
  }

  /** True if there is a host to speak of, even if only `0.0.0.0` or `::`. */
  get isIp(): boolean {
    return this.family !== 'none'
  }

  /** True if no host is named: no family, or an IP of all zeros. */
  get isBlankIp(): boolean {
    return this.ip.every((byte) => byte === 0)
  }

  /**
   * A text that two addresses share only if they are equal: what to file an address under in a `Map`. The same as
   * `toString`, but for what that leaves out.
   */
  get key(): string {
    const text = this.toString()
    if (this.type !== 'none' && this.flowInfo === 0 && this.scopeId === 0) return text
    return `${text} ${this.family} ${this.host} ${this.port} ${this.nonce} ${this.flowInfo} ${this.scopeId}`
  }

  /** True if all fields are the same. */
  equals(other: EntityAddr): boolean {
    return this === other || this.compare(other) === 0
  }

  /**
   * Negative, zero or positive. The order is that of the bytes of Ceph's record in memory, on which both ends of a race
   * must agree: type, nonce with its least significant byte first, family, port, IP.
   * Ceph: src/msg/msg_types.h, operator< of entity_addr_t
   */
  compare(other: EntityAddr): number {
    return (
      AddrTypeNumber[this.type] - AddrTypeNumber[other.type] ||
      compareLittleEndian(this.nonce, other.nonce) ||
      AddrFamilyNumber[this.family] - AddrFamilyNumber[other.family] ||
      this.port - other.port ||
      compareLittleEndian(this.flowInfo, other.flowInfo) ||
      compareBytes(this.ip, other.ip) ||
      compareLittleEndian(this.scopeId, other.scopeId)
    )
  }

  /** Same port and nonce, and the same host unless one of the two names none. The types need not be the same. */
  probablyEquals(other: EntityAddr): boolean {
    if (this.port !== other.port || this.nonce !== other.nonce) return false
    if (this.isBlankIp || other.isBlankIp) return true
    return this.isSameHost(other) && this.flowInfo === other.flowInfo && this.scopeId === other.scopeId
  }

  /** Same family and IP. */
  isSameHost(other: EntityAddr): boolean {
    return this.family === other.family && compareBytes(this.ip, other.ip) === 0
  }

  /** The text that `parse` reads. It leaves out the flow info and the scope, and of type `'none'` everything. */
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

function checkUint(name: string, value: number | undefined, max: number): number {
  if (value === undefined) return 0
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new AddressError(`${name}: expected an integer from 0 to ${max}, got ${value}`)
}

/** Compares two u32 as their little-endian bytes compare: the least significant byte decides first. */
function compareLittleEndian(a: number, b: number): number {
  return a === b ? 0 : swapBytes(a) - swapBytes(b)
}

function swapBytes(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
}

/** Compares arrays of the same length. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
