import { EntityAddr, type Message, type SendResult } from '@msgr/message'
import type { AcceptingState, MovedHandshake, RestoreSecurity } from './accepting-state.ts'
import { createAcceptHandshake, createDialHandshake } from './create-handshake.ts'
import type { AcceptDecision, SessionState } from './decide-accept.ts'
import { ProtocolError } from './errors.ts'
import { EventQueue } from './event-queue.ts'
import type { AcceptHandshake, Authorizer, AuthorizerVerdict, DialHandshake, HandshakeStep } from './handshake.ts'
import type { OutQueue } from './out-queue.ts'
import { SessionClock } from './session-clock.ts'
import { MESSAGE_ARRIVING, type SessionEvent } from './session-event.ts'
import { SessionKeepalives } from './session-keepalives.ts'
import { SessionMemory, type SessionFacts } from './session-memory.ts'
import type { SessionOptions } from './session-options.ts'
import { SessionRecovery } from './session-recovery.ts'
import { SessionTraffic } from './session-traffic.ts'
import type { TransportSecurity } from './security.ts'
import type { KeepaliveStamp, TransportFacts, Wire, WireSignal } from './wire.ts'

/** What the owner must do before the session reads on. */
type Pending = 'nothing' | 'authorizer' | 'verdict' | 'security' | 'decision' | 'admission'

/**
 * One conversation with one peer, which outlives its sockets: order, acks, replay and policy, without any I/O. Bytes
 * and time go in through the methods, none of which calls back; what they lead to is asked for with `nextEvent`,
 * `takeOutput` and `deadline`. So all may be called from anywhere, also while events are being drained.
 *
 *                    connect            handshake              fault, lossy
 *     ─ dial ──▶ connecting ────────────▶ open ───────────────▶ closed
 *                  ▲  ▲  │ fault          │ │
 *                  │  └──┘ backoff        │ │ fault, nothing queued (or we never dial)
 *                  │◀──── fault ──────────┘ ▼
 *                  └──── send ─────────── standby ◀─ the peer dials: open again
 *     ─ accept ─▶ accepting ──▶ open, or closed after handing its transport to the session held already
 *
 * Ceph: src/msg/async/ProtocolV1.cc, ProtocolV2.cc; src/msg/simple/Pipe.cc
 */
export class Session {
  readonly #options: SessionOptions
  readonly #memory: SessionMemory
  readonly #clock: SessionClock
  readonly #recovery: SessionRecovery
  readonly #traffic: SessionTraffic
  readonly #events = new EventQueue()
  readonly #keepalives = new SessionKeepalives()
  /** The transport's codec and handshake; undefined while there is no open transport. */
  #wire: Wire | undefined
  #dialing: DialHandshake | undefined
  #accepting: AcceptHandshake | undefined
  #pending: Pending = 'nothing'
  /** Messages may live in bytes that a transport gave which is gone. */
  #leftInUse = false

  private constructor(options: SessionOptions, memory: SessionMemory) {
    const clock = new SessionClock(options.timing)
    this.#options = options
    this.#memory = memory
    this.#clock = clock
    this.#recovery = new SessionRecovery({ memory, clock, keepalives: this.#keepalives, emit: this.#events.emit })
    this.#traffic = new SessionTraffic({ memory, clock, keepalives: this.#keepalives, options })
  }

  /** A session that will dial a peer: its first event is `dial`. With `anyNonce`, the peer's nonce is not checked. */
  static dial(options: SessionOptions, peer: { type: number; addr: EntityAddr; anyNonce?: boolean }): Session {
    const session = new Session(options, SessionMemory.dialling(options, peer))
    session.#events.emit({ kind: 'dial' })
    return session
  }

  /** A session for a transport that a peer has opened. Call `transportOpened` next. */
  static accept(options: SessionOptions, remoteAddr: EntityAddr): Session {
    return new Session(options, SessionMemory.accepting(options, remoteAddr))
  }

