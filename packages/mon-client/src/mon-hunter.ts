import { AuthRefusedError } from '@msgr/auth'
import { type Connection } from '@msgr/message'
import { MessengerError, type Logger } from '@msgr/messenger'
import { type Timer, type Timers } from '@msgr/messenger-core'
import { HuntPace } from './hunt-pace.ts'
import { type MonClientOptions } from './mon-client-options.ts'
import { MonHunt, type Random } from './mon-hunt.ts'
import { MonSession, type MonSessionOwner } from './mon-session.ts'
import { type MonTarget } from './mon-target.ts'

/** What a hunter tells. */
export interface HunterEvents {
  /** A monitor has been found, and logged in to. */
  found(session: MonSession): void
  /** The session that was found is over; another one is being looked for. */
  lost(session: MonSession): void
  /** All monitors were tried in vain, and some of them would not have us. They are tried again later. */
  refused(error: AuthRefusedError): void
}

/** What a hunter works with. */
export interface HunterParts extends Pick<MonSessionOwner, 'messenger' | 'auth'> {
  readonly timers: Timers
  readonly options: MonClientOptions
  readonly random: Random
  readonly logger: Logger
}

/**
 * Keeps a session with one of the monitors. Several are tried at the same time, and the first that has us is kept; when
 * it is lost, or nobody answers in time, others are tried. Ceph: src/mon/MonClient.cc, _reopen_session and tick
 */
export class MonHunter implements MonSessionOwner {
  readonly #parts: HunterParts
  readonly #events: HunterEvents
  readonly #hunt: MonHunt
  readonly #pace: HuntPace
  readonly #pending = new Set<MonSession>()
  readonly #dialled = new WeakSet<Connection>()
  readonly #troubles = new Map<string, string>()
  #session: MonSession | undefined
  #openedMs = 0
  #refusal: AuthRefusedError | undefined
  /** Of those who are being tried, how many have refused the handshake. */
  #refusedCount = 0
  #timer: Timer | undefined
  #isStopped = false
  monMapEpoch = 0

  constructor(parts: HunterParts, events: HunterEvents) {
    this.#parts = parts
    this.#events = events
    this.#hunt = new MonHunt(parts.random)
    this.#pace = new HuntPace(parts.options)
  }

  get messenger(): HunterParts['messenger'] {
    return this.#parts.messenger
  }

  get auth(): HunterParts['auth'] {
    return this.#parts.auth
  }

  get timers(): Timers {
    return this.#parts.timers
  }

  /** The session that there is; `undefined` while one is being looked for. */
  get session(): MonSession | undefined {
    return this.#session
  }

  /** The session, or the attempt at one, that a connection is of. */
  sessionOf(connection: Connection | undefined): MonSession | undefined {
    if (connection === undefined) return undefined
    if (this.#session?.connection === connection) return this.#session
    for (const session of this.#pending) if (session.connection === connection) return session
    return undefined
  }

  /** Whether a connection is, or was, of a session of this hunter. */
  wasOurs(connection: Connection | undefined): boolean {
    return connection !== undefined && this.#dialled.has(connection)
  }

  /** Whom there is to try, and what went wrong with each last; for messages. */
  describeTargets(): string {
    const texts = this.#hunt.targets.map((target) => {
      const trouble = this.#troubles.get(target.addrs.toString())
      return `${target.addrs.toString()}${trouble === undefined ? '' : ` (${trouble})`}`
    })
    return texts.join(', ')
  }

  /** Whom to look for from now on. */
  setTargets(targets: readonly MonTarget[]): void {
    this.#hunt.setTargets(targets, this.#session?.connection.peerAddr)
  }

  /** Begins to look for a monitor. */
  start(): void {
    this.#tryMore()
  }

  /** Ends everything without a word. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    for (const session of this.#pending) session.close()
    this.#pending.clear()
    this.#session?.close()
    this.#session = undefined
  }

  /** The session has lasted another while. */
  sessionLasts(): void {
    this.#pace.speedUp()
  }

  /**
   * One of those who are being tried will not have us, and over version 2 of the wire it is not known which. The
   * messenger tries it again and again, until all of them have said so.
   */
  loginRefused(refusal: AuthRefusedError): void {
    this.#refusal = refusal
    this.#refusedCount++
    if (this.#refusedCount < this.#pending.size || this.#session !== undefined) return
    for (const session of this.#pending) {
      this.#noteTrouble(session.target, refusal)
      session.close()
    }
    this.#pending.clear()
    this.#tryUntried()
  }

  sessionOpened(session: MonSession): void {
    this.#timer?.cancel()
    this.#pending.delete(session)
    for (const other of this.#pending) {
      other.close()
      this.#hunt.untry(other.target)
    }
    this.#pending.clear()
    this.#troubles.clear()
    this.#refusal = undefined
    this.#session = session
    this.#openedMs = this.timers.now()
    this.#pace.speedUp()
    this.#parts.logger(1, `monitor ${session.connection.peerAddr.toString()}: session opened`)
    this.#events.found(session)
  }

  sessionLost(session: MonSession, reason: Error): void {
    this.#parts.logger(1, `monitor ${session.connection.peerAddr.toString()}: ${reason.message}`)
    this.#noteTrouble(session.target, reason)
    if (session !== this.#session) {
      this.#pending.delete(session)
      if (this.#pending.size === 0) this.#tryUntried()
      return
    }
    this.#session = undefined
    const lastedMs = this.timers.now() - this.#openedMs
    // A session that ends soon is like none: or a monitor that ends each at once would keep us busy.
    if (lastedMs >= this.#pace.intervalMs) this.#hunt.forgetTried(session.connection.peerAddr)
    this.#pace.slowDown()
    this.#armTimer()
    this.#events.lost(session)
    this.#tryUntried()
  }

  #tryUntried(): void {
    if (this.#isStopped) return
    if (this.#hunt.hasUntried) this.#tryMore()
    else if (this.#refusal !== undefined) {
      const refusal = this.#refusal
      this.#refusal = undefined
      this.#events.refused(refusal)
    }
  }

  /** Tries the next few. If nothing comes of it in time, or at once, others are tried. */
  #tryMore(): void {
    for (const session of this.#pending) session.close()
    this.#pending.clear()
    this.#refusedCount = 0
    this.#armTimer()
    for (const target of this.#hunt.nextBatch(this.#parts.options.huntParallel)) {
      try {
        const session = MonSession.dial(this, target)
        this.#pending.add(session)
        this.#dialled.add(session.connection)
      } catch (error) {
        if (!(error instanceof MessengerError)) throw error
        this.#noteTrouble(target, error)
      }
    }
    if (this.#pending.size === 0) this.#tryUntried()
  }

  #armTimer(): void {
    this.#timer?.cancel()
    this.#timer = this.timers.after(this.#pace.intervalMs, () => {
      this.#pace.slowDown()
      for (const { target } of this.#pending) this.#troubles.set(target.addrs.toString(), 'no answer')
      this.#tryMore()
    })
  }

  #noteTrouble(target: MonTarget, reason: Error): void {
    this.#troubles.set(target.addrs.toString(), reason.message)
    if (reason instanceof AuthRefusedError) this.#refusal = reason
  }
}
