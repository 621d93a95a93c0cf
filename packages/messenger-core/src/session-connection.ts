import type { EntityAddr, EntityAddrVec, EntityName, Message, SendResult } from '@msgr/message'
import { hasFeature } from '@msgr/message'
import { ProtocolError, type AcceptingState, type Session, type SessionEvent } from '@msgr/msgr-protocol'
import type { ConnectionHost } from './connection-host.ts'
import { sessionFor, type ConnectionRole } from './connection-role.ts'
import { DeadlineTimer } from './deadline-timer.ts'
import { DrainGate } from './drain-gate.ts'
import { HandshakeAnswers } from './handshake-answers.ts'
import { describeFault } from './describe-fault.ts'
import type { HeldConnection } from './held-connection.ts'
import { IncomingMessages } from './incoming-messages.ts'
import { toStamp } from './timers.ts'
import { takeEncoded } from './take-encoded.ts'
import type { Transport, TransportOwner } from './transport.ts'

/**
 * Owns a session and, while there is one, its transport: carries out what the session asks for, and passes on what it
 * says. A messenger adds how a transport is opened.
 */
export abstract class SessionConnection implements HeldConnection, TransportOwner {
  readonly id: number
  priv: unknown = undefined
  readonly isLoopback = false
  peerName: EntityName | undefined = undefined
  peerIdentity: unknown = undefined

  readonly #host: ConnectionHost
  readonly #session: Session
  #transport: Transport | undefined
  /** The application has seen it. */
  #isKnown: boolean
  /** Its handshake began elsewhere. */
  readonly #isMidway: boolean
  readonly #incoming: IncomingMessages
  readonly #gate: DrainGate
  readonly #timer: DeadlineTimer
  #pumping = false
  #holdsInput = false
  readonly #answers: HandshakeAnswers
  /** When the bytes came that are being read. */
  #receivedAtMs = 0

