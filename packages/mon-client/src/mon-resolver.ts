import { lookup, resolveSrv } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'

/** One record of a service in the DNS. */
export interface SrvRecord {
  /** The host. */
  readonly name: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/** Looks things up in the DNS. */
export interface MonResolver {
  /** The records of a name such as `_ceph-mon._tcp.example.com`; rejects, or gives none, if there are none. */
  srv(name: string): Promise<readonly SrvRecord[]>
  /** The IPs of a host. */
  addresses(host: string): Promise<readonly string[]>
  /** Domains to look in for a name without one. */
  searchDomains(): Promise<readonly string[]>
}

/** The DNS as Node and the system have it. */
export const systemResolver: MonResolver = {
  srv: resolveSrv,
  addresses: async (host) => {
    const found = await lookup(host, { all: true })
    return found.map(({ address }) => address)
  },
  searchDomains: async () => {
    // Node resolves names of services as they stand, so the domains to look in are the caller's to add.
    const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
    return parseSearchDomains(text)
  },
}

/** The domains of the last `search` or `domain` line, as resolv.conf(5) has it. */
export function parseSearchDomains(text: string): readonly string[] {
  const lines = [...text.matchAll(/^(?:search|domain)[ \t]+(.*)$/gm)]
  return (lines.at(-1)?.[1] ?? '').split(/\s+/).filter((domain) => domain !== '' && domain !== '.')
}
