import type { Connection, EntityAddr, EntityName, Message, SendResult } from '@msgr/message'
import { hasFeature } from '@msgr/message'
import { Session, type SessionEvent } from '@msgr/msgr-protocol'
import { Admission } from './admission.ts'
import type { ConnectionHost } from './connection-host.ts'
import { DelayLine } from './delay-line.ts'
import { DrainGate } from './drain-gate.ts'
import { HandshakeAnswers } from './handshake-answers.ts'
import type { Timer } from './timers.ts'
import type { Transport, TransportOwner } from './transport.ts'

/** Which end a connection is, and with whom. */
export type ConnectionRole =
  | { readonly kind: 'dial'; readonly peerType: number; readonly peerAddr: EntityAddr; readonly anyNonce: boolean }
  | { readonly kind: 'accept'; readonly transport: Transport }

/**
 * Owns a session and, while there is one, its transport: carries out what the session asks for, and passes on what it
 * says. A messenger adds how a transport is opened.
 */
export abstract class SessionConnection implements Connection, TransportOwner {
  readonly id: number
  priv: unknown = undefined
  readonly isLoopback = false
  peerName: EntityName | undefined = undefined

  readonly #host: ConnectionHost
  readonly #session: Session
  #transport: Transport | undefined
  /** The application has seen this connection. */
  #isKnown: boolean
  #admission: Admission | undefined
  #delayLine: DelayLine | undefined
  readonly #gate: DrainGate
  #timer: Timer | undefined
  #timerAtMs = Infinity
  #pumping = false
  readonly #answers: HandshakeAnswers
  /** When the bytes came that are being read. */
  #receivedAtMs = 0

