/** What a message has room for, either way: some 68 years. A clock that differs by more has been made up. */
const MAX_SPAN = (2n ** 31n - 1n) * 1_000_000_000n

/**
 * What is known of how far a peer's monotonic clock is ahead of ours: the true difference is from `lower` to `upper`
 * nanoseconds. Each message bounds it from below by assuming that it took no time; what the peer tells in `deltaUb` is
 * the same bound, seen from the other side.
 *
 * Ceph: src/osd/PeeringState.h, HeartbeatStamps
 */
export class PeerClock {
  #upFrom = 0
  #lower: bigint | undefined
  #upper: bigint | undefined

  get lower(): bigint | undefined {
    return this.#lower
  }

  get upper(): bigint | undefined {
    return this.#upper
  }

  /** A PING has come. The `deltaUb` for the answer; 0 for a peer that has since been seen in a later life. */
  gotPing(upFrom: number, monoSendStamp: bigint, deltaUb: bigint | undefined, now: bigint): bigint {
    if (upFrom < this.#upFrom) return 0n
    this.#upFrom = upFrom
    this.#lower = monoSendStamp - now
    this.#upper = deltaUb
    return sendable(-this.#lower)
  }

  /** A PING_REPLY has come. */
  gotPingReply(monoSendStamp: bigint, deltaUb: bigint | undefined, now: bigint): void {
    this.#lower = monoSendStamp - now
    this.#upper = deltaUb
  }

  /** The `deltaUb` for a PING that is about to be sent. */
  get deltaUbToSend(): bigint | undefined {
    return this.#lower === undefined ? undefined : sendable(-this.#lower)
  }
}

/** The nearest span that can be written. */
function sendable(span: bigint): bigint {
  return span > MAX_SPAN ? MAX_SPAN : span < -MAX_SPAN ? -MAX_SPAN : span
}

/** The clocks of peers by their ids. Of a peer not heard of for long nothing is lost if it is forgotten. */
export class PeerClocks {
  readonly #clocks = new Map<number, PeerClock>()
  readonly #maxCount: number
  #newest: { readonly id: number; readonly clock: PeerClock } | undefined

  /** Ids are what peers say they are, so that `maxCount` limits how many of them are kept. */
  constructor(maxCount = 4096) {
    this.#maxCount = maxCount
  }

  get size(): number {
    return this.#clocks.size
  }

  of(id: number): PeerClock {
    // A peer that pings again and again is at the end already.
    if (this.#newest?.id === id) return this.#newest.clock
    const clock = this.#clocks.get(id) ?? new PeerClock()
    // To the end: the first is the one that was asked for the longest time ago.
    this.#clocks.delete(id)
    this.#clocks.set(id, clock)
    this.#newest = { id, clock }
    const [oldest] = this.#clocks.keys()
    if (oldest !== undefined && this.#clocks.size > this.#maxCount) this.#clocks.delete(oldest)
    return clock
  }
}
