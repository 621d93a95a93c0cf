/** The two addresses of an OSD that are pinged: the one clients' network leads to, and the one the cluster's does. */
export type HeartbeatChannel = 'front' | 'back'

/** What an answer was good for. `late`: it came after its deadline. `outdated`: its ping was forgotten by then. */
export type ReplyOutcome = { readonly kind: 'onTime' | 'late'; readonly rttMs: number } | { readonly kind: 'outdated' }

/** A ping that is not answered on every channel yet. */
interface SentPing {
  readonly sentMs: number
  readonly deadlineMs: number
  readonly awaiting: Set<HeartbeatChannel>
  /** Those of them that count as missed if nothing comes. */
  readonly counted: Set<HeartbeatChannel>
}

/** Pings to a silent peer that are remembered one by one. */
const MAX_HISTORY = 1000

/**
 * What one OSD knows of another's health: the pings that wait for their answer, and when the last answer came on each
 * channel. Times are milliseconds of one monotonic clock.
 *
 * Ceph: src/osd/OSD.h, HeartbeatInfo
 *
 * Differs from Ceph: the history has a limit. Beyond it the oldest ping stays, as its deadline decides, and the second
 * oldest goes.
 */
export class HeartbeatPeer {
  readonly channels: readonly HeartbeatChannel[]
  readonly #graceMs: number
  /** By stamp, the oldest first. */
  readonly #history = new Map<string, SentPing>()
  readonly #lastRxMs = new Map<HeartbeatChannel, number>()
  #firstTxMs: number | undefined
  #hasBeenOpen = false
  #pings = 0
  #answered = 0
  #missed = 0

  constructor(channels: readonly HeartbeatChannel[], graceMs: number) {
    this.channels = channels
    this.#graceMs = graceMs
  }

  /** Pings that could have been answered, on each channel; those that were, in time; and those that will not be. */
  get counts(): { readonly pings: number; readonly answered: number; readonly missed: number } {
    return { pings: this.#pings, answered: this.#answered, missed: this.#missed }
  }

  /** When the first ping was due. */
  get firstTxMs(): number | undefined {
    return this.#firstTxMs
  }

  /**
   * A ping is due. It is sent on the channels that are `open`; the others are waited for all the same, since a peer that
   * nobody can reach is no healthier than a silent one. They do not count as missed before the peer was reached at all.
   */
  notePing(stamp: string, nowMs: number, open: readonly HeartbeatChannel[]): void {
    this.#firstTxMs ??= nowMs
    if (open.length === this.channels.length) this.#hasBeenOpen = true
    const counted = new Set(this.#hasBeenOpen ? this.channels : open)
    this.#pings += counted.size
    this.#history.set(stamp, {
      sentMs: nowMs,
      deadlineMs: nowMs + this.#graceMs,
      awaiting: new Set(this.channels),
      counted,
    })
    if (this.#history.size > MAX_HISTORY) this.#forgetSecondOldest()
  }

  /** An answer has come. Once a ping is answered on every channel, all before it are history. */
  noteReply(stamp: string, channel: HeartbeatChannel, nowMs: number): ReplyOutcome {
    const ping = this.#history.get(stamp)
    if (ping?.awaiting.delete(channel) !== true) return { kind: 'outdated' }
    this.#lastRxMs.set(channel, nowMs)
    const isOnTime = ping.counted.delete(channel)
    if (isOnTime) this.#answered++
    if (ping.awaiting.size === 0) this.#forgetUpTo(stamp)
    return { kind: isOnTime ? 'onTime' : 'late', rttMs: nowMs - ping.sentMs }
  }

  /** What has passed its deadline is missed, also if an answer should come yet. */
  sweep(nowMs: number): void {
    for (const ping of this.#history.values()) {
      if (ping.deadlineMs >= nowMs) return
      this.#miss(ping)
    }
  }

  /** Forgets what was sent, as after the connections broke: it will not be answered. */
  clearHistory(): void {
    for (const ping of this.#history.values()) this.#miss(ping)
    this.#history.clear()
  }

  /** The oldest ping without all of its answers is over its deadline. */
  isUnhealthy(nowMs: number): boolean {
    const [oldest] = this.#history.values()
    return oldest !== undefined && nowMs > oldest.deadlineMs
  }

  /** Every channel has been heard from, and nothing is over its deadline. Not the opposite of `isUnhealthy`. */
  isHealthy(nowMs: number): boolean {
    return this.#lastRxMs.size === this.channels.length && !this.isUnhealthy(nowMs)
  }

  /** Since when the peer has failed, if it has: the first ping, or what was last heard on the more silent channel. */
  get failedSinceMs(): number | undefined {
    if (this.#lastRxMs.size < this.channels.length) return this.#firstTxMs
    return Math.min(...this.#lastRxMs.values())
  }

  #forgetUpTo(stamp: string): void {
    for (const [key, ping] of this.#history) {
      this.#miss(ping)
      this.#history.delete(key)
      if (key === stamp) return
    }
  }

  #forgetSecondOldest(): void {
    const [, second] = this.#history
    if (second === undefined) return
    this.#miss(second[1])
    this.#history.delete(second[0])
  }

  #miss(ping: SentPing): void {
    this.#missed += ping.counted.size
    ping.counted.clear()
  }
}
