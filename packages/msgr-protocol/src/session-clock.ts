import { nextBackoff } from './backoff.ts'
import type { SessionTiming } from './session-options.ts'

/**
 * When a session has to act by itself: the end of a wait between two attempts, of the time allowed for a handshake,
 * or of the silence allowed to a peer. It knows the time only as far as it is told.
 */
export class SessionClock {
  readonly #timing: SessionTiming
  nowMs = 0
  #backoffMs = 0
  #retryAtMs: number | undefined
  /** When the transport began to open, until the handshake is over. */
  #begunAtMs: number | undefined
  #openedAtMs = 0
  #lastHeardMs = 0
  #hasProgressed = false

  constructor(timing: SessionTiming) {
    this.#timing = timing
  }

  /** A transport begins to open, or is open; the handshake must be over in time. */
  transportBegins(nowMs: number): void {
    this.nowMs = nowMs
    this.#lastHeardMs = nowMs
    this.#begunAtMs ??= nowMs
  }

  /** How long the handshake has been going on, for `transportMoved` of a clock elsewhere. */
  ageMs(nowMs: number): number {
    return nowMs - (this.#begunAtMs ?? nowMs)
  }

  /** A transport has come whose handshake began so long ago. */
  transportMoved(nowMs: number, ageMs: number): void {
    this.transportBegins(nowMs)
    this.#begunAtMs = nowMs - ageMs
  }

  transportGone(): void {
    this.#begunAtMs = undefined
  }

  /** The transport of another session, and its time, become this one's. */
  takeOver(other: SessionClock): void {
    this.nowMs = other.nowMs
    this.#lastHeardMs = other.#lastHeardMs
    this.#begunAtMs = other.#begunAtMs
    this.#retryAtMs = undefined
  }

  heard(nowMs: number): void {
    this.nowMs = nowMs
    this.#lastHeardMs = nowMs
  }

  opened(): void {
    this.#openedAtMs = this.nowMs
    this.#hasProgressed = false
  }

  handshakeOver(): void {
    this.#begunAtMs = undefined
  }

  /** Something got through since the session opened: the next fault is no reason to wait. */
  progressed(): void {
    this.#hasProgressed = true
  }

  /** The peer's own attempt is on its way: ours can wait as long as it may. */
  waitLongest(): void {
    this.#backoffMs = this.#timing.maxBackoffMs
    this.#retryAtMs = this.nowMs + this.#backoffMs
  }

  /**
   * Decides when to try again after a fault, and returns the wait in milliseconds; 0 means at once.
   *
   * Differs from Ceph: a session that fails again right after it opened, with nothing got through, waits as a failed
   * attempt would. A message that the peer cannot decode would otherwise be sent again and again without a pause.
   */
  scheduleRetry(wasOpen: boolean): number {
    const wasOpenForAWhile = this.nowMs - this.#openedAtMs >= this.#timing.initialBackoffMs
    const atOnce = wasOpen && (this.#hasProgressed || wasOpenForAWhile)
    this.#backoffMs = atOnce ? 0 : nextBackoff(this.#backoffMs, this.#timing)
    this.#retryAtMs = atOnce ? undefined : this.nowMs + this.#backoffMs
    return this.#backoffMs
  }

  stop(): void {
    this.#retryAtMs = undefined
    this.#begunAtMs = undefined
  }

  /** When `due` will have something to say. `isOpen`: the silence of an open transport counts. */
  deadline(isOpen: boolean): number | undefined {
    if (this.#retryAtMs !== undefined) return this.#retryAtMs
    if (this.#begunAtMs !== undefined) return this.#begunAtMs + this.#timing.connectionReadyTimeoutMs
    return isOpen ? this.#lastHeardMs + this.#timing.connectionIdleTimeoutMs : undefined
  }

  /** What it is time for: another attempt, or an end for the reason given. */
  due(nowMs: number, isOpen: boolean): 'retry' | { readonly reason: string } | undefined {
    this.nowMs = nowMs
    const deadlineMs = this.deadline(isOpen)
    if (deadlineMs === undefined || nowMs < deadlineMs) return undefined
    if (this.#retryAtMs !== undefined) {
      this.#retryAtMs = undefined
      return 'retry'
    }
    const { connectionReadyTimeoutMs, connectionIdleTimeoutMs } = this.#timing
    return this.#begunAtMs !== undefined
      ? { reason: `the handshake is not over after ${connectionReadyTimeoutMs} ms` }
      : { reason: `nothing has come from the peer for ${connectionIdleTimeoutMs} ms` }
  }
}
