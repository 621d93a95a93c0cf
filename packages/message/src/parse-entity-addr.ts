import type { AddrType, EntityAddrFields } from './entity-addr.ts'
import { parseIpv4, parseIpv6 } from './ip-address.ts'

const PREFIXES: readonly (readonly [string, AddrType])[] = [
  ['v1:', 'v1'],
  ['v2:', 'v2'],
  ['any:', 'any'],
]

/**
 * Reads the fields of an address at the head of a text and returns what follows it, or `undefined` if the text
 * does not start with an address. Ceph: src/msg/msg_types.cc, entity_addr_t::parse
 */
export function parseEntityAddrPrefix(
  text: string,
  defaultType: AddrType = 'v2',
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
  const v4Text = /^[0-9.]*/.exec(text)?.[0] ?? ''
  const v4 = parseIpv4(v4Text)
  if (v4 !== undefined) return { family: 'ipv4', ip: v4, length: v4Text.length }
  const v6Text = /^[0-9a-fA-F:]*/.exec(text)?.[0] ?? ''
  const v6 = parseIpv6(v6Text)
  if (v6 !== undefined) return { family: 'ipv6', ip: v6, length: v6Text.length }
  return undefined
}

function takeNumber(text: string, lead: string): { value: number; length: number } {
  const digits = text.startsWith(lead) ? (/^\d+/.exec(text.slice(1))?.[0] ?? '') : ''
  return digits === '' ? { value: 0, length: 0 } : { value: Number(digits), length: 1 + digits.length }
}
