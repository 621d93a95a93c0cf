import { type AddrType, type EntityAddrFields } from './entity-addr.ts'
import { parseIpv4, parseIpv6 } from './ip-address.ts'

const PREFIXES: readonly (readonly [string, AddrType])[] = [
  ['v1:', 'v1'],
  ['v2:', 'v2'],
  ['any:', 'any'],
]

/**
 * Reads the fields of an address at the head of a text and returns what follows it, or `undefined` if the text
 * does not start with an address. Ceph: src/msg/msg_types.cc, entity_addr_t::parse
 *
 * Differs from Ceph: a nonce above 2^32 - 1 is refused, as a port above 65535 is; there it is cut to 32 bits. And
 * IPv6 may end in IPv4 (`::ffff:10.0.0.1`), as both write it; there that cannot be read back.
 */
export function parseEntityAddrPrefix(
  text: string,
  defaultType: AddrType,
): { fields: EntityAddrFields; rest: string } | undefined {
  if (text.startsWith('-')) return { fields: { type: 'none' }, rest: text.slice(1) }
  let rest = text
  let type = defaultType
  for (const [prefix, prefixType] of PREFIXES) {
    if (!text.startsWith(prefix)) continue
    rest = text.slice(prefix.length)
    type = prefixType
    break
  }
  const bracketed = rest.startsWith('[')
  if (bracketed) rest = rest.slice(1)

  const host = takeHost(rest)
  if (host === undefined) return undefined
  rest = rest.slice(host.length)
  if (bracketed) {
    if (!rest.startsWith(']')) return undefined
    rest = rest.slice(1)
  }

  const port = takeNumber(rest, ':')
  rest = rest.slice(port.length)
  const nonce = takeNumber(rest, '/')
  rest = rest.slice(nonce.length)
  if (port.value > 0xffff || nonce.value > 0xffffffff) return undefined
  return {
    fields: { type, family: host.family, ip: host.ip, port: port.value, nonce: nonce.value },
    rest,
  }
}

/** The longest run of an address's characters must be one; no shorter part of it is tried. */
function takeHost(text: string): { family: 'ipv4' | 'ipv6'; ip: Uint8Array; length: number } | undefined {
  const v4Text = takeRun(text, /^[0-9.]*/)
  const v4 = parseIpv4(v4Text)
  if (v4 !== undefined) return { family: 'ipv4', ip: v4, length: v4Text.length }
  for (const run of [/^[0-9a-fA-F:.]*/, /^[0-9a-fA-F:]*/]) {
    const v6Text = takeRun(text, run)
    const v6 = parseIpv6(v6Text)
    if (v6 !== undefined) return { family: 'ipv6', ip: v6, length: v6Text.length }
  }
  return undefined
}

function takeRun(text: string, run: RegExp): string {
  return run.exec(text)?.[0] ?? ''
}

/** A lead without digits behind it stands for 0. */
function takeNumber(text: string, lead: string): { value: number; length: number } {
  if (!text.startsWith(lead)) return { value: 0, length: 0 }
  const digits = takeRun(text.slice(1), /^\d*/)
  return { value: Number(digits), length: 1 + digits.length }
}
