import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EntityAddrVec } from '@msgr/message'
import type { CephCluster } from './ceph-cluster.ts'
import { takePorts } from './free-ports.ts'

const run = promisify(execFile)
/** How long monitors may take to agree. */
const QUORUM_TIMEOUT_MS = 60_000

/** Monitors that have joined a cluster of one, and may die. */
export class MoreMonitors {
  readonly #cluster: CephCluster
  readonly #addrs = new Map<string, EntityAddrVec>()
  readonly #daemons = new Map<string, ChildProcess>()

  private constructor(cluster: CephCluster) {
    this.#cluster = cluster
  }

  /** Starts monitors of these names, and waits until all take part. */
  static async join(cluster: CephCluster, names: readonly string[]): Promise<MoreMonitors> {
    const monitors = new MoreMonitors(cluster)
    const monmap = join(cluster.dir, 'monmap.joining')
    try {
      for (const name of names) {
        await cluster.ceph('mon', 'getmap', '-o', monmap)
        await monitors.#tool('ceph-mon', '-i', name, '--mkfs', '--monmap', monmap, '--keyring', cluster.keyring)
        const v2 = await takePorts('127.0.0.1', 2)
        monitors.#addrs.set(name, EntityAddrVec.parse(`[v2:127.0.0.1:${v2}/0,v1:127.0.0.1:${v2 + 1}/0]`))
        await monitors.start(name)
      }
    } catch (error) {
      await monitors.stop()
      throw error
    }
    return monitors
  }

  /** Both addresses of a monitor, of version 2 first. */
  addrsOf(name: string): EntityAddrVec {
    const addrs = this.#addrs.get(name)
    if (addrs === undefined) throw new Error(`there is no mon.${name}`)
    return addrs
  }

  /** Starts a monitor, for the first time or after it was killed, and waits until all take part. */
  async start(name: string): Promise<void> {
    const { dir } = this.#cluster
    const output = await open(join(dir, `mon.${name}.out`), 'w')
    const args = ['-i', name, '-f', '--public-addrv', this.addrsOf(name).toString()]
    this.#daemons.set(name, spawn('ceph-mon', args, { env: this.#env, stdio: ['ignore', output.fd, output.fd] }))
    await output.close()
    await this.#untilQuorum()
  }

  /** Stops a monitor where it stands, with its sockets open. Resolves when none of its threads runs any more. */
  async freeze(name: string): Promise<void> {
    const daemon = this.#daemonOf(name)
    daemon.kill('SIGSTOP')
    const tasks = `/proc/${String(daemon.pid)}/task`
    for (;;) {
      const threads = await readdir(tasks)
      const stats = await Promise.all(threads.map((thread) => readFile(`${tasks}/${thread}/stat`, 'latin1')))
      if (stats.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'))) return
      await sleep(10)
    }
  }

  thaw(name: string): void {
    this.#daemonOf(name).kill('SIGCONT')
  }

  async kill(name: string): Promise<void> {
    const daemon = this.#daemonOf(name)
    if (daemon.exitCode !== null || daemon.signalCode !== null) return
    const exited = once(daemon, 'exit')
    daemon.kill('SIGKILL')
    await exited
  }

  /** Kills all of them: what they wrote is removed with the cluster. */
  async stop(): Promise<void> {
    for (const name of this.#daemons.keys()) await this.kill(name)
  }

  #daemonOf(name: string): ChildProcess {
    const daemon = this.#daemons.get(name)
    if (daemon === undefined) throw new Error(`there is no mon.${name}`)
    return daemon
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, CEPH_CONF: join(this.#cluster.dir, 'ceph.conf') }
  }

  async #tool(program: string, ...args: string[]): Promise<void> {
    await run(program, args, { env: this.#env, timeout: QUORUM_TIMEOUT_MS })
  }

  async #untilQuorum(): Promise<void> {
    const giveUpAtMs = performance.now() + QUORUM_TIMEOUT_MS
    while (performance.now() < giveUpAtMs) {
      const stat = await this.#cluster.ceph('mon', 'stat', '--format', 'json')
      const { quorum } = JSON.parse(stat) as { readonly quorum: readonly unknown[] }
      if (quorum.length === 1 + this.#daemons.size) return
      await sleep(250)
    }
    throw new Error(`gave up waiting until all monitors take part; the logs are in ${this.#cluster.dir}`)
  }
}