  /** Goes on with a handshake from elsewhere: `connectRequested` comes once more. Throws what `restore` throws. */
  static importAccepting(
    options: SessionOptions,
    state: AcceptingState,
    restore: RestoreSecurity,
    nowMs: number,
  ): Session {
    const remoteAddr = new EntityAddr(state.remoteAddr)
    const session = Session.accept(options, remoteAddr)
    session.#clock.transportMoved(nowMs, state.ageMs)
    session.#beginHandshake({ remoteAddr }, { state, restore })
    session.#pending = 'decision'
    return session
  }

  get state(): SessionState {
    return this.#memory.state
  }

  /** What is known of the peer and agreed with it. One object for as long as the session lives. */
  get facts(): SessionFacts {
    return this.#memory
  }

  /** Messages that wait to be sent, and those sent that the peer has not acknowledged. */
  get queue(): Pick<OutQueue, 'length' | 'sentCount' | 'byteLength' | 'writesWaiting'> {
    return this.#memory.queue
  }

  get keepalives(): Readonly<Pick<SessionKeepalives, 'lastReceivedMs' | 'lastAnsweredMs'>> {
    return this.#keepalives
  }

  /** Bytes of front, middle and data of the message that `messageArriving` announced. */
  get arrivingBytes(): number {
    return this.#wire?.bodyLength ?? 0
  }

