import { PrincipalName } from '@msgr/auth'
import { describe, expect, test } from 'vitest'
import { CephConf } from '../src/ceph-conf.ts'
import { findMonitors } from '../src/find-monitors.ts'
import { type MonResolver, type SrvRecord } from '../src/mon-resolver.ts'

const owner = { name: PrincipalName.parse('client.admin') }

/** A DNS with these hosts and services. */
function dns(
  hosts: Readonly<Record<string, readonly string[]>> = {},
  services: Readonly<Record<string, readonly SrvRecord[]>> = {},
  domains: readonly string[] = [],
): MonResolver {
  const notFound = (name: string): Error => Object.assign(new Error(`ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
  return {
    addresses: (host) => (hosts[host] ? Promise.resolve(hosts[host]) : Promise.reject(notFound(host))),
    srv: (name) => (services[name] ? Promise.resolve(services[name]) : Promise.reject(notFound(name))),
    searchDomains: () => Promise.resolve(domains),
  }
}

async function find(conf: string, resolver = dns(), monHost?: string): Promise<readonly unknown[]> {
  const targets = await findMonitors({ monHost, conf: CephConf.parse(conf), owner, resolver })
  return targets.map(({ name, addrs, priority, weight }) => [name, addrs.toString(), priority, weight])
}

test('what is given counts before the conf file', async () => {
  expect(await find('mon_host = 10.0.0.9', dns(), 'v1:10.0.0.1')).toEqual([
    ['v1:10.0.0.1:0/0', 'v1:10.0.0.1:6789/0', 0, 0],
  ])
})

test('mon_host counts before sections, and its hosts are looked up', async () => {
  const conf = '[global]\nmon host = mon-a:6789, v2:10.0.0.2\n[mon.x]\nmon addr = 10.0.0.3'
  expect(await find(conf, dns({ 'mon-a': ['10.0.0.1', 'fd00::1'] }))).toEqual([
    ['10.0.0.1:6789/0', 'v1:10.0.0.1:6789/0', 0, 0],
    ['[fd00::1]:6789/0', 'v1:[fd00::1]:6789/0', 0, 0],
    ['v2:10.0.0.2:0/0', 'v2:10.0.0.2:3300/0', 0, 0],
  ])
  await expect(find(conf)).rejects.toMatchObject({ code: 'ERR_MSGR_MON_ADDRESS', cause: { code: 'ENOTFOUND' } })
})

test('sections of monitors tell addresses, priorities and weights', async () => {
  const conf =
    '[mon]\na = b\n[mon.x]\nmon addr = 10.0.0.1:6789\nmon priority = 2\n[mon.y]\nmon_addr = v1:10.0.0.2\nmon_weight = 7'
  expect(await find(conf)).toEqual([
    ['x', 'v1:10.0.0.1:6789/0', 2, 0],
    ['y', 'v1:10.0.0.2:6789/0', 0, 7],
  ])
})

test('a priority that is no number is refused', async () => {
  await expect(find('[mon.x]\nmon addr = 10.0.0.1\nmon priority = first')).rejects.toMatchObject({
    code: 'ERR_MSGR_MON_OPTION',
    message: 'conf: [mon.x] mon_priority: expected a number of up to five digits, got first',
  })
})

describe('services in the DNS', () => {
  const record = { name: 'mon-a.example', port: 6789, priority: 10, weight: 60 }
  const hosts = { 'mon-a.example': ['10.0.0.1'] }

  test('are looked for in the domains of the system, one after the other', async () => {
    const resolver = dns(hosts, { '_ceph-mon._tcp.b.example': [record] }, ['a.example', 'b.example'])
    expect(await find('', resolver)).toEqual([['mon-a.example', 'v1:10.0.0.1:6789/0', 10, 60]])
  })

  test('may have another name, and a domain', async () => {
    const resolver = dns(hosts, { '_store._tcp.c_d.example': [record] }, ['a.example'])
    expect(await find('mon_dns_srv_name = store_c_d.example', resolver)).toHaveLength(1)
  })

  test('are asked for without a domain if there is none', async () => {
    expect(await find('', dns(hosts, { '_ceph-mon._tcp': [record] }))).toHaveLength(1)
  })

  test('may name hosts that are not found, as long as there is one that is', async () => {
    const records = [
      { ...record, name: 'gone.example' },
      { ...record, port: 3300 },
    ]
    expect(await find('', dns(hosts, { '_ceph-mon._tcp': records }))).toEqual([
      ['mon-a.example', 'v2:10.0.0.1:3300/0', 10, 60],
    ])
  })
})

test('if nothing tells of monitors, that is said', async () => {
  await expect(find('mon_host =')).rejects.toMatchObject({
    code: 'ERR_MSGR_MON_UNKNOWN',
    message: expect.stringMatching(/^conf: expected mon_host/) as string,
  })
})
