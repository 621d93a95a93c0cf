import { type Timer, type Timers } from '@msgr/messenger-core'
import { MonClientError } from './errors.ts'
import { type MonClientOptions } from './mon-client-options.ts'
import { type MonSession } from './mon-session.ts'

/**
 * Asks the monitor of a session for signs of life, and gives it up when there are none. Everything that it sends is
 * one. Ceph: src/mon/MonClient.cc, tick
 */
export class MonKeepalive {
  readonly #timers: Timers
  readonly #options: MonClientOptions
  #timer: Timer | undefined
  #heardMs = 0
  #lastAckMs: number | undefined

  constructor(timers: Timers, options: MonClientOptions) {
    this.#timers = timers
    this.#options = options
  }

  /** Watches a session. `onLife` is called at each turn at which it is well. */
  start(session: MonSession, onLife: () => void): void {
    this.stop()
    this.heard()
    this.#lastAckMs = session.connection.lastKeepaliveAckMs
    this.#arm(session, onLife)
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** The monitor has sent something. */
  heard(): void {
    this.#heardMs = this.#timers.now()
  }

  #arm(session: MonSession, onLife: () => void): void {
    this.#timer = this.#timers.after(this.#options.pingIntervalMs, () => {
      this.#check(session, onLife)
    })
  }

  #check(session: MonSession, onLife: () => void): void {
    const { lastKeepaliveAckMs } = session.connection
    if (lastKeepaliveAckMs !== this.#lastAckMs) this.heard()
    this.#lastAckMs = lastKeepaliveAckMs
    const silentMs = this.#timers.now() - this.#heardMs
    const { pingTimeoutMs } = this.#options
    if (silentMs >= pingTimeoutMs) {
      session.lose(
        new MonClientError('ERR_MSGR_MON_SILENT', `expected a sign of life within ${pingTimeoutMs} ms, got none`),
      )
      return
    }
    session.connection.sendKeepalive()
    onLife()
    this.#arm(session, onLife)
  }
}
