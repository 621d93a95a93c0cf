import { EntityAddr, EntityAddrVec, type AddrType } from '@msgr/message'
import { MonClientError } from './errors.ts'

/** One of several monitors in a text: addresses, or the name of a host whose addresses are to be looked up. */
export type MonHostPart =
  | { readonly kind: 'addrs'; readonly addrs: EntityAddrVec }
  | { readonly kind: 'host'; readonly host: string; readonly port: number; readonly type: AddrType }

const SEPARATORS = /^[\s,;]+/
/** `v1:`, a host name, `:PORT`. */
const HOST = /^(?:(v1|v2|any):)?([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\.?)(?::(\d+))?(?=$|[\s,;])/

/**
 * Takes apart what `mon_host` says: monitors with commas, semicolons or spaces between them, each an address
 * (`10.0.0.1`, `v1:10.0.0.1:6789`), all addresses of one monitor (`[v2:10.0.0.1:3300,v1:10.0.0.1:6789]`) or a host
 * name. What has no type gets the type `'any'`. Throws `MonClientError`.
 * Ceph: src/mon/MonMap.cc, init_with_ips and init_with_hosts
 */
export function parseMonHost(text: string): readonly MonHostPart[] {
  const parts: MonHostPart[] = []
  for (let rest = text.replace(SEPARATORS, ''); rest !== '';) {
    const taken = takeAddrs(rest) ?? takeHost(rest)
    if (taken === undefined) {
      const expected =
        'expected addresses such as v1:10.0.0.1:6789 or [v2:10.0.0.1:3300,v1:10.0.0.1:6789], or host names'
      throw new MonClientError('ERR_MSGR_MON_ADDRESS', `monitors: ${expected}, got ${JSON.stringify(rest)}`)
    }
    parts.push(taken.part)
    rest = taken.rest.replace(SEPARATORS, '')
  }
  return parts
}

function takeAddrs(text: string): { part: MonHostPart; rest: string } | undefined {
  const parsed = EntityAddrVec.parsePrefix(text, 'any')
  if (parsed === undefined || !/^$|^[\s,;]/.test(parsed.rest)) return undefined
  const { addrs, rest } = parsed
  if (addrs.length === 0 || addrs.addrs.some((addr) => addr.isBlankIp)) return undefined
  return { part: { kind: 'addrs', addrs }, rest }
}

function takeHost(text: string): { part: MonHostPart; rest: string } | undefined {
  const match = HOST.exec(text)
  if (match === null) return undefined
  const [whole, type = 'any', host = '', port = '0'] = match
  if (Number(port) > 0xffff || /^[\d.]+$/.test(host)) return undefined
  return {
    part: { kind: 'host', host, port: Number(port), type: type as AddrType },
    rest: text.slice(whole.length),
  }
}

/** An address of a host that was looked up. */
export function addrOfHost(ip: string, { port, type }: { readonly port: number; readonly type: AddrType }): EntityAddr {
  return EntityAddr.fromIp(type, ip, port)
}
