import type { HeartbeatChannel } from './heartbeat-peer.ts'
import type { FailureReport, Finding } from './m-failure-report.ts'
import type { FromMonitor, FromOsd, LinkNews, MapSummary } from './process-protocol.ts'
import { RoundTrips } from './round-trips.ts'

/** Something that has happened in the cluster, for those who look on. */
export type ClusterEvent =
  | { readonly kind: 'up'; readonly id: number; readonly epoch: number }
  | {
      readonly kind: 'down'
      readonly id: number
      readonly epoch: number
      readonly reporters: readonly number[]
      readonly findings: readonly Finding[]
    }
  | { readonly kind: 'report'; readonly reporter: number; readonly report: FailureReport; readonly counts: boolean }
  | { readonly kind: 'wronglyMarkedDown'; readonly id: number; readonly epoch: number }

/** How often an OSD has answered another one, on each channel. */
export type Replies = Readonly<Record<HeartbeatChannel, number>>

/** All that was seen of the pings to one OSD, by whomever. */
export class PingCounts {
  readonly roundTrips: RoundTrips = new RoundTrips()
  pings = 0
  missed = 0
  /** By who waits: how many of its pings. */
  readonly waiting: Map<number, number> = new Map<number, number>()

  get answered(): number {
    return this.roundTrips.count
  }

  get waitingCount(): number {
    return [...this.waiting.values()].reduce((sum, count) => sum + count, 0)
  }
}

const NO_MAP: MapSummary = { epoch: 0, osds: [] }

/**
 * What the demo knows of its cluster: it is told by the processes, and tells whoever waits for something to come true.
 */
export class ClusterWatch {
  /** Everything that happened, with the time in milliseconds. */
  readonly events: { readonly atMs: number; readonly event: ClusterEvent }[] = []
  readonly all: RoundTrips = new RoundTrips()
  #map: MapSummary = NO_MAP
  #monitorAddr: string | undefined
  readonly #peers = new Map<number, readonly number[]>()
  readonly #epochs = new Map<number, number>()
  readonly #replies = new Map<string, Record<HeartbeatChannel, number>>()
  readonly #pingsTo = new Map<number, PingCounts>()
  readonly #listeners = new Set<(event: ClusterEvent | undefined) => void>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get map(): MapSummary {
    return this.#map
  }

  get monitorAddr(): string | undefined {
    return this.#monitorAddr
  }

  isUp(id: number): boolean {
    return this.#map.osds.some((osd) => osd.id === id && osd.isUp)
  }

  get upIds(): readonly number[] {
    return this.#map.osds.filter(({ isUp }) => isUp).map(({ id }) => id)
  }

  /** Who an OSD that is up has to ping, by the newest map. */
  peersOf(id: number): readonly number[] {
    return this.#peers.get(id) ?? []
  }

  /** The newest map that an OSD has. */
  epochOf(id: number): number {
    return this.#epochs.get(id) ?? 0
  }

  /** How often `to` has answered `from`. */
  replies(from: number, to: number): Replies {
    return { front: 0, back: 0, ...this.#replies.get(`${from} ${to}`) }
  }

  pingsTo(id: number): PingCounts {
    const known = this.#pingsTo.get(id)
    if (known !== undefined) return known
    const counts = new PingCounts()
    this.#pingsTo.set(id, counts)
    return counts
  }

  /** Calls whenever something has changed, with the event if it was one. Returns what ends it. */
  listen(listener: (event: ClusterEvent | undefined) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  monitorTells(news: FromMonitor): void {
    switch (news.kind) {
      case 'listening':
        this.#monitorAddr = news.addr
        this.#changed()
        return
      case 'map':
        this.#takeMap(news.map, news.peers)
        return
      case 'report':
        this.#happened(news)
        return
      case 'markedDown':
        this.#happened({ ...news, kind: 'down' })
    }
  }

  osdTells(id: number, news: FromOsd): void {
    switch (news.kind) {
      case 'map':
        this.#epochs.set(id, news.epoch)
        this.#changed()
        return
      case 'wronglyMarkedDown':
        this.#happened({ kind: 'wronglyMarkedDown', id, epoch: news.epoch })
        return
      case 'links':
        for (const link of news.links) this.#takeLink(id, link)
        this.#changed()
    }
  }

  /** A process is gone, and whatever it knew. Pings it waited for do not count: nobody could take the answer. */
  osdEnded(id: number): void {
    this.#epochs.delete(id)
    for (const counts of this.#pingsTo.values()) {
      counts.pings -= counts.waiting.get(id) ?? 0
      counts.waiting.delete(id)
    }
    this.#changed()
  }

  #takeMap(map: MapSummary, peers: readonly (readonly [number, readonly number[]])[]): void {
    const before = this.#map
    this.#map = map
    this.#peers.clear()
    for (const [id, ids] of peers) this.#peers.set(id, ids)
    for (const { id, isUp, upFrom } of map.osds) {
      const wasUp = before.osds.some((osd) => osd.id === id && osd.isUp && osd.upFrom === upFrom)
      if (isUp && !wasUp) this.#happened({ kind: 'up', id, epoch: map.epoch })
    }
    this.#changed()
  }

  #takeLink(from: number, { peer, pings, missed, waiting, rttsMs }: LinkNews): void {
    const counts = this.pingsTo(peer)
    counts.pings += pings
    counts.missed += missed
    counts.waiting.set(from, waiting)
    const key = `${from} ${peer}`
    const replies = this.#replies.get(key) ?? { front: 0, back: 0 }
    this.#replies.set(key, replies)
    for (const channel of ['front', 'back'] as const) {
      replies[channel] += rttsMs[channel].length
      for (const rttMs of rttsMs[channel]) {
        counts.roundTrips.add(rttMs)
        this.all.add(rttMs)
      }
    }
  }

  #happened(event: ClusterEvent): void {
    this.events.push({ atMs: this.#now(), event })
    this.#changed(event)
  }

  #changed(event?: ClusterEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}
