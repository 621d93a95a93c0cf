import type { HeartbeatLink } from './heartbeat-link.ts'
import type { HeartbeatChannel } from './heartbeat-peer.ts'
import type { LinkNews } from './process-protocol.ts'

interface Account {
  pings: number
  missed: number
  rttsMs: Record<HeartbeatChannel, number[]>
}

/** Keeps account of what an OSD has already told of its links, so that it only tells what is new. */
export class LinkLedger {
  readonly #told = new Map<HeartbeatLink, Account>()
  readonly #closed = new Set<HeartbeatLink>()

  answered(link: HeartbeatLink, channel: HeartbeatChannel, rttMs: number): void {
    this.#account(link).rttsMs[channel].push(rttMs)
  }

  /** The link is no more. Its last counts are told with the next news. */
  close(link: HeartbeatLink): void {
    this.#closed.add(link)
  }

  /** What has changed on these links, and on those closed, since the last time. */
  takeNews(links: Iterable<HeartbeatLink>): readonly LinkNews[] {
    const news = [...this.#closed, ...links].flatMap((link) => this.#newsOf(link))
    for (const link of this.#closed) this.#told.delete(link)
    this.#closed.clear()
    return news
  }

  #newsOf(link: HeartbeatLink): readonly LinkNews[] {
    const { id, peer } = link
    if (id === undefined) return []
    const account = this.#account(link)
    const { pings, answered, missed } = peer.counts
    const news = {
      peer: id,
      pings: pings - account.pings,
      missed: missed - account.missed,
      waiting: pings - answered - missed,
      rttsMs: account.rttsMs,
    }
    this.#told.set(link, { pings, missed, rttsMs: { front: [], back: [] } })
    return [news]
  }

  #account(link: HeartbeatLink): Account {
    const known = this.#told.get(link)
    if (known !== undefined) return known
    const account = { pings: 0, missed: 0, rttsMs: { front: [], back: [] } }
    this.#told.set(link, account)
    return account
  }
}
