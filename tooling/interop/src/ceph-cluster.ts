import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { takePorts } from './free-ports.ts'

const run = promisify(execFile)
/** How long a daemon may take to come up, and how long to go down before it is killed. */
const UP_TIMEOUT_MS = 60_000
const DOWN_TIMEOUT_MS = 5_000
const CLIENT_ATTEMPTS = 4
/**
 * An OSD listens for clients, for its peers, and on two addresses for heartbeats, each on both wires. Marked down, it
 * moves all but the first to ports that it did not have.
 */
const OSD_PORT_COUNT = 8 + 6

/** Addresses of one OSD, each a text such as `v1:127.0.0.1:6803/4021`. */
export interface OsdAddresses {
  readonly publicAddr: string
  readonly clusterAddr: string
  readonly heartbeatFront: string
  readonly heartbeatBack: string
}

export type DaemonName = 'mon.a' | 'osd.0'

/** What all of a cluster, its clients too, prove who they are by. */
export type ClusterAuth = 'none' | 'cephx'

/** Where all of a cluster listens. */
export type IpFamily = 'ipv4' | 'ipv6'

type Wire = 'v1' | 'v2'

/** The loopback address of each family, and as it is put before a port. */
const LOOPBACK = { ipv4: '127.0.0.1', ipv6: '::1' } as const
const LOOPBACK_IN_ADDRESS = { ipv4: '127.0.0.1', ipv6: '[::1]' } as const

export interface ClusterSettings {
  readonly auth?: ClusterAuth
  readonly family?: IpFamily
}

/** One monitor and one OSD of real Ceph on loopback, in a folder of their own. */
export class CephCluster {
  readonly dir: string
  readonly fsid: string
  /** The monitor's address on the version 1 wire. */
  readonly monAddr: string
  /** Both of its addresses: `[v2:…,v1:…]`. */
  readonly monAddrs: string
  readonly #auth: ClusterAuth
  readonly #family: IpFamily
  readonly #daemons = new Map<DaemonName, ChildProcess>()

  private constructor(
    dir: string,
    fsid: string,
    { auth = 'none', family = 'ipv4' }: ClusterSettings,
    monPorts: Readonly<Record<Wire, number>>,
  ) {
    this.dir = dir
    this.fsid = fsid
    this.#auth = auth
    this.#family = family
    const host = LOOPBACK_IN_ADDRESS[family]
    this.monAddr = `v1:${host}:${monPorts.v1}/0`
    this.monAddrs = `[v2:${host}:${monPorts.v2}/0,${this.monAddr}]`
  }

  /** Boots both daemons, and only them, with the options given besides the necessary ones. */
  static async start(
    options: Readonly<Record<string, string>> = {},
    settings: ClusterSettings = {},
  ): Promise<CephCluster> {
    const dir = await mkdtemp(join(tmpdir(), 'msgr-ceph-'))
    const v2 = await takePorts(LOOPBACK[settings.family ?? 'ipv4'], 2)
    const cluster = new CephCluster(dir, randomUUID(), settings, { v2, v1: v2 + 1 })
    try {
      await cluster.#configure(options)
      await cluster.#makeMonitor()
      await cluster.#startMonitor()
      await cluster.startOsd()
    } catch (error) {
      await cluster.#endDaemons() // and leave their logs
      throw error
    }
    return cluster
  }

