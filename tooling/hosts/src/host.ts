import { spawn, type ChildProcess } from 'node:child_process'
import { runCommand } from './run-command.ts'

/** The only interface of a host besides its loopback. */
const INTERFACE = 'eth0'

/** One host: a network namespace with an interface that leads to the switch. */
export class Host {
  readonly namespace: string
  readonly ip: string
  /** The interface of the switch at the other end of the cable. */
  readonly port: string

  constructor(namespace: string, number: number) {
    this.namespace = namespace
    this.ip = `10.0.0.${number}`
    this.port = `port${number}`
  }

  /** Starts a program on this host. It can be talked to by IPC, its stdout and stderr are pipes. */
  spawn(program: string, args: readonly string[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.namespace, program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
  }

  /** The interface, and its address, come up. */
  async configure(): Promise<void> {
    await this.#ip(['link', 'set', 'lo', 'up'], ['link', 'set', INTERFACE, 'up'])
    await this.addAddress()
  }

  async linkDown(): Promise<void> {
    await this.#ip(['link', 'set', INTERFACE, 'down'])
  }

  async linkUp(): Promise<void> {
    await this.#ip(['link', 'set', INTERFACE, 'up'])
  }

  async addAddress(): Promise<void> {
    await this.#ip(['address', 'add', `${this.ip}/24`, 'dev', INTERFACE])
  }

  async removeAddress(): Promise<void> {
    await this.#ip(['address', 'delete', `${this.ip}/24`, 'dev', INTERFACE])
  }

  async setMtu(bytes: number): Promise<void> {
    await this.#ip(['link', 'set', INTERFACE, 'mtu', String(bytes)])
  }

  /** From now on each packet is a packet of the network's, as with hardware that does not cut up larger ones. */
  async sendSinglePackets(): Promise<void> {
    await this.#ip(['link', 'set', INTERFACE, 'gso_max_segs', '1'])
  }

  /** What the host sends goes out at this rate. */
  async limitRate(rate: string): Promise<void> {
    const bucket = ['tbf', 'rate', rate, 'burst', '16kb', 'latency', '100ms']
    await runCommand('tc', ['-n', this.namespace, 'qdisc', 'add', 'dev', INTERFACE, 'root', ...bucket])
  }

  /** Connections that come in to a port are taken to another one, without either end's knowledge. */
  async redirect(port: number, toPort: number): Promise<void> {
    const rules = [
      'add table ip intercept',
      'add chain ip intercept in { type nat hook prerouting priority -100; }',
      `add rule ip intercept in tcp dport ${port} redirect to :${toPort}`,
    ]
    await runCommand('ip', ['netns', 'exec', this.namespace, 'nft', '--file', '-'], `${rules.join('\n')}\n`)
  }

  async #ip(...commands: readonly (readonly string[])[]): Promise<void> {
    const lines = commands.map((words) => `${words.join(' ')}\n`)
    await runCommand('ip', ['-n', this.namespace, '-batch', '-'], lines.join(''))
  }
}
