import { EntityAddr, type AddrType, type EntityAddrFields } from './entity-addr.ts'
import { AddressError } from './errors.ts'

/**
 * All addresses of one peer, in its order of preference: `[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]`. Never changes.
 *
 * Ceph: src/msg/msg_types.h, entity_addrvec_t
 */
export class EntityAddrVec implements Iterable<EntityAddr> {
  readonly addrs: readonly EntityAddr[]

  /** Copies the addresses. */
  constructor(addrs: Iterable<EntityAddr> = []) {
    this.addrs = Object.freeze([...addrs])
  }

  /**
   * Reads a whole text: one address, or several in brackets with commas between them. Without a prefix the type of an
   * address is `defaultType` (`'v2'`, as in Ceph). Throws `AddressError` if any of the text is left over.
   */
  static parse(text: string, defaultType: AddrType = 'v2'): EntityAddrVec {
    const parsed = EntityAddrVec.parsePrefix(text, defaultType)
    if (parsed?.rest !== '') {
      throw new AddressError(`addresses: expected ADDRESS or [ADDRESS,…], got ${JSON.stringify(text)}`)
    }
    return parsed.addrs
  }

  /**
   * Reads addresses at the head of a text and returns what follows them too, so that a list of peers can be read one
   * by one; `undefined` if the text does not begin with any. Without brackets just one is read.
   * Ceph: src/msg/msg_types.cc, entity_addrvec_t::parse
   */
  static parsePrefix(text: string, defaultType: AddrType = 'v2'): { addrs: EntityAddrVec; rest: string } | undefined {
    const first = EntityAddr.parsePrefix(text, defaultType)
    // The bracket may be one around IPv6, and otherwise begins a list, even of one IPv4 address.
    if (text.startsWith('[') && first?.addr.family !== 'ipv6') return parseList(text, defaultType)
    return first && { addrs: new EntityAddrVec([first.addr]), rest: first.rest }
  }

  /** Of addresses as plain data: see `EntityAddr.fields`. */
  static fromFields(fields: Iterable<EntityAddrFields>): EntityAddrVec {
    return new EntityAddrVec(Array.from(fields, (each) => new EntityAddr(each)))
  }

  get fields(): Required<EntityAddrFields>[] {
    return this.addrs.map((addr) => addr.fields)
  }

  get length(): number {
    return this.addrs.length
  }

  [Symbol.iterator](): ArrayIterator<EntityAddr> {
    return this.addrs.values()
  }

  /** The first address, or `EntityAddr.none`. */
  get front(): EntityAddr {
    return this.addrs[0] ?? EntityAddr.none
  }

  /** The first address of a type, or `EntityAddr.none`. */
  addrOfType(type: AddrType): EntityAddr {
    return this.addrs.find((addr) => addr.type === type) ?? EntityAddr.none
  }

  /** The first address of version 1, or `EntityAddr.none`. */
  legacyAddr(): EntityAddr {
    return this.addrOfType('v1')
  }

  /** The first address of version 2, or `EntityAddr.none`. */
  msgr2Addr(): EntityAddr {
    return this.addrOfType('v2')
  }

  /** The first address of version 1, or else the first of all. */
  legacyOrFrontAddr(): EntityAddr {
    return this.addrs.find((addr) => addr.type === 'v1') ?? this.front
  }

  /**
   * What a peer that knows only version 1 is to be told: the first address that speaks version 1, or else the first of
   * all; as one of type `'v1'` in any case.
   */
  asLegacyAddr(): EntityAddr {
    const addr = this.addrs.find(({ type }) => type === 'v1' || type === 'any') ?? this.front
    return addr.with({ type: 'v1' })
  }

  /**
   * The address to use for a wire: the first of that type, or, if that names no host, the first of type `'any'`. For
   * `'any'` itself the first of all; for `'none'` none.
   */
  pickAddr(type: AddrType): EntityAddr {
    if (type === 'none') return EntityAddr.none
    if (type === 'any') return this.front
    const addr = this.addrOfType(type)
    return addr.isBlankIp ? this.addrOfType('any') : addr
  }

  contains(addr: EntityAddr): boolean {
    return this.addrs.some((own) => own.equals(addr))
  }

  /** The ports of all addresses; 0 for those that have none. */
  getPorts(): Set<number> {
    return new Set(this.addrs.map(({ port }) => port))
  }

  /** True if one of the addresses has the same family and IP. */
  isSameHost(addr: EntityAddr): boolean {
    return this.addrs.some((own) => own.isSameHost(addr))
  }

  /** Same addresses in the same order. */
  equals(other: EntityAddrVec): boolean {
    return this.compare(other) === 0
  }

  /** Negative, zero or positive: by the first addresses that differ, and a list before its extensions. */
  compare(other: EntityAddrVec): number {
    for (const [i, addr] of this.addrs.entries()) {
      const theirs = other.addrs[i]
      if (theirs === undefined) break
      const order = addr.compare(theirs)
      if (order !== 0) return order
    }
    return this.length - other.length
  }

  /**
   * True if the two are equal, or if one is all that a peer which knows only version 1 was told of the other: a single
   * `'v1'` address, the first `'v1'` address of the other.
   */
  legacyEquals(other: EntityAddrVec): boolean {
    return this.equals(other) || isLegacyViewOf(this, other) || isLegacyViewOf(other, this)
  }

  /**
   * True if there are as many addresses and each probably equals the one in its place.
   *
   * Differs from Ceph: one that is longer than the other is not the same. There that must not be asked.
   */
  probablyEquals(other: EntityAddrVec): boolean {
    if (this.length !== other.length) return false
    return this.addrs.every((addr, i) => addr.probablyEquals(other.addrs[i] ?? EntityAddr.none))
  }

  /** The text that `parse` reads; empty if there are no addresses. */
  toString(): string {
    return this.length === 1 ? this.front.toString() : this.length === 0 ? '' : `[${this.addrs.join(',')}]`
  }
}

function isLegacyViewOf(view: EntityAddrVec, whole: EntityAddrVec): boolean {
  return view.length === 1 && view.front.type === 'v1' && view.front.equals(whole.legacyAddr())
}

function parseList(text: string, defaultType: AddrType): { addrs: EntityAddrVec; rest: string } | undefined {
  const addrs: EntityAddr[] = []
  let rest = text
  do {
    const parsed = EntityAddr.parsePrefix(rest.slice(1), defaultType)
    if (parsed === undefined) return undefined
    addrs.push(parsed.addr)
    rest = parsed.rest
  } while (rest.startsWith(','))
  return rest.startsWith(']') ? { addrs: new EntityAddrVec(addrs), rest: rest.slice(1) } : undefined
}
