import { EntityAddrVec, EntityAddr } from '@msgr/message'
import { type CephConf, type ConfOwner } from './ceph-conf.ts'
import { MonClientError } from './errors.ts'
import { type MonResolver } from './mon-resolver.ts'
import { targetsOfAddrs, type MonTarget } from './mon-target.ts'
import { addrOfHost, parseMonHost } from './parse-mon-host.ts'

const DEFAULT_SRV_NAME = 'ceph-mon'

/** Where to learn of monitors. */
export interface MonSources {
  /** Counts before the conf file, like the option -m of Ceph's programs. */
  readonly monHost: string | undefined
  readonly conf: CephConf
  readonly owner: ConfOwner
  readonly resolver: MonResolver
}

/**
 * The monitors to begin with, from the first of these that tells of any: what was given; the option `mon_host`; the
 * option `mon_addr` of the sections `[mon.NAME]`; the records of the service `mon_dns_srv_name` in the DNS. Throws
 * `MonClientError`. Ceph: src/mon/MonMap.cc, build_initial
 */
export async function findMonitors(sources: MonSources): Promise<readonly MonTarget[]> {
  const { conf, owner, resolver } = sources
  const monHost = sources.monHost ?? conf.get('mon_host', owner)
  if (monHost !== undefined && monHost.trim() !== '') return fromMonHost(monHost, resolver)
  const named = await fromSections(conf, resolver)
  if (named.length > 0) return named
  const found = await fromDns(conf.get('mon_dns_srv_name', owner) ?? DEFAULT_SRV_NAME, resolver)
  if (found.length > 0) return found
  const text = `${conf.path}: expected mon_host, mon_addr in sections [mon.NAME], or a service in the DNS; got none`
  throw new MonClientError('ERR_MSGR_MON_UNKNOWN', text)
}

async function fromMonHost(
  text: string,
  resolver: MonResolver,
  more: Partial<Omit<MonTarget, 'addrs'>> = {},
): Promise<readonly MonTarget[]> {
  const targets: MonTarget[] = []
  for (const part of parseMonHost(text)) {
    const addrs = part.kind === 'addrs' ? [part.addrs] : await lookUp(part, resolver)
    for (const each of addrs) {
      targets.push(...targetsOfAddrs(each, { name: each.toString(), priority: 0, weight: 0, ...more }))
    }
  }
  return targets
}

async function lookUp(
  part: { host: string; port: number; type: EntityAddr['type'] },
  resolver: MonResolver,
): Promise<readonly EntityAddrVec[]> {
  try {
    const ips = await resolver.addresses(part.host)
    return ips.map((ip) => new EntityAddrVec([addrOfHost(ip, part)]))
  } catch (error) {
    throw new MonClientError('ERR_MSGR_MON_ADDRESS', `monitor ${part.host}: its host is not found`, error)
  }
}

async function fromSections(conf: CephConf, resolver: MonResolver): Promise<readonly MonTarget[]> {
  const targets: MonTarget[] = []
  for (const section of conf.sectionNames) {
    const name = /^mon\.(.+)$/.exec(section)?.[1]
    const addr = conf.getOfSection(section, 'mon_addr')
    if (name === undefined || addr === undefined) continue
    const weight = numberOf(conf, section, 'mon_weight')
    const priority = numberOf(conf, section, 'mon_priority')
    targets.push(...(await fromMonHost(addr, resolver, { name, priority, weight })))
  }
  return targets
}

function numberOf(conf: CephConf, section: string, option: string): number {
  const text = conf.getOfSection(section, option) ?? '0'
  if (/^\d{1,5}$/.test(text)) return Number(text)
  const expected = 'expected a number of up to five digits'
  throw new MonClientError('ERR_MSGR_MON_OPTION', `${conf.path}: [${section}] ${option}: ${expected}, got ${text}`)
}

/** `SERVICE`, or `SERVICE_DOMAIN`. Without a domain, those where the system looks are tried one after the other. */
async function fromDns(srvName: string, resolver: MonResolver): Promise<readonly MonTarget[]> {
  const [service = '', ...domain] = srvName.split('_')
  const domains = domain.length > 0 ? [domain.join('_')] : await resolver.searchDomains()
  for (const each of domains.length > 0 ? domains : ['']) {
    const name = [`_${service}._tcp`, each].filter((part) => part !== '').join('.')
    const targets = await fromSrvRecords(name, resolver)
    if (targets.length > 0) return targets
  }
  return []
}

async function fromSrvRecords(name: string, resolver: MonResolver): Promise<readonly MonTarget[]> {
  const records = await resolver.srv(name).catch(() => [])
  const targets: MonTarget[] = []
  for (const { name: host, port, priority, weight } of records) {
    // One host without an address is no reason to give up the others.
    const ips = await resolver.addresses(host).catch(() => [])
    const addrs = ips.map((ip) => new EntityAddrVec([EntityAddr.fromIp('any', ip, port)]))
    targets.push(...addrs.flatMap((each) => targetsOfAddrs(each, { name: host, priority, weight })))
  }
  return targets
}