  /** The owner begins to open a transport. */
  transportOpening(nowMs: number): void {
    if (this.#memory.state !== 'closed') this.#clock.transportBegins(nowMs)
  }

  /** A transport is open: the one dialled for, or for an accepting session the peer's. Does nothing once closed. */
  transportOpened(facts: TransportFacts, nowMs: number): void {
    if (this.state === 'closed') return
    if (this.#wire !== undefined || this.state === 'open' || this.state === 'standby') {
      throw new Error(`a session in state ${this.state} has not asked for a transport, or has one`)
    }
    this.#clock.transportBegins(nowMs)
    this.#beginHandshake(facts)
  }

  /** The transport is gone, or could not be opened. The session no longer has one; no `closeTransport` follows. */
  transportClosed(error: Error, nowMs: number): void {
    this.#clock.nowMs = nowMs
    // The session has let go of it already: this is what it asked for, not another fault.
    if (this.#events.takeBack('closeTransport')) return
    this.#dropTransport()
    this.#recovery.fault(error)
  }

  /** Where the next bytes belong, if there are many. Those read to the beginning of it are not copied. */
  get inputTarget(): Uint8Array | undefined {
    return this.#wire?.inputTarget
  }

  /** Bytes from the transport. They are read where they lie: see `releaseInput`. */
  receive(bytes: Uint8Array, nowMs: number): void {
    this.#clock.heard(nowMs)
    this.#wire?.receive(bytes)
  }

  /** True if nothing given to `receive` since the last call is in use any more, so that it may be overwritten. */
  releaseInput(): boolean {
    const isFree = (this.#wire?.releaseInput() ?? true) && !this.#leftInUse
    this.#leftInUse = false
    return isFree
  }

  /** False if bytes given to `receive` would only be held: an owner that reads on lets the peer fill its memory. */
  get wantsInput(): boolean {
    return this.#wire !== undefined && this.#pending === 'nothing'
  }

  /** Queues a message by its priority; it is numbered and encoded late. `'full'`: `maxQueuedBytes` has been reached. */
  send(message: Message): SendResult {
    if (this.#memory.state === 'closed') return 'dropped'
    if (this.#memory.queue.byteLength >= (this.#options.maxQueuedBytes ?? Infinity)) return 'full'
    this.#memory.queue.push(message)
    this.#recovery.wake()
    return 'queued'
  }

  /** Asks the peer for a sign of life; `stamp` is the wall clock's time. Dials if the session stands by. */
  keepalive(stamp: KeepaliveStamp): void {
    if (this.#memory.state === 'closed') return
    this.#keepalives.toSend = stamp
    this.#recovery.wake()
  }

  /** Something is to be sent once it is open: until then it is not idle, and it dials if it stands by. */
  want(): void {
    this.#memory.isWanted = true
    this.#recovery.wake()
  }

  /** From now on an error ends the session, whatever it agrees on with the peer. */
  makeLossy(): void {
    this.#memory.isDisposable = true
  }

  /** Ends the session and forgets what is queued. The owner closes the transport. */
  close(): void {
    this.#dropTransport()
    this.#clock.stop()
    this.#memory.state = 'closed'
    this.#memory.queue.reset(0)
    this.#events.clear()
  }

  giveAuthorizer(authorizer: Authorizer): void {
    this.#answer('authorizer', () => this.#dialing?.giveAuthorizer(authorizer))
  }

  answerAuthorizer(verdict: AuthorizerVerdict): void {
    this.#answer('verdict', () => this.#accepting?.answerAuthorizer(verdict))
  }

  /** The accepting end's answer is right; `security` is what both ends have in common from now on. */
  secure(security: TransportSecurity | undefined): void {
    this.#answer('security', () => this.#dialing?.secure(security))
  }

  /** Answers `connectRequested`. A `replace` is not answered here but with `takeOver` on the session held. */
  answerConnect(decision: Exclude<AcceptDecision, { kind: 'replace' }>): void {
    if (this.#pending !== 'decision' || this.#accepting === undefined) return
    this.#pending = 'nothing'
    if (decision.kind === 'open') this.#openAccepted(this.#accepting)
    else this.#accepting.retry(decision)
  }

  /** Gives up the attempt under way: there is nothing to show the peer, or its answer is wrong. Another follows. */
  giveUpAttempt(error: Error): void {
    if (this.state === 'connecting' && this.#wire !== undefined) this.#breakTransport(error)
  }

  /** The peer goes on with an attempt of which we heard no answer. It has left the transport we have, if any. */
  beginAnew(error: Error): void {
    this.#memory.restart()
    if (this.#wire !== undefined) this.#breakTransport(error)
  }

  /**
   * Goes on with the transport of another session of the same peer, which is closed; the owner moves the transport, and
   * closes the old one before. With `discardOld` what is queued is forgotten, unless the peer never had the session open.
   */
  takeOver(other: Session, discardOld: boolean): void {
    const accepting = other.#accepting
    if (accepting === undefined || other.#pending !== 'decision' || this.state === 'closed') {
      throw new Error(`a session in state ${this.state} cannot take over what one in state ${other.state} has`)
    }
    this.#dropTransport()
    this.#memory.queue.requeueSent()
    if (discardOld && this.#memory.reset(this.#options.random)) this.#events.emit({ kind: 'remoteReset' })
    this.#clock.takeOver(other.#clock)
    this.#wire = accepting.wire
    this.#accepting = accepting
    other.close()
    this.#openAccepted(accepting)
  }

  /**
   * Takes the handshake out of a session that waits for `answerConnect`, and closes it; the owner hands on the transport.
   * `undefined`: not portable, nothing done. Throws if it waits for something else, or has messages queued.
   */
  exportAccepting(nowMs: number): AcceptingState | undefined {
    const accepting = this.#accepting
    if (accepting === undefined || this.#pending !== 'decision' || this.queue.length > 0) {
      throw new Error(`a session in state ${this.state} with ${this.queue.length} messages has no handshake to move`)
    }
    const state = accepting.takeState(this.#clock.ageMs(nowMs))
    if (state !== undefined) this.close()
    return state
  }

  /** Lets the body of the arriving message through. */
  admit(): void {
    if (this.#pending !== 'admission') return
    this.#pending = 'nothing'
    this.#wire?.admit()
  }

  /** What the owner has to do or to know next. Reads as far as needed in the bytes received. */
  nextEvent(): SessionEvent | undefined {
    for (;;) {
      const waiting = this.#events.next()
      if (waiting !== undefined) return waiting
      if (this.#wire === undefined || this.#pending !== 'nothing') return undefined
      try {
        const signal = this.#wire.next()
        if (signal === undefined) return undefined
        const event = this.#act(signal, this.#wire)
        if (event !== undefined) return event
      } catch (error) {
        this.#breakTransport(error)
      }
    }
  }

  /** True if `takeOutput` has something to give. */
  get wantsOutput(): boolean {
    return this.#wire !== undefined && this.#traffic.wantsOutput(this.#wire)
  }

  /**
   * About `maxBytes` to write, in order; more only by the rest of one message. The bytes belong to the caller. Throws
   * what a message's `encodePayload` throws; that message is dropped, and the next call goes on behind it.
   */
  takeOutput(maxBytes: number): Uint8Array[] {
    return this.#wire === undefined ? [] : this.#traffic.takeOutput(this.#wire, maxBytes)
  }

  /** When `timeout` wants to be called next, in the owner's milliseconds. */
  get deadline(): number | undefined {
    return this.#clock.deadline(this.state === 'open')
  }

  /** Time has passed. Calling it early or often does no harm. */
  timeout(nowMs: number): void {
    // A peer that we do not listen to is not silent.
    if (this.#pending === 'admission') this.#clock.heard(nowMs)
    const due = this.#clock.due(nowMs, this.state === 'open')
    if (due === 'retry') this.#recovery.retry()
    else if (due !== undefined) this.#breakTransport(new ProtocolError('ERR_MSGR_TIMEOUT', due.reason))
  }

  #beginHandshake(facts: TransportFacts, moved?: MovedHandshake): void {
    const parts = { facts, memory: this.#memory, options: this.#options, emit: this.#events.emit }
    if (this.state === 'accepting') this.#accepting = createAcceptHandshake(parts, moved)
    else this.#dialing = createDialHandshake(parts)
    this.#wire = (this.#accepting ?? this.#dialing)?.wire
  }

  #act(signal: WireSignal, wire: Wire): SessionEvent | undefined {
    switch (signal) {
      case 'messageArriving':
        this.#pending = 'admission'
        return MESSAGE_ARRIVING
      case 'message':
      case 'messageAborted':
      case 'ack':
      case 'keepalive':
      case 'keepalive2':
      case 'keepalive2Ack':
        return this.#traffic.hear(signal, wire)
      case 'closed':
        this.#letGo()
        this.#recovery.end(new ProtocolError('ERR_MSGR_CLOSED_BY_PEER', 'the peer has closed the session'))
        return undefined
      default:
        this.#follow((this.#dialing ?? this.#accepting)?.act(signal))
        return undefined
    }
  }

  #answer(asked: Pending, takeStep: () => HandshakeStep | undefined): void {
    if (this.#pending !== asked) return
    this.#pending = 'nothing'
    try {
      this.#follow(takeStep())
    } catch (error) {
      this.#breakTransport(error)
    }
  }

  /** Goes where a step of the handshake leads. */
  #follow(step: HandshakeStep | undefined): void {
    switch (step) {
      case undefined:
      case 'ongoing':
        return
      case 'opened':
        if (this.#dialing !== undefined) this.#traffic.opened(false)
        return
      case 'confirmed':
        this.#traffic.confirmed()
        return
      case 'wait':
        this.#letGo()
        this.#recovery.waitForPeer()
        return
      default:
        this.#pending = step
    }
  }

  #openAccepted(accepting: AcceptHandshake): void {
    const awaitsPeerInSeq = accepting.open(this.#memory)
    this.#events.emit({ kind: 'accepted' })
    this.#traffic.opened(awaitsPeerInSeq)
  }

  /** The bytes or the clock say that the transport is of no use any more. */
  #breakTransport(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error(String(reason))
    this.#letGo(error)
    this.#recovery.fault(error)
  }

  #letGo(error?: Error): void {
    this.#dropTransport()
    this.#events.emit({ kind: 'closeTransport', error })
  }

  #dropTransport(): void {
    if (this.#wire?.releaseInput() === false) this.#leftInUse = true
    this.#wire = undefined
    this.#dialing = undefined
    this.#accepting = undefined
    this.#pending = 'nothing'
    this.#traffic.transportGone()
    this.#events.transportGone()
  }
}
