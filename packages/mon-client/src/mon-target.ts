import { EntityAddrVec, type EntityAddr } from '@msgr/message'
import { type MonMap } from './mon-map.ts'

/** A monitor as far as known: where it may be found, and how much it is wanted. */
export interface MonTarget {
  /** Its name, or what stands for it; for messages. */
  readonly name: string
  /** The most wanted first. */
  readonly addrs: EntityAddrVec
  /** Those of the lowest value are tried first. */
  readonly priority: number
  readonly weight: number
}

/** Where monitors listen if nothing else is said. Ceph: src/include/msgr.h */
const DEFAULT_PORTS = { v2: 3300, v1: 6789 } as const

/** The monitors of a map. */
export function targetsOfMonMap(map: MonMap): readonly MonTarget[] {
  return map.mons.map(({ name, addrs, priority, weight }) => ({ name, addrs, priority, weight }))
}

/**
 * What addresses as a person writes them stand for. One with a type gets the port of that type if it has none. Without
 * a type, the port tells it; without a usual port either, both types are tried, each as a monitor of its own.
 * Ceph: src/mon/MonMap.cc, _add_ambiguous_addr
 */
export function targetsOfAddrs(addrs: EntityAddrVec, more: Omit<MonTarget, 'addrs'>): readonly MonTarget[] {
  const [only, ...others] = addrs
  if (only === undefined) return []
  const spelled = others.length === 0 ? resolveAddr(only) : [new EntityAddrVec([...addrs].flatMap(firstResolved))]
  return spelled.map((each) => ({ ...more, addrs: each }))
}

/** One list of addresses for each monitor that this may be. */
function resolveAddr(addr: EntityAddr): readonly EntityAddrVec[] {
  return typesOf(addr).map((type) => new EntityAddrVec([withPort(addr, type)]))
}

/** In a list of addresses of one monitor, each is one. */
function firstResolved(addr: EntityAddr): readonly EntityAddr[] {
  return typesOf(addr)
    .slice(0, 1)
    .map((type) => withPort(addr, type))
}

function typesOf({ type, port }: EntityAddr): readonly ('v1' | 'v2')[] {
  if (type === 'v1' || type === 'v2') return [type]
  if (port === DEFAULT_PORTS.v1) return ['v1']
  if (port === DEFAULT_PORTS.v2) return ['v2']
  return ['v2', 'v1']
}

function withPort(addr: EntityAddr, type: 'v1' | 'v2'): EntityAddr {
  return addr.with({ type, port: addr.port === 0 ? DEFAULT_PORTS[type] : addr.port })
}