  protected constructor(id: number, host: ConnectionHost, role: ConnectionRole) {
    this.id = id
    this.#host = host
    this.#isKnown = role.kind === 'dial'
    if (role.kind === 'dial') {
      const { peerType, peerAddr, anyNonce } = role
      this.#session = Session.dial(host.sessionOptions, { type: peerType, addr: peerAddr, anyNonce })
    } else {
      this.#session = Session.accept(host.sessionOptions, role.transport.remoteAddr)
      this.#transport = role.transport
    }
    this.#gate = new DrainGate(host.maxQueuedBytes, () => this.queuedBytes)
    this.#answers = new HandshakeAnswers(host, this.#session, {
      settled: () => {
        this.#pump()
      },
      failed: (error) => {
        this.#transport?.close()
        this.onTransportClosed(error)
      },
    })
  }

  /** Begins to open a transport to the peer, whose owner is this connection. It calls back later, never at once. */
  protected abstract openTransport(peerAddr: EntityAddr): Transport

  /** Sets the session going. Called once, when the messenger has the connection in its tables. */
  begin(): void {
    const transport = this.#transport
    if (transport !== undefined) {
      transport.setOwner(this)
      this.#session.transportOpened({ remoteAddr: transport.remoteAddr }, this.#host.timers.now())
    }
    this.#pump()
  }

  get session(): Pick<Session, 'facts' | 'state' | 'queue'> {
    return this.#session
  }

  get peerType(): number {
    return this.#session.facts.peerType
  }

  get peerAddr(): EntityAddr {
    return this.#session.facts.peerAddr
  }

  get features(): bigint {
    return this.#session.facts.features
  }

  get isConnected(): boolean {
    return this.#session.state === 'open'
  }

  get lastKeepaliveMs(): number | undefined {
    return this.#session.keepalives.lastReceivedMs
  }

  get lastKeepaliveAckMs(): number | undefined {
    return this.#session.keepalives.lastAnsweredMs
  }

  get queuedCount(): number {
    return this.#session.queue.length
  }

  get unackedCount(): number {
    return this.#session.queue.sentCount
  }

  get queuedBytes(): number {
    return this.#session.queue.byteLength
  }

  hasFeature(mask: bigint): boolean {
    return hasFeature(this.features, mask)
  }

  sendMessage(message: Message): SendResult {
    if (message.priority === 0) message.priority = this.#host.defaultSendPriority
    const result = this.#session.send(message)
    if (this.#session.state === 'open') this.#transport?.flush()
    else this.#pump()
    return result
  }

  async drained({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#gate.drained(signal)
  }

  sendKeepalive(): void {
    const nowMs = this.#host.timers.wallNow()
    const seconds = Math.floor(nowMs / 1000)
    this.#session.keepalive({ seconds, nanoseconds: Math.floor((nowMs - seconds * 1000) * 1e6) })
    this.#pump()
  }

  markDown(): void {
    if (this.#session.state === 'closed') return
    this.#closeSession()
    this.#host.closed(this, { wasKnown: false })
  }

  markDisposable(): void {
    this.#session.makeLossy()
  }

  /** Ends the connection as an error would: the dispatchers are told, if they knew of it. */
  reset(): void {
    if (this.#session.state === 'closed') return
    this.#closeSession()
    this.#host.closed(this, { wasKnown: this.#isKnown })
  }

  onTransportOpen(): void {
    const transport = this.#transport
    if (transport === undefined) return
    this.#session.transportOpened({ remoteAddr: transport.remoteAddr }, this.#host.timers.now())
    this.#pump()
  }

  onBytes(bytes: Uint8Array): void {
    this.#receivedAtMs = this.#host.timers.now()
    this.#session.receive(bytes, this.#receivedAtMs)
    this.#pump()
  }

  releaseInput(): boolean {
    return this.#session.releaseInput()
  }

  get wantsOutput(): boolean {
    return this.#session.wantsOutput
  }

  takeOutput(maxBytes: number): Uint8Array[] {
    const chunks = this.#encodedOutput(maxBytes)
    this.#gate.update()
    return chunks
  }

  /**
   * Whoever writes is no one to be told that an application's message cannot be encoded: the message is dropped, and
   * the log says so. One that has to be sent again cannot be dropped, as the peer waits for its number: the socket goes.
   */
  #encodedOutput(maxBytes: number): Uint8Array[] {
    for (;;) {
      const { length } = this.#session.queue
      try {
        return this.#session.takeOutput(maxBytes)
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause))
        this.#log(0, `a message cannot be encoded: ${error.message}`)
        if (this.#session.queue.length < length) continue
        this.#transport?.close()
        this.onTransportClosed(error)
        return []
      }
    }
  }

  onTransportClosed(error: Error): void {
    const wasConnecting = this.#session.state === 'connecting'
    this.#loseTransport()
    if (wasConnecting && 'code' in error && error.code === 'ECONNREFUSED') this.#host.refused(this)
    this.#session.transportClosed(error, this.#host.timers.now())
    this.#pump()
  }

  /** Answers the request of this connection's peer; not with `replace`. */
  answerConnect(...answer: Parameters<Session['answerConnect']>): void {
    this.#session.answerConnect(...answer)
    this.#pump()
  }

  /** Goes on with the transport of another connection to the same peer, which ends unnoticed. */
  takeOver(other: SessionConnection, discardOld: boolean): void {
    this.#transport?.close()
    this.#loseTransport()
    this.#session.takeOver(other.#session, discardOld)
    this.#transport = other.#transport
    other.#loseTransport()
    other.#host.closed(other, { wasKnown: false })
    this.#transport?.setOwner(this)
    this.#pump()
  }

  /** A message of this connection has been dispatched or dropped: gives back what it held of the throttles. */
  releaseThrottles(message: Message): void {
    this.#admission?.release(message.dispatchThrottleBytes)
  }

  /** Carries out everything the session has asked for. Safe to call at any time, also from a handler. */
  #pump(): void {
    if (this.#pumping) return // a handler sent a message: the outer call will find it
    this.#pumping = true
    try {
      for (let e = this.#session.nextEvent(); e !== undefined; e = this.#session.nextEvent()) this.#carryOut(e)
    } finally {
      this.#pumping = false
    }
    if (this.#session.wantsOutput) this.#transport?.flush()
    this.#gate.update()
    this.#armTimer()
  }

  #carryOut(event: SessionEvent): void {
    switch (event.kind) {
      case 'messageArriving':
        this.#admit()
        return
      case 'message':
        this.#receive(event.message)
        return
      case 'messageDropped':
        this.#admission?.abandon()
        return
      case 'dial':
        this.#session.transportOpening(this.#host.timers.now())
        this.#transport = this.openTransport(this.peerAddr)
        return
      case 'closeTransport':
        this.#transport?.close()
        this.#loseTransport()
        return
      default:
        this.#carryOutOpening(event)
    }
  }

  #carryOutOpening(
    event: Exclude<
      SessionEvent,
      { kind: 'messageArriving' | 'message' | 'messageDropped' | 'dial' | 'closeTransport' }
    >,
  ): void {
    switch (event.kind) {
      case 'identified':
        if (event.seenAddr !== undefined) this.#host.learnedAddr(event.seenAddr)
        return
      case 'authorizerNeeded':
        this.#answers.giveAuthorizer(this.peerType, event.challenge)
        return
      case 'authorizerReceived':
        this.#answers.judgeAuthorizer(this, event)
        return
      case 'connectRequested':
        this.#answers.whenNotHeldUp(() => {
          this.#host.decide(this, event.asked)
        })
        return
      case 'connected':
      case 'accepted':
        this.#opened(event.kind)
        return
      case 'remoteReset':
        this.#dropDelayed()
        this.#host.remoteReset(this)
        return
      case 'fault':
        this.#logFault(event)
        return
      case 'closed':
        this.#log(1, `closed: ${event.error.message}`)
        this.#closeSession()
        this.#host.closed(this, { wasKnown: this.#isKnown })
    }
  }

  #admit(): void {
    const bytes = this.#session.arrivingBytes
    this.#admission ??= new Admission(this.#host.admissionSteps(this.peerType))
    const admitted = this.#admission.begin(bytes, () => {
      this.#transport?.resumeReading()
      this.#session.admit()
      this.#pump()
    })
    if (admitted) this.#session.admit()
    else this.#transport?.pauseReading()
  }

  #receive(message: Message): void {
    message.dispatchThrottleBytes = message.frontLength + message.middleLength + message.dataLength
    this.#admission?.complete()
    message.connection = this
    message.recvStampMs = this.#receivedAtMs
    this.peerName = message.source
    if (this.#delayLine === undefined) this.#host.deliver(message, this)
    else this.#delayLine.add(message, this.#host.injector.messageDelayMs())
  }

  #opened(how: 'connected' | 'accepted'): void {
    const { injector, timers } = this.#host
    this.#isKnown = true
    if (this.#delayLine === undefined && injector.delaysPeer(this.peerType)) {
      this.#delayLine = new DelayLine(timers, (message) => {
        this.#host.deliver(message, this)
      })
    }
    this.#log(10, how)
    if (how === 'connected') this.#host.connected(this)
    else this.#host.accepted(this)
  }

  #loseTransport(): void {
    this.#answers.forget()
    this.#transport = undefined
    this.#admission?.abandon()
    this.#delayLine?.flush()
  }

  #closeSession(): void {
    this.#dropDelayed()
    this.#transport?.close()
    this.#loseTransport()
    this.#session.close()
    this.#gate.update()
    this.#armTimer()
  }

  #dropDelayed(): void {
    for (const message of this.#delayLine?.discard() ?? []) this.releaseThrottles(message)
  }

  #armTimer(): void {
    const deadlineMs = this.#session.deadline
    // A timer that fires too early only looks again, so one that is due before the deadline is left as it is.
    if (deadlineMs !== undefined && this.#timerAtMs <= deadlineMs) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAtMs = Infinity
    if (deadlineMs === undefined) return
    this.#timerAtMs = deadlineMs
    this.#timer = this.#host.timers.after(Math.max(0, deadlineMs - this.#host.timers.now()), () => {
      this.#timerAtMs = Infinity
      this.#session.timeout(this.#host.timers.now())
      this.#pump()
    })
  }

  #logFault({ error, next, delayMs }: Extract<SessionEvent, { kind: 'fault' }>): void {
    const then = next === 'standby' ? 'waiting' : delayMs === 0 ? 'reconnecting' : `reconnecting in ${delayMs} ms`
    this.#log(1, `${error.message}; ${then}`)
  }

  #log(level: number, text: string): void {
    this.#host.logger(level, `${this.peerAddr.toString()}: ${text}`)
  }
}
