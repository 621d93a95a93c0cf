import type { EntityAddr } from '@msgr/message'
import { endSignal } from './end-signal.ts'
import type { FailureReason, HeartbeatLink, PeerTarget } from './heartbeat-link.ts'
import type { HeartbeatChannel } from './heartbeat-peer.ts'
import { Osd, type HeartbeatAddresses, type OsdObserver, type OsdOptions } from './osd.ts'
import { formatHeartbeatAddress } from './peer-list.ts'
import { RoundTrips, formatMs } from './round-trips.ts'

const MAX_PORT = 65_535

/** What `osd` is run with. */
export interface OsdCommandOptions extends OsdOptions {
  readonly bind: HeartbeatAddresses
  readonly peers: readonly PeerTarget[]
  /** How often to say how it goes. */
  readonly statusEveryMs: number
  readonly json: boolean
}

/** What an OSD by itself has to say, for people or, as one JSON object a line, for programs. */
export type OsdNews =
  | {
      readonly event: 'listening'
      readonly osd: number
      readonly fsid: string
      readonly front: string
      readonly back: string
    }
  | { readonly event: 'up'; readonly peer: string }
  | { readonly event: 'down'; readonly peer: string; readonly reason: FailureReason; readonly failedForMs: number }
  | {
      readonly event: 'status'
      readonly peer: string
      readonly isUp: boolean
      readonly pings: number
      readonly answered: number
      readonly missed: number
      readonly p50Ms: number | null
      readonly p99Ms: number | null
    }

/** Watches what an OSD without a monitor sees, and judges its peers by that alone. */
class PeerWatch implements OsdObserver {
  readonly #tell: (news: OsdNews) => void
  readonly #roundTrips = new Map<HeartbeatLink, RoundTrips>()

  constructor(tell: (news: OsdNews) => void) {
    this.#tell = tell
  }

  pingAnswered(link: HeartbeatLink, channel: HeartbeatChannel, rttMs: number): void {
    const known = this.#roundTrips.get(link)
    const roundTrips = known ?? new RoundTrips()
    roundTrips.add(rttMs)
    if (known !== undefined) return
    this.#roundTrips.set(link, roundTrips)
    // The first answer of a peer that was not taken for dead before: nobody else would say that it is there.
    if (link.failure === undefined) this.#tell({ event: 'up', peer: nameOf(link) })
  }

  peerFailed(link: HeartbeatLink, reason: FailureReason, failedForMs: number): void {
    this.#tell({ event: 'down', peer: nameOf(link), reason, failedForMs: Math.round(failedForMs) })
  }

  peerRecovered(link: HeartbeatLink): void {
    this.#tell({ event: 'up', peer: nameOf(link) })
  }

  youDied(): void {
    // Only someone with a map can say so, and there is no map to act upon.
  }

  linkClosed(): void {
    // They are closed at the end, when all is said.
  }

  status(links: Iterable<HeartbeatLink>): void {
    for (const link of links) {
      const figures = this.#roundTrips.get(link)?.figures
      const { pings, answered, missed } = link.peer.counts
      const isUp = link.failure === undefined && answered > 0
      const rtt = { p50Ms: figures?.p50 ?? null, p99Ms: figures?.p99 ?? null }
      this.#tell({ event: 'status', peer: nameOf(link), isUp, pings, answered, missed, ...rtt })
    }
  }
}

/** Runs one OSD until somebody ends it. Resolves to the exit code. Throws `MessengerError` if it cannot bind. */
export async function runOsd(options: OsdCommandOptions, print: (line: string) => void): Promise<number> {
  const end = endSignal({ watchParent: false })
  const tell = (news: OsdNews): void => {
    print(options.json ? JSON.stringify(news) : describeNews(news))
  }
  const watch = new PeerWatch(tell)
  const osd = new Osd(options, watch)
  try {
    const { front, back } = await osd.start(options.bind)
    const fsid = osd.fsid.toString()
    tell({ event: 'listening', osd: osd.id, fsid, front: front.toString(), back: back.toString() })
    osd.setPeers(options.peers)
    const timer = setInterval(() => {
      watch.status(osd.links)
    }, options.statusEveryMs)
    await end.came
    clearInterval(timer)
    watch.status(osd.links)
  } finally {
    await osd.stop()
    end.stopListening()
  }
  return 0
}

/** A piece of news in words. */
function describeNews(news: OsdNews): string {
  switch (news.event) {
    case 'listening':
      return `osd.${news.osd} of ${news.fsid}: front ${news.front}, back ${news.back}`
    case 'up':
      return `${news.peer} is up`
    case 'down': {
      const how = news.reason === 'silence' ? `no answer for ${formatMs(news.failedForMs)}` : 'connection refused'
      return `${news.peer} is down: ${how}`
    }
    case 'status': {
      const { peer, isUp, pings, answered, missed, p50Ms, p99Ms } = news
      const rtt = p50Ms === null || p99Ms === null ? '' : `, p50 ${formatMs(p50Ms)}, p99 ${formatMs(p99Ms)}`
      return `${peer} ${isUp ? 'up' : 'down'}: ${pings} pings, ${answered} answered, ${missed} missed${rtt}`
    }
  }
}

/**
 * The back address for a front address that was asked for: the port after it, or any if any will do; `undefined` if there
 * is no port after it.
 */
export function backAddressFor(front: EntityAddr): EntityAddr | undefined {
  if (front.port === MAX_PORT) return undefined
  return front.port === 0 ? front : front.with({ port: front.port + 1 })
}

function nameOf({ id, target }: HeartbeatLink): string {
  const addr = formatHeartbeatAddress(target.back)
  return id === undefined ? addr : `osd.${id} at ${addr}`
}
