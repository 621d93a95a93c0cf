import { AuthRefusedError, type AuthClient } from '@msgr/auth'
import { type Timer, type Timers } from '@msgr/messenger-core'
import { type MonSession } from './mon-session.ts'

/** However short tickets last, they are not renewed more often. */
const MIN_INTERVAL_MS = 1000
/** However long they last, it is seen to now and then: clocks may be set, and timers cannot be of any length. */
const MAX_INTERVAL_MS = 3_600_000

/**
 * Renews tickets in an open session before they end. If that fails the session is given up: the login to the next one
 * brings new tickets. Ceph: src/mon/MonClient.cc, _check_auth_tickets
 */
export class TicketKeeper {
  readonly #auth: AuthClient
  readonly #timers: Timers
  #timer: Timer | undefined

  constructor(auth: AuthClient, timers: Timers) {
    this.#auth = auth
    this.#timers = timers
  }

  start(session: MonSession): void {
    this.stop()
    const { nextRenewalMs } = this.#auth
    if (nextRenewalMs === undefined) return
    const wantedMs = nextRenewalMs - this.#timers.wallNow()
    this.#timer = this.#timers.after(Math.min(Math.max(wantedMs, MIN_INTERVAL_MS), MAX_INTERVAL_MS), () => {
      this.#renewDue(session)
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Renews what is due now, if anything is, and tells how it went. */
  renew(session: MonSession, done: (error?: AuthRefusedError) => void): void {
    const renewal = this.#auth.renewal(this.#timers.wallNow())
    if (renewal === undefined) {
      done()
      return
    }
    session.exchange(renewal.payload, ({ result, payload }) => {
      if (result !== 0) {
        done(new AuthRefusedError(result, `the monitor refuses to renew tickets: result ${result}`))
        return
      }
      renewal.receive(payload, this.#timers.wallNow())
      done()
    })
  }

  /** The time has come. */
  #renewDue(session: MonSession): void {
    this.renew(session, (error) => {
      const { nextRenewalMs = Infinity } = this.#auth
      if (error !== undefined) session.lose(error)
      else if (nextRenewalMs > this.#timers.wallNow()) this.start(session)
      else session.lose(new AuthRefusedError(0, 'tickets: expected one for the monitors that is still good, got none'))
    })
  }
}
