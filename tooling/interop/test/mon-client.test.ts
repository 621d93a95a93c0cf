import { EntityType } from '@msgr/message'
import {
  CephConf,
  connectMonClient,
  decodeMonMap,
  OsdMap,
  OsdMapFlag,
  osdIsUp,
  type ConnectMonClientSettings,
  type MonClient,
} from '@msgr/mon-client'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthMethod, CryptoKey } from '@msgr/auth'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CephCluster, type ClusterAuth } from '../src/ceph-cluster.ts'
import { MoreMonitors } from '../src/more-monitors.ts'

const TICKET_SECONDS = { auth_service_ticket_ttl: '8', auth_mon_ticket_ttl: '24' }
/** Nobody gets a global id again without its ticket. */
const STRICT = { auth_allow_insecure_global_id_reclaim: 'false' }

interface Dialect {
  readonly dialect: string
  readonly auth: ClusterAuth
  readonly wire: 'v1' | 'v2'
  readonly mode?: 'crc' | 'secure'
  readonly type: 'simple' | 'async'
}

const dialects: readonly Dialect[] = [
  { dialect: 'v1, none', auth: 'none', wire: 'v1', type: 'simple' },
  { dialect: 'v2, none', auth: 'none', wire: 'v2', mode: 'crc', type: 'async' },
  { dialect: 'v1, cephx', auth: 'cephx', wire: 'v1', type: 'async' },
  { dialect: 'v2, cephx', auth: 'cephx', wire: 'v2', mode: 'crc', type: 'simple' },
  { dialect: 'v2, cephx, encrypted', auth: 'cephx', wire: 'v2', mode: 'secure', type: 'async' },
]

const clusters = new Map<ClusterAuth, CephCluster>()
/** The one with cephx has three monitors. */
let more: MoreMonitors | undefined

beforeAll(async () => {
  clusters.set('none', await CephCluster.start({}, { auth: 'none' }))
  const cluster = await CephCluster.start({ ...TICKET_SECONDS, ...STRICT }, { auth: 'cephx' })
  clusters.set('cephx', cluster)
  more = await MoreMonitors.join(cluster, ['b', 'c'])
}, 240_000)

afterAll(async () => {
  await more?.stop()
  for (const cluster of clusters.values()) await cluster.stop()
}, 60_000)

function clusterOf(auth: ClusterAuth): CephCluster {
  const cluster = clusters.get(auth)
  if (cluster === undefined) throw new Error('the cluster was not started')
  return cluster
}

function confOf({ dir }: CephCluster): string {
  return join(dir, 'ceph.conf')
}

/** A client that is closed after the test. Everything that is not given comes from the cluster's conf file. */
async function connect(cluster: CephCluster, settings: ConnectMonClientSettings = {}): Promise<MonClient> {
  const client = await connectMonClient({ conf: confOf(cluster), ...settings })
  onTestFinished(() => client.close())
  return client
}

async function json(cluster: CephCluster, ...command: string[]): Promise<unknown> {
  return JSON.parse(await cluster.ceph(...command, '--format', 'json')) as unknown
}

describe.each(dialects)('$dialect', ({ auth, wire, mode, type }) => {
  /** A client that begins with the first monitor, and knows how to speak to it. */
  function speak(): Promise<MonClient> {
    const cluster = clusterOf(auth)
    const addr = wire === 'v1' ? cluster.monAddr : cluster.monAddrs
    const modes = mode === undefined ? {} : { monClientMode: mode }
    return connect(cluster, { monHost: addr, messenger: { type, ...modes } })
  }

  test('commands are answered as the ceph command is', async () => {
    const cluster = clusterOf(auth)
    const client = await speak()
    expect(client.monitorAddr?.type).toBe(wire)
    expect(client.monMap?.fsid.toString()).toBe(cluster.fsid)
    const dump = await client.command({ prefix: 'osd dump', format: 'json' })
    expect(dump.json()).toEqual(await json(cluster, 'osd', 'dump'))
    const plain = await client.command({ prefix: 'osd pool ls' })
    expect([plain.result, plain.text.trim()]).toEqual([0, (await cluster.ceph('osd', 'pool', 'ls')).trim()])
  })

  test('what the monitors refuse is told, with their words', async () => {
    const client = await speak()
    await expect(client.command({ prefix: 'osd tree', format: 'json', epoch: 99_999 })).rejects.toMatchObject({
      code: 'ERR_MSGR_MON_COMMAND',
      errno: 'ENOENT',
      result: -2,
    })
    await expect(client.command({ prefix: 'make coffee' })).rejects.toMatchObject({
      errno: 'EINVAL',
      status: 'command not known',
    })
  })

  test('input reaches a command, however large', async () => {
    const client = await speak()
    const value = new Uint8Array(60_000).fill(0x61)
    await client.command({ prefix: 'config-key set', key: `msgr/${wire}` }, { input: value })
    const { output } = await client.command({ prefix: 'config-key get', key: `msgr/${wire}` })
    expect(Buffer.from(output).equals(Buffer.from(value))).toBe(true)
  })

  test('maps come, and tell what the ceph command tells', async () => {
    const cluster = clusterOf(auth)
    const client = await speak()
    const maps = client.subscribe('osdmap')
    const first = (await maps.next()).value
    expect(first?.osds.map(osdIsUp)).toEqual([true])
    const { version } = await client.getVersion('osdmap')
    expect(first?.epoch).toBeLessThanOrEqual(version)

    await cluster.ceph('osd', 'set', 'noout')
    let map = first
    while (map !== undefined && (map.flags & OsdMapFlag.noOut) === 0) map = (await maps.next()).value
    const path = join(cluster.dir, `osdmap.${wire}`)
    await cluster.ceph('osd', 'getmap', String(map?.epoch), '-o', path)
    expect(map).toEqual(OsdMap.decode(await readFile(path)))
    await cluster.ceph('osd', 'unset', 'noout')

    const monMap = (await client.subscribe('monmap').next()).value
    await cluster.ceph('mon', 'getmap', '-o', path)
    expect(monMap).toEqual(decodeMonMap(await readFile(path)))
    expect((await client.subscribe('mgrmap').next()).value?.activeName).toBe('')
    expect((await client.subscribe('config').next()).value).toBeInstanceOf(Map)
  })

  test('the options that the cluster keeps for a client come when they change', async () => {
    const cluster = clusterOf(auth)
    const client = await speak()
    const options = client.subscribe('config')
    await options.next()
    const wanted = `${type}-${wire}`
    await cluster.ceph('config', 'set', 'client.admin', 'log_file', wanted)
    for await (const config of options) if (config.get('log_file') === wanted) break
    await cluster.ceph('config', 'rm', 'client.admin', 'log_file')
  })
})