  protected constructor(id: number, host: ConnectionHost, role: ConnectionRole) {
    this.id = id
    this.#host = host
    this.#isKnown = role.kind === 'dial'
    this.#isMidway = role.kind === 'goOn'
    this.#session = sessionFor(role, host.sessionOptions)
    this.#transport = role.kind === 'dial' ? undefined : role.transport
    this.#incoming = new IncomingMessages(host, this)
    this.#gate = new DrainGate(host.maxQueuedBytes, () => this.queuedBytes)
    this.#timer = new DeadlineTimer(host.timers, () => {
      this.#session.timeout(host.timers.now())
      this.#pump()
    })
    this.#answers = new HandshakeAnswers(host, this, this.#session, () => {
      this.#pump()
    })
  }

  /** Begins to open a transport to the peer, whose owner is this connection. It calls back later, never at once. */
  protected abstract openTransport(peerAddr: EntityAddr): Transport

  /** Sets the session going. Called once, when the messenger has the connection in its tables. */
  begin(): void {
    const transport = this.#transport
    if (transport !== undefined) {
      transport.setOwner(this)
      if (!this.#isMidway) this.#beginHandshake(transport)
    }
    this.#pump()
  }

  #beginHandshake(transport: Transport): void {
    const remoteAddr = transport.remoteAddr.with({ type: this.#session.facts.wire })
    this.#session.transportOpened({ remoteAddr }, this.#host.timers.now())
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

  get peerAddrs(): EntityAddrVec {
    return this.#session.facts.peerAddrs
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
    this.#session.keepalive(toStamp(this.#host.timers.wallNow()))
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

  /** Something is to be sent once it is open, though it is not queued here yet. */
  want(): void {
    this.#session.want()
    this.#pump()
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
    this.#beginHandshake(transport)
    this.#pump()
  }

  get inputTarget(): Uint8Array | undefined {
    return this.#session.inputTarget
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

  get writesWaiting(): number {
    return this.#session.queue.writesWaiting
  }

  takeOutput(maxBytes: number): Uint8Array[] {
    const taken = takeEncoded(this.#session, maxBytes, this.#host.logger)
    if (taken instanceof Error) this.breakTransport(taken)
    this.#progressed()
    return taken instanceof Error ? [] : taken
  }

  onTransportClosed(error: Error): void {
    const wasConnecting = this.#session.state === 'connecting'
    this.#loseTransport()
    if (wasConnecting && 'code' in error && error.code === 'ECONNREFUSED') this.#host.refused(this)
    this.#session.transportClosed(error, this.#host.timers.now())
    this.#pump()
  }

  /** Ends the transport as an error of it would. */
  breakTransport(error: Error): void {
    if (this.#transport === undefined) return
    this.#transport.close()
    this.onTransportClosed(error)
  }

  /** Answers the request of this connection's peer; not with `replace`. */
  answerConnect(...answer: Parameters<Session['answerConnect']>): void {
    this.#session.answerConnect(...answer)
    this.#pump()
  }

  /** The peer goes on with an attempt of ours, and has left the transport. Another attempt follows, ours or the peer's. */
  beginAnew(): void {
    this.#session.beginAnew(new ProtocolError('ERR_MSGR_CLOSED_BY_PEER', 'the peer has left the transport for another'))
    this.#pump()
  }

  /** Goes on with the transport of another connection to the same peer, which ends unnoticed. */
  takeOver(other: SessionConnection, discardOld: boolean): void {
    this.#transport?.close()
    this.#loseTransport()
    this.#session.takeOver(other.#session, discardOld)
    this.#transport = other.#transport
    this.#holdsInput = other.#holdsInput
    this.peerIdentity = other.peerIdentity
    other.#loseTransport()
    other.#host.closed(other, { wasKnown: false, heir: this })
    this.#transport?.setOwner(this)
    this.#pump()
  }

  /**
   * Lets a handshake that waits to be decided about go on elsewhere, in a connection of the role `goOn`: this one is over.
   * `undefined`, with nothing done, if it cannot leave this thread.
   */
  handOver(): { readonly transport: Transport; readonly state: AcceptingState } | undefined {
    const transport = this.#transport
    const state = transport && this.#session.exportAccepting(this.#host.timers.now())
    if (transport === undefined || state === undefined) return undefined
    this.#loseTransport()
    this.#timer.arm(undefined)
    return { transport, state }
  }

  /** A message of this connection has been dispatched or dropped: gives back what it held of the throttles. */
  releaseThrottles(message: Message): void {
    this.#incoming.release(message)
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
    this.#holdInput()
    this.#progressed()
    this.#timer.arm(this.#session.deadline)
  }

  /** Reads nothing while the session would only keep it, so that a peer fills the socket and not our memory. */
  #holdInput(): void {
    const holds = this.#transport !== undefined && !this.#session.wantsInput
    if (holds === this.#holdsInput) return
    this.#holdsInput = holds
    if (holds) this.#transport?.pauseReading()
    else this.#transport?.resumeReading()
  }

  #progressed(): void {
    this.#gate.update()
    this.#host.progressed?.(this)
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
        this.#incoming.abandon()
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
      case 'authorizerRefused':
      case 'authorizerAnswered':
      case 'authorizerReceived':
        this.#answers.answer(this, event)
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
        this.#incoming.discard()
        this.#host.remoteReset(this)
        return
      case 'fault':
        this.#progressed()
        this.#log(1, describeFault(event))
        return
      case 'closed':
        this.#log(1, `closed: ${event.error.message}`)
        this.#closeSession()
        this.#host.closed(this, { wasKnown: this.#isKnown })
    }
  }

  #admit(): void {
    const admitted = this.#incoming.admit(this.#session.arrivingBytes, () => {
      this.#session.admit()
      this.#pump()
    })
    if (admitted) this.#session.admit()
  }

  #receive(message: Message): void {
    message.connection = this
    message.recvStampMs = this.#receivedAtMs
    this.peerName = message.source
    this.#incoming.receive(message)
  }

  #opened(how: 'connected' | 'accepted'): void {
    this.#isKnown = true
    this.#incoming.opened()
    this.#log(10, how)
    if (how === 'connected') this.#host.connected(this)
    else this.#host.accepted(this)
  }

  #loseTransport(): void {
    this.#answers.forget()
    this.#transport = undefined
    this.#holdsInput = false
    this.#incoming.transportGone()
  }

  #closeSession(): void {
    this.#incoming.discard()
    this.#transport?.close()
    this.#loseTransport()
    this.#session.close()
    this.#progressed()
    this.#timer.arm(this.#session.deadline)
  }

  #log(level: number, text: string): void {
    this.#host.logger(level, `${this.peerAddr.toString()}: ${text}`)
  }
}
