import type { MessengerOptions } from '@msgr/messenger'
import type { Host } from './host.ts'
import { HostNetwork } from './host-network.ts'
import { Peer } from './peer.ts'
import type { PeerFigures, PeerSetup, PeerStream } from './peer-protocol.ts'

/** Which messenger a peer has, and how it waits. */
export interface MessengerKind extends Pick<PeerSetup, 'messenger' | 'driver'> {
  readonly kind: string
}

export const simple: MessengerKind = { kind: 'simple', messenger: 'simple', driver: 'epoll' }
export const asyncOnEpoll: MessengerKind = { kind: 'async on epoll', messenger: 'async', driver: 'epoll' }
export const asyncOnSelect: MessengerKind = { kind: 'async on select', messenger: 'async', driver: 'select' }

/**
 * Timeouts short enough to wait for. TCP itself would take minutes to give a path up, and tries ever more rarely. The
 * messenger does not depend on that: what is silent for the idle timeout is closed, keepalives see to it that only a
 * broken path is, and each attempt to connect begins with a fresh socket.
 */
const SHORT: Partial<MessengerOptions> = {
  connectionIdleTimeoutMs: 1000,
  connectionReadyTimeoutMs: 600,
  initialBackoffMs: 50,
  maxBackoffMs: 400,
}
const KEEPALIVE_MS = 200
/** Where every peer listens. */
export const PORT = 6800

/** How much peers exchange. */
export type Load = Omit<PeerStream, 'to'>

/** Lossless peers, each on a host of its own, that send each other numbered messages. */
export class Exchange {
  readonly network: HostNetwork
  readonly peers: readonly Peer[]
  #load: Load = { count: 0, bytes: 0, everyMs: 0 }

  private constructor(network: HostNetwork, peers: readonly Peer[]) {
    this.network = network
    this.peers = peers
  }

  static async start(kind: MessengerKind, options: Partial<MessengerOptions> = {}, hostCount = 2): Promise<Exchange> {
    const network = await HostNetwork.create(hostCount)
    const { messenger, driver } = kind
    const setup = { messenger, driver, options: { ...SHORT, ...options }, keepaliveMs: KEEPALIVE_MS }
    try {
      const peers = network.hosts.map((host, id) =>
        Peer.start(host, { ...setup, id, bind: `v1:${host.ip}:${PORT}/${id + 1}` }),
      )
      return new Exchange(network, await Promise.all(peers))
    } catch (error) {
      await network.close()
      throw error
    }
  }

  get hosts(): readonly Host[] {
    return this.network.hosts
  }

  /** Lets every peer send to every other. */
  send(load: Load): void {
    this.#load = load
    for (const from of this.peers) {
      for (const to of this.peers) if (to !== from) from.send({ ...load, to: String(to.figures.addr) })
    }
  }

  /** Resolves when every peer has got so many messages more from each other. When that was, by the wall clock. */
  async goesOn(count = 10): Promise<number> {
    await Promise.all(
      this.peers.map((peer) => {
        const before = peer.figures.received
        const others = this.peers.filter((other) => other !== peer)
        const isSo = ({ received }: PeerFigures): boolean =>
          others.every(({ name }) => {
            const had = before[name] ?? 0
            return (received[name] ?? 0) >= Math.min(had + count, this.#load.count)
          })
        return peer.until(`it gets ${count} more of each`, isSo)
      }),
    )
    return Date.now()
  }

  /** Resolves when every peer has told of so many such faults: to when, by the wall clock, the last had done so. */
  async notices(what: RegExp, count = 1): Promise<number> {
    const faultsOf = ({ faults }: PeerFigures) => faults.filter(({ text }) => what.test(text))
    await Promise.all(
      this.peers.map((peer) =>
        peer.until(`it notices ${String(what)}`, (figures) => faultsOf(figures).length >= count),
      ),
    )
    return Math.max(...this.peers.map(({ figures }) => faultsOf(figures)[count - 1]?.atMs ?? 0))
  }

  /**
   * Resolves when everything has been received and acknowledged, or something is wrong: to what each peer has got of
   * each other, and what was wrong.
   */
  async outcome(): Promise<{ received: PeerFigures['received'][]; wrong: string[] }> {
    await Promise.all(
      this.peers.map((peer) =>
        peer.until('all is received and acknowledged', ({ received, sent, unacknowledged, wrong }) => {
          const counts = Object.values(received)
          const isComplete =
            counts.length === this.peers.length - 1 && counts.every((count) => count >= this.#load.count)
          const isOut = sent === this.#load.count * (this.peers.length - 1) && unacknowledged === 0
          return wrong.length > 0 || (isComplete && isOut)
        }),
      ),
    )
    return {
      received: this.peers.map(({ figures }) => figures.received),
      wrong: this.peers.flatMap(({ figures }) => figures.wrong),
    }
  }

  /** The outcome that is asked for: each message once. */
  get perfect(): { received: PeerFigures['received'][]; wrong: string[] } {
    const received = this.peers.map((peer) => {
      const others = this.peers.filter((other) => other !== peer)
      return Object.fromEntries(others.map(({ name }) => [name, this.#load.count]))
    })
    return { received, wrong: [] }
  }

  async stop(): Promise<void> {
    await Promise.all(this.peers.map((peer) => peer.stop()))
    await this.network.close()
  }
}