  /**
   * Runs the ceph command line client and returns what it prints. A monitor that breaks its sockets may fail it, so it
   * is run again a few times: the command must be one that may be given twice.
   */
  async ceph(...args: string[]): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { stdout } = await run('ceph', ['--connect-timeout', '5', ...args], { env: this.#env, timeout: 30_000 })
        return stdout
      } catch (error) {
        if (attempt === CLIENT_ATTEMPTS) throw error
      }
    }
  }

  /** Keys of everybody in the cluster. */
  get keyring(): string {
    return join(this.dir, 'keyring')
  }

  /** Tells the monitor of an OSD that is to come, and puts its key into the keyring. Its number. */
  async registerOsd(uuid: string): Promise<number> {
    const { stdout } = await run('ceph-authtool', ['--gen-print-key'])
    const secret = stdout.trim()
    const secrets = join(this.dir, `${uuid}.json`)
    await writeFile(secrets, JSON.stringify({ cephx_secret: secret }))
    const id = Number(await this.ceph('osd', 'new', uuid, '-i', secrets))
    await this.#tool('ceph-authtool', this.keyring, '-n', `osd.${id}`, '--add-key', secret)
    return id
  }

  async osdAddresses(wire: Wire = 'v1'): Promise<OsdAddresses> {
    const dump = JSON.parse(await this.ceph('osd', 'dump', '--format', 'json')) as {
      osds: Record<'public_addrs' | 'cluster_addrs' | 'heartbeat_front_addrs' | 'heartbeat_back_addrs', AddrVec>[]
    }
    const [osd] = dump.osds
    if (osd === undefined) throw new Error('the osd map has no osd')
    return {
      publicAddr: addrOf(osd.public_addrs, wire),
      clusterAddr: addrOf(osd.cluster_addrs, wire),
      heartbeatFront: addrOf(osd.heartbeat_front_addrs, wire),
      heartbeatBack: addrOf(osd.heartbeat_back_addrs, wire),
    }
  }

  /** Sets an option of a daemon that runs. */
  async setOption(name: DaemonName, key: string, value: string): Promise<void> {
    await this.#tool('ceph', '--admin-daemon', join(this.dir, 'run', `${name}.asok`), 'config', 'set', key, value)
  }

  /** How often a daemon has broken a socket because `ms_inject_socket_failures` told it to. */
  async countInjectedFailures(name: DaemonName): Promise<number> {
    const log = await readFile(join(this.dir, `${name}.log`), 'utf8')
    return log.split('injecting socket failure').length - 1
  }

  signal(name: DaemonName, signal: NodeJS.Signals): void {
    this.#daemons.get(name)?.kill(signal)
  }

  /** Kills the monitor and starts it again, at the same addresses and with what it knew. */
  async restartMonitor(): Promise<void> {
    await this.#kill('mon.a')
    await this.#startMonitor()
  }

  /** Kills the OSD and starts it again: at its addresses of before, with another nonce. */
  async restartOsd(): Promise<void> {
    const before = await this.osdAddresses()
    await this.#kill('osd.0')
    await this.#daemon('ceph-osd', 'osd.0', '-i', '0')
    await this.#until('the osd is up again', async () => {
      const after = await this.osdAddresses()
      return after.publicAddr !== before.publicAddr && (await this.#upOsdCount()) === 1
    })
  }

  /** Stops the daemons and removes what they wrote. */
  async stop(): Promise<void> {
    await this.#endDaemons()
    await rm(this.dir, { recursive: true, force: true })
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, CEPH_CONF: join(this.dir, 'ceph.conf') }
  }

  async #configure(options: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(join(this.dir, 'run'))
    const host = LOOPBACK[this.#family]
    const lines = {
      fsid: this.fsid,
      mon_host: this.monAddrs,
      ms_bind_ipv4: String(this.#family === 'ipv4'),
      ms_bind_ipv6: String(this.#family === 'ipv6'),
      auth_cluster_required: this.#auth,
      auth_service_required: this.#auth,
      auth_client_required: this.#auth,
      keyring: this.keyring,
      public_addr: host,
      cluster_addr: host,
      run_dir: join(this.dir, 'run'),
      admin_socket: join(this.dir, 'run', '$name.asok'),
      log_file: join(this.dir, '$name.log'),
      mon_data: join(this.dir, 'mon.$id'),
      osd_data: join(this.dir, 'osd.$id'),
      osd_objectstore: 'memstore',
      memstore_device_bytes: '268435456',
      osd_pool_default_size: '1',
      osd_crush_chooseleaf_type: '0',
    }
    const firstPort = await takePorts(host, OSD_PORT_COUNT)
    const osdPorts = { ms_bind_port_min: String(firstPort), ms_bind_port_max: String(firstPort + OSD_PORT_COUNT - 1) }
    const sections = { global: lines, mon: options, osd: { ...options, ...osdPorts } }
    const text = Object.entries(sections).map(([name, section]) => {
      const settings = Object.entries(section).map(([key, value]) => `${key} = ${value}\n`)
      return `[${name}]\n${settings.join('')}`
    })
    await writeFile(join(this.dir, 'ceph.conf'), text.join(''))
  }

  async #makeMonitor(): Promise<void> {
    const { keyring } = this
    const monmap = join(this.dir, 'monmap')
    await this.#tool('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
    const caps = ['mon', 'osd', 'mgr'].flatMap((service) => ['--cap', service, 'allow *'])
    await this.#tool('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...caps)
    await this.#tool('monmaptool', '--create', '--addv', 'a', this.monAddrs, '--fsid', this.fsid, monmap)
    await this.#tool('ceph-mon', '-i', 'a', '--mkfs', '--monmap', monmap, '--keyring', keyring)
  }

  async #startMonitor(): Promise<void> {
    await this.#daemon('ceph-mon', 'mon.a', '-i', 'a')
    await this.#until('the monitor answers', async () => (await this.ceph('mon', 'stat')).includes('quorum'))
  }

  async startOsd(): Promise<void> {
    const uuid = randomUUID()
    await mkdir(join(this.dir, 'osd.0'))
    await this.registerOsd(uuid)
    await this.#tool('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', uuid)
    await this.#daemon('ceph-osd', 'osd.0', '-i', '0')
    await this.#until('the osd is up', async () => (await this.#upOsdCount()) === 1)
  }

  async #upOsdCount(): Promise<number> {
    const stat = JSON.parse(await this.ceph('osd', 'stat', '--format', 'json')) as { num_up_osds: number }
    return stat.num_up_osds
  }

  async #tool(program: string, ...args: string[]): Promise<void> {
    await run(program, args, { env: this.#env, timeout: UP_TIMEOUT_MS })
  }

  async #daemon(program: string, name: DaemonName, ...args: string[]): Promise<void> {
    const output = await open(join(this.dir, `${name}.out`), 'w')
    const daemon = spawn(program, [...args, '-f'], { env: this.#env, stdio: ['ignore', output.fd, output.fd] })
    await output.close()
    this.#daemons.set(name, daemon)
  }

  async #endDaemons(): Promise<void> {
    for (const daemon of [...this.#daemons.values()].reverse()) await end(daemon)
  }

  async #kill(name: DaemonName): Promise<void> {
    const daemon = this.#daemons.get(name)
    if (daemon === undefined) throw new Error(`there is no ${name}`)
    const exited = once(daemon, 'exit')
    daemon.kill('SIGKILL')
    await exited
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const giveUpAtMs = performance.now() + UP_TIMEOUT_MS
    let lastError: unknown
    while (performance.now() < giveUpAtMs) {
      try {
        if (await isSo()) return
      } catch (error) {
        lastError = error
      }
      await sleep(250)
    }
    throw new Error(`gave up waiting until ${what}; the logs are in ${this.dir}`, { cause: lastError })
  }
}

interface AddrVec {
  readonly addrvec: readonly { readonly type: string; readonly addr: string; readonly nonce: number }[]
}

function addrOf({ addrvec }: AddrVec, wire: Wire): string {
  const found = addrvec.find(({ type }) => type === wire)
  if (found === undefined) throw new Error(`no address of type ${wire} among ${JSON.stringify(addrvec)}`)
  return `${wire}:${found.addr}/${found.nonce}`
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  const exited = once(daemon, 'exit')
  daemon.kill('SIGTERM')
  const killer = setTimeout(() => daemon.kill('SIGKILL'), DOWN_TIMEOUT_MS)
  await exited
  clearTimeout(killer)
}
