import { fileURLToPath } from 'node:url'
import type { MessengerKind } from './exchange.ts'
import type { Host } from './host.ts'
import { HostProcess } from './host-process.ts'

const PROGRAM = fileURLToPath(new URL('../../../apps/heartbeat-demo/dist/cli.js', import.meta.url))

/** What an OSD has to say of another. */
export interface Verdict {
  readonly event: 'up' | 'down'
  /** As in `osd.3`. */
  readonly peer: string
  /** Of a peer that is down, and for how long nothing has been heard of it. */
  readonly reason?: string
  readonly failedForMs?: number
}

/** How the OSDs of a cluster are run. */
export interface HeartbeatSettings {
  readonly kind: MessengerKind
  readonly intervalMs: number
  readonly graceMs: number
  /** Size that pings are padded to. */
  readonly minSize: number
  /** Its front port on every host; the back port is the next. */
  readonly port: number
}

/** An OSD of the heartbeat demo, on a host of its own. */
export class HeartbeatOsd {
  readonly name: string
  readonly #process: HostProcess

  private constructor(hosts: readonly Host[], host: Host, settings: HeartbeatSettings) {
    const { kind, intervalMs, graceMs, minSize, port } = settings
    const addressOf = ({ ip }: Host): string => `v1:${ip}:${port}+v1:${ip}:${port + 1}`
    const peers = hosts.flatMap((other, id) => (other === host ? [] : [`osd.${id}=${addressOf(other)}`]))
    const id = hosts.indexOf(host)
    this.name = `osd.${id}`
    const flags = {
      '--id': id,
      '--bind': `v1:${host.ip}:${port}`,
      '--peers': peers.join(','),
      '--interval': intervalMs,
      '--grace': graceMs,
      '--min-size': minSize,
      '--messenger': kind.messenger,
      '--driver': kind.driver,
    }
    this.#process = new HostProcess(host, PROGRAM, ['osd', ...Object.entries(flags).flat().map(String), '--json'])
  }

  /** An OSD on each of the hosts, all of which ping each other. Resolves when all of them are up for all others. */
  static async startAll(hosts: readonly Host[], settings: HeartbeatSettings): Promise<HeartbeatOsd[]> {
    const osds = hosts.map((host) => new HeartbeatOsd(hosts, host, settings))
    await Promise.all(
      osds.map((osd) =>
        osd.says(
          'up',
          osds.filter((other) => other !== osd),
        ),
      ),
    )
    return osds
  }

  /** All that it has said so far, in order. */
  get verdicts(): Verdict[] {
    const lines = this.#process.output.split('\n').slice(0, -1)
    const news = lines.map((line) => JSON.parse(line) as { readonly event: string })
    const verdicts = news.filter((one): one is Verdict => one.event === 'up' || one.event === 'down')
    return verdicts.map(({ peer, ...rest }) => ({ ...rest, peer: peer.replace(/ at .*$/, '') }))
  }

  /** Resolves when the last it said of each of these is this. */
  async says(event: Verdict['event'], of: readonly HeartbeatOsd[]): Promise<void> {
    const isSo = (): boolean => {
      const { verdicts } = this
      return of.every(({ name }) => verdicts.findLast(({ peer }) => peer === name)?.event === event)
    }
    await this.#process.until(`${this.name} says ${event}`, isSo, () => this.verdicts)
  }
}
