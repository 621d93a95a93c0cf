import { isIPv4, isIPv6 } from 'node:net'
import { AF_INET, AF_INET6 } from './constants.ts'
import { SocketAddressError } from './errors.ts'

/** A numeric IP address and a TCP port. */
export interface SocketAddress {
  /** `127.0.0.1`, `::1`: never a name, never with a `%zone`. */
  readonly address: string
  /** 0 to 65535; 0 asks `bind` for any free port. */
  readonly port: number
  readonly family: 4 | 6
  /** The interface of a link-local IPv6 address. */
  readonly scopeId?: number
}

/** `127.0.0.1:6800`, `[::1]:6800`, `[fe80::1%2]:6800`. */
export function formatSocketAddress(address: SocketAddress): string {
  if (address.family === 4) return `${address.address}:${address.port}`
  const zone = address.scopeId === undefined ? '' : `%${address.scopeId}`
  return `[${address.address}${zone}]:${address.port}`
}

/** AF_INET or AF_INET6. Throws SocketAddressError unless all fields are what the kernel can be given. */
export function addressFamily(address: SocketAddress): number {
  const { address: text, port, family } = address
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) {
    throw new SocketAddressError(`expected a port from 0 to 65535, got ${String(port)}`)
  }
  if (family === 4 && isIPv4(text)) return AF_INET
  if (family === 6 && isIPv6(text) && !text.includes('%')) return AF_INET6
  const wanted = family === 6 ? 'a numeric IPv6 address without a zone' : 'a numeric IPv4 address'
  throw new SocketAddressError(`expected ${wanted} for family ${String(family)}, got ${JSON.stringify(text)}`)
}
