import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

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
  readonly heartbeatFront: string
  readonly heartbeatBack: string
}

export type DaemonName = 'mon.a' | 'osd.0'

/** What all of a cluster, its clients too, prove who they are by. */
export type ClusterAuth = 'none' | 'cephx'

/** One monitor and one OSD of real Ceph on loopback, in a folder of their own. */
export class CephCluster {
  readonly dir: string
  readonly fsid: string
  /** The monitor's address on the version 1 wire. */
  readonly monAddr: string
  /** Both of its addresses: `[v2:…,v1:…]`. */
  readonly monAddrs: string
  readonly #auth: ClusterAuth
  readonly #daemons = new Map<DaemonName, ChildProcess>()

  private constructor(
    dir: string,
    fsid: string,
    auth: ClusterAuth,
    ports: { readonly v1: number; readonly v2: number },
  ) {
    this.dir = dir
    this.fsid = fsid
    this.#auth = auth
    this.monAddr = `v1:127.0.0.1:${ports.v1}/0`
    this.monAddrs = `[v2:127.0.0.1:${ports.v2}/0,${this.monAddr}]`
  }

  /** Boots both daemons, and only them, with the options given besides the necessary ones. */
  static async start(
    options: Readonly<Record<string, string>> = {},
    { auth = 'none' }: { readonly auth?: ClusterAuth } = {},
  ): Promise<CephCluster> {
    const dir = await mkdtemp(join(tmpdir(), 'msgr-ceph-'))
    const [v2Port, v1Port] = [await freePort(), await freePort()]
    const cluster = new CephCluster(dir, randomUUID(), auth, { v1: v1Port, v2: v2Port })
    try {
      await cluster.#configure(v2Port, v1Port, options)
      await cluster.#startMonitor(v2Port, v1Port)
      await cluster.startOsd()
    } catch (error) {
      await cluster.stop()
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

  async osdAddresses(): Promise<OsdAddresses> {
    const dump = JSON.parse(await this.ceph('osd', 'dump', '--format', 'json')) as {
      osds: Record<'public_addrs' | 'heartbeat_front_addrs' | 'heartbeat_back_addrs', AddrVec>[]
    }
    const [osd] = dump.osds
    if (osd === undefined) throw new Error('the osd map has no osd')
    return {
      publicAddr: v1Of(osd.public_addrs),
      heartbeatFront: v1Of(osd.heartbeat_front_addrs),
      heartbeatBack: v1Of(osd.heartbeat_back_addrs),
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

  signalOsd(signal: NodeJS.Signals): void {
    this.#daemons.get('osd.0')?.kill(signal)
  }

  /** Kills the OSD and starts it again: at its addresses of before, with another nonce. */
  async restartOsd(): Promise<void> {
    const before = await this.osdAddresses()
    const killed = this.#daemons.get('osd.0')
    if (killed === undefined) throw new Error('there is no osd')
    const exited = once(killed, 'exit')
    killed.kill('SIGKILL')
    await exited
    await this.#daemon('ceph-osd', 'osd.0', '-i', '0')
    await this.#until('the osd is up again', async () => {
      const after = await this.osdAddresses()
      return after.publicAddr !== before.publicAddr && (await this.#upOsdCount()) === 1
    })
  }

  /** Stops the daemons and removes what they wrote. */
  async stop(): Promise<void> {
    for (const daemon of [...this.#daemons.values()].reverse()) await end(daemon)
    await rm(this.dir, { recursive: true, force: true })
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, CEPH_CONF: join(this.dir, 'ceph.conf') }
  }

  async #configure(v2Port: number, v1Port: number, options: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(join(this.dir, 'run'))
    const lines = {
      fsid: this.fsid,
      mon_host: `[v2:127.0.0.1:${v2Port},v1:127.0.0.1:${v1Port}]`,
      auth_cluster_required: this.#auth,
      auth_service_required: this.#auth,
      auth_client_required: this.#auth,
      keyring: this.keyring,
      public_addr: '127.0.0.1',
      cluster_addr: '127.0.0.1',
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
    const firstPort = await freePorts(OSD_PORT_COUNT)
    const osdPorts = { ms_bind_port_min: String(firstPort), ms_bind_port_max: String(firstPort + OSD_PORT_COUNT - 1) }
    const sections = { global: lines, mon: options, osd: { ...options, ...osdPorts } }
    const text = Object.entries(sections).map(([name, section]) => {
      const settings = Object.entries(section).map(([key, value]) => `${key} = ${value}\n`)
      return `[${name}]\n${settings.join('')}`
    })
    await writeFile(join(this.dir, 'ceph.conf'), text.join(''))
  }

  async #startMonitor(v2Port: number, v1Port: number): Promise<void> {
    const { keyring } = this
    const monmap = join(this.dir, 'monmap')
    const addrs = `[v2:127.0.0.1:${v2Port},v1:127.0.0.1:${v1Port}]`
    await this.#tool('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
    const caps = ['mon', 'osd', 'mgr'].flatMap((service) => ['--cap', service, 'allow *'])
    await this.#tool('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...caps)
    await this.#tool('monmaptool', '--create', '--addv', 'a', addrs, '--fsid', this.fsid, monmap)
    await this.#tool('ceph-mon', '-i', 'a', '--mkfs', '--monmap', monmap, '--keyring', keyring)
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

function v1Of({ addrvec }: AddrVec): string {
  const v1 = addrvec.find(({ type }) => type === 'v1')
  if (v1 === undefined) throw new Error(`no address of type v1 among ${JSON.stringify(addrvec)}`)
  return `v1:${v1.addr}/${v1.nonce}`
}

async function freePort(): Promise<number> {
  const server = await listen(0)
  const { port } = server.address() as AddressInfo
  await close(server)
  return port
}

/** The first of so many free ports in a row. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const attempts = await Promise.allSettled(Array.from({ length: count }, (_, i) => listen(first + i)))
    const servers = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    await Promise.all(servers.map(close))
    if (servers.length === count) return first
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  const exited = once(daemon, 'exit')
  daemon.kill('SIGTERM')
  const killer = setTimeout(() => daemon.kill('SIGKILL'), DOWN_TIMEOUT_MS)
  await exited
  clearTimeout(killer)
}