describe('who is not known', () => {
  test.each(['v1', 'v2'] as const)('over %s is refused, whether by key or by name', async (wire) => {
    const cluster = clusterOf('cephx')
    const monHost = wire === 'v1' ? cluster.monAddr : cluster.monAddrs
    const wrong = { key: CryptoKey.generate().toBase64() }
    for (const name of ['client.admin', 'client.nobody']) {
      await expect(connectMonClient({ conf: confOf(cluster), monHost, name, key: wrong })).rejects.toMatchObject({
        code: 'ERR_MSGR_AUTH_REFUSED',
        result: -13,
      })
    }
    const none = connectMonClient({ conf: CephConf.empty(), monHost, authMethods: [AuthMethod.none] })
    await expect(none).rejects.toMatchObject({ code: 'ERR_MSGR_AUTH_REFUSED' })
  })
})

describe.each(['v1', 'v2'] as const)('three monitors, over %s at first', { timeout: 120_000 }, (wire) => {
  /** A client that is at the monitor that will die. */
  async function connectToVictim(settings: ConnectMonClientSettings = {}): Promise<[MonClient, MoreMonitors]> {
    if (more === undefined) throw new Error('the monitors were not started')
    const addr = more.addrsOf('b').addrOfType(wire)
    const client = await connect(clusterOf('cephx'), { ...settings, monHost: addr.toString() })
    expect(client.monitorAddr?.equals(addr)).toBe(true)
    return [client, more]
  }

  test('a command whose monitor dies in the middle is answered by another one', async () => {
    const [client, monitors] = await connectToVictim()
    const { globalId } = client.auth
    const maps = client.subscribe('osdmap')
    await maps.next()
    await monitors.freeze('b')
    const answer = client.command({ prefix: 'osd set', key: 'noin' })
    await monitors.kill('b')
    expect((await answer).status).toMatch(/noin is (already )?set/)
    expect(monitors.addrsOf('b').addrs).not.toContainEqual(client.monitorAddr)
    // By its ticket it is who it was, and goes on with the maps.
    expect(client.auth.globalId).toBe(globalId)
    for await (const map of maps) if ((map.flags & OsdMapFlag.noIn) !== 0) break
    await client.command({ prefix: 'osd unset', key: 'noin' })
    await monitors.start('b')
  })

  test('a monitor that has gone silent is given up', async () => {
    const [client, monitors] = await connectToVictim({ pingIntervalMs: 500, pingTimeoutMs: 2000 })
    await monitors.freeze('b')
    try {
      const { text } = await client.command({ prefix: 'mon dump', format: 'json' })
      expect(JSON.parse(text)).toMatchObject({ mons: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] })
      expect(monitors.addrsOf('b').addrs).not.toContainEqual(client.monitorAddr)
    } finally {
      monitors.thaw('b')
    }
  })
})

describe.each(['v1', 'v2'] as const)('tickets over %s', (wire) => {
  test('are renewed in time, in the same session', { timeout: 60_000 }, async () => {
    const cluster = clusterOf('cephx')
    const log: string[] = []
    const client = await connect(cluster, {
      monHost: wire === 'v1' ? cluster.monAddr : cluster.monAddrs,
      logger: (level, text) => {
        if (level <= 1) log.push(text)
      },
    })
    const held = (service: number): string => {
      const ticket = client.auth.tickets.get(service, Date.now())
      return ticket === undefined ? 'none' : Buffer.from(ticket.blob.sealed).toString('hex')
    }
    for (const service of [EntityType.osd, EntityType.auth]) {
      const first = held(service)
      await expect.poll(() => held(service), { timeout: 40_000 }).not.toBe(first)
      expect(held(service)).not.toBe('none')
    }
    await client.command({ prefix: 'mon stat' })
    expect(log.filter((text) => text.startsWith('monitor '))).toEqual([expect.stringContaining('session opened')])
  })
})

test('an OSD gets the secrets of its kind', async () => {
  const client = await connect(clusterOf('cephx'), { name: 'osd.0' })
  const { secrets } = await client.rotatingSecrets()
  const ticket = client.auth.tickets.get(EntityType.osd, Date.now())
  expect(ticket).toBeDefined()
  expect([...secrets.keys()]).toContain(ticket?.blob.secretId)
})
