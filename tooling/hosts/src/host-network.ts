import { Host } from './host.ts'
import { NamespaceJanitor, removeLeftovers } from './namespace-janitor.ts'
import { runCommand } from './run-command.ts'

let networkCount = 0

/**
 * Hosts on a switch:
 *
 *      10.0.0.1          10.0.0.2         each a network namespace
 *        eth0              eth0
 *          │                 │            veth pairs
 *        port1 ── bridge ── port2         the switch, a namespace too: the machine's own network is not touched
 *
 * What misbehaves on the way is a rule of nftables at the port where packets enter the switch: the sender sees nothing
 * of it but that nobody answers.
 */
export class HostNetwork {
  readonly hosts: readonly Host[]
  readonly #switch: string
  readonly #janitor: NamespaceJanitor

  private constructor(name: string, hostCount: number) {
    this.#switch = `${name}-switch`
    this.hosts = Array.from({ length: hostCount }, (_, i) => new Host(`${name}-host${i + 1}`, i + 1))
    this.#janitor = new NamespaceJanitor(this.#namespaces)
  }

  static async create(hostCount: number): Promise<HostNetwork> {
    await removeLeftovers()
    const network = new HostNetwork(`msgr-${process.pid}-${++networkCount}`, hostCount)
    try {
      await network.#build()
    } catch (error) {
      await network.close()
      throw error
    }
    return network
  }

  host(number: number): Host {
    const host = this.hosts[number - 1]
    if (host === undefined) throw new RangeError(`host: expected 1 to ${this.hosts.length}, got ${number}`)
    return host
  }

  /** Nothing that one host sends reaches the other any more. */
  async cutOneWay(from: Host, to: Host): Promise<void> {
    await this.#addRule(from, `ip daddr ${to.ip} counter drop`)
  }

  /** The host is cut off from all others, in both directions. */
  async isolate(host: Host): Promise<void> {
    for (const other of this.hosts) {
      if (other === host) continue
      await this.cutOneWay(host, other)
      await this.cutOneWay(other, host)
    }
  }

  /** So many of a hundred packets are lost, whoever sends them. */
  async losePackets(percent: number): Promise<void> {
    for (const host of this.hosts) await this.#addRule(host, `numgen random mod 100 < ${percent} counter drop`)
  }

  /** Packets of more bytes are lost, whoever sends them, and nobody is told. */
  async loseLargePackets(maxBytes: number): Promise<void> {
    for (const host of this.hosts) await this.#addRule(host, `meta length > ${maxBytes} counter drop`)
  }

  /** Packets that were lost by the rules that are in force. */
  async lostCount(): Promise<number> {
    const listing = await this.#nft('list table netdev wire')
    const counts = listing.matchAll(/counter packets (\d+)/g)
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
  }

  /** Everything passes again. */
  async heal(): Promise<void> {
    await this.#nft('flush table netdev wire')
  }

  /** Ends what runs on the hosts, and removes them. */
  async close(): Promise<void> {
    await this.#janitor.remove()
  }

  get #namespaces(): string[] {
    return [this.#switch, ...this.hosts.map(({ namespace }) => namespace)]
  }

  async #build(): Promise<void> {
    const cables = this.hosts.map(
      ({ namespace, port }) => `link add eth0 netns ${namespace} type veth peer name ${port} netns ${this.#switch}`,
    )
    const namespaces = this.#namespaces.map((name) => `netns add ${name}`)
    await runCommand('ip', ['-batch', '-'], `${[...namespaces, ...cables].join('\n')}\n`)
    const ports = this.hosts.flatMap(({ port }) => [`link set ${port} master bridge0`, `link set ${port} up`])
    const bridge = ['link add bridge0 type bridge', 'link set bridge0 up', ...ports]
    await runCommand('ip', ['-n', this.#switch, '-batch', '-'], `${bridge.join('\n')}\n`)
    const chains = this.hosts.map(
      ({ port }) => `add chain netdev wire ${port} { type filter hook ingress device ${port} priority 0; }`,
    )
    await this.#nft(['add table netdev wire', ...chains].join('\n'))
    for (const host of this.hosts) await host.configure()
  }

  async #addRule(sender: Host, rule: string): Promise<void> {
    await this.#nft(`add rule netdev wire ${sender.port} ${rule}`)
  }

  #nft(commands: string): Promise<string> {
    return runCommand('ip', ['netns', 'exec', this.#switch, 'nft', '--file', '-'], `${commands}\n`)
  }
}
