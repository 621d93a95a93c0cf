import type { EntityAddr } from '@msgr/message'
import {
  type AcceptDecision,
  type AuthorizerVerdict,
  ProtocolError,
  Session,
  type SessionEvent,
} from '../../src/index.ts'
import { acceptAll, type Host, showNothing } from './host.ts'
import type { LinkEnd, LinkUser } from './link.ts'
import { moveHandshake } from './moving.ts'
import { Note } from './note.ts'

/** What events say besides messages: their kinds, and details where tests look at them. */
export type Logged = Exclude<SessionEvent, { kind: 'messageArriving' | 'message' | 'messageDropped' }>

/** The owner of one session, and of the link it has at the time. */
export class Conversation implements LinkUser {
  readonly host: Host
  readonly received: Note[] = []
  readonly log: Logged[] = []
  /** What was decided about requests that came here. */
  readonly decisions: AcceptDecision['kind'][] = []
  droppedCount = 0
  /** Messages that had to wait for admission, and those whose transport was gone before they got it. */
  heldBackCount = 0
  lostWhileHeldBackCount = 0
  /** Called for each message, from inside the draining of events. */
  onNote: ((note: Note) => void) | undefined
  link: LinkEnd | undefined
  #stopDialling: (() => void) | undefined
  #cancelTimer: (() => void) | undefined
  #timerAtMs = Infinity
  #isPumping = false
  #isHoldingBack = false
  #session: Session
  /** How often the handshake is still to be moved before the request that has come is decided. */
  #movesLeft: number | undefined
  /** Counts transports: an answer that comes when its transport is gone is forgotten. */
  #epoch = 0

  private constructor(host: Host, session: Session, link: LinkEnd | undefined) {
    this.host = host
    this.#session = session
    this.link = link
  }

  /** An accepting handshake may move to another one. */
  get session(): Session {
    return this.#session
  }

  static dial(host: Host, addr: EntityAddr, type: number): Conversation {
    return new Conversation(host, Session.dial(host.sessionOptions, { type, addr }), undefined)
  }

  static accept(host: Host, end: LinkEnd): Conversation {
    const conversation = new Conversation(host, Session.accept(host.sessionOptions, end.remoteAddr), end)
    end.user = conversation
    conversation.session.transportOpened({ remoteAddr: end.remoteAddr }, host.network.clock.nowMs)
    conversation.pump()
    return conversation
  }

  get ids(): number[] {
    return this.received.map((note) => note.id)
  }

  get kinds(): string[] {
    return this.log.map((event) => event.kind)
  }

  /** The last error that ended a transport or the session. */
  get lastError(): unknown {
    return this.log.findLast((event) => 'error' in event && event.error !== undefined)
  }

  send(...notes: Note[]): void {
    for (const note of notes) this.session.send(note)
    if (this.session.state === 'open') this.#flush()
    else this.pump()
  }

  keepalive(seconds: number): void {
    this.session.keepalive({ seconds, nanoseconds: 500_000_000 })
    this.pump()
  }

  answerConnect(...answer: Parameters<Session['answerConnect']>): void {
    this.session.answerConnect(...answer)
    this.pump()
  }

  beginAnew(): void {
    this.session.beginAnew(new ProtocolError('ERR_MSGR_CLOSED_BY_PEER', 'the peer has left the transport'))
    this.pump()
  }

  /** The application ends the conversation, and is told nothing. */
  markDown(): void {
    if (this.session.state === 'closed') return
    this.#closeSession()
    this.host.closed(this)
  }

  /** The conversation ends in favour of another. */
  reset(): void {
    this.markDown()
    this.#note({ kind: 'closed', error: new Error('replaced') })
  }

  takeOver(other: Conversation, discardOld: boolean): void {
    this.#letGoOfLink()
    this.session.takeOver(other.session, discardOld)
    this.link = other.link
    other.#loseLink()
    other.host.closed(other)
    if (this.link !== undefined) this.link.user = this
    this.pump()
  }

  onBytes(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at += this.host.slab.length) {
      const part = piece.subarray(at, at + this.host.slab.length)
      this.#receive(part)
    }
  }

  onDrain(): void {
    this.#flush()
  }

  onClosed(error: Error): void {
    this.#loseLink()
    this.session.transportClosed(error, this.host.network.clock.nowMs)
    this.pump()
  }

  pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    for (let e = this.session.nextEvent(); e !== undefined; e = this.session.nextEvent()) this.#carryOut(e)
    this.#isPumping = false
    this.#flush()
    this.#armTimer()
  }

  /** Reads into the memory all transports of the host share, and spoils it as soon as the session gives it back. */
  #receive(bytes: Uint8Array): void {
    const { host } = this
    const { slab } = host
    slab.set(bytes)
    this.session.receive(slab.subarray(0, bytes.length), host.network.clock.nowMs)
    this.pump()
    if (this.session.releaseInput()) {
      slab.fill(0xa5, 0, bytes.length)
      return
    }
    host.slab = new Uint8Array(slab.length)
    host.slabCount++
  }

  #carryOut(event: SessionEvent): void {
    switch (event.kind) {
      case 'messageArriving':
        this.host.settings.watch?.(this, event)
        if (this.host.settings.admits?.() ?? true) this.session.admit()
        else this.#holdBack()
        return
      case 'message':
        if (!(event.message instanceof Note)) throw new Error(`expected a Note, got ${event.message.toString()}`)
        this.host.settings.watch?.(this, event)
        this.received.push(event.message)
        this.onNote?.(event.message)
        return
      case 'messageDropped':
        this.host.settings.watch?.(this, event)
        this.droppedCount++
        return
      default:
        this.#note(event)
        this.#carryOutOpening(event)
    }
  }

  #note(event: Logged): void {
    this.log.push(event)
    this.host.settings.watch?.(this, event)
  }

  #carryOutOpening(event: Logged): void {
    const { settings } = this.host
    switch (event.kind) {
      case 'dial':
        this.#dial()
        return
      case 'closeTransport':
        this.#letGoOfLink()
        return
      case 'authorizerNeeded':
        this.#ponder(() => {
          this.session.giveAuthorizer((settings.authorizer ?? showNothing)(event.challenge))
        })
        return
      case 'authorizerRefused':
        this.session.giveUpAttempt(event.error)
        return
      case 'authorizerAnswered':
        this.#ponder(() => {
          this.session.secure(settings.security?.())
        })
        return
      case 'authorizerReceived':
        this.#ponder(() => {
          this.#answer((settings.judge ?? acceptAll)(event.shown.authorizer))
        })
        return
      case 'connectRequested':
        if (this.#movesHandshake()) return // the request comes again, from the other session
        this.#ponder(() => {
          this.host.decide(this, event.asked)
        })
        return
      case 'accepted':
        this.host.accepted(this)
        return
      case 'closed':
        this.#closeSession()
        this.host.closed(this)
        return
      default:
    }
  }

  #answer(verdict: AuthorizerVerdict | undefined): void {
    if (verdict !== undefined) this.session.answerAuthorizer(verdict)
  }

  #movesHandshake(): boolean {
    this.#movesLeft ??= this.host.settings.moves?.() ?? 0
    if (this.#movesLeft === 0) {
      this.#movesLeft = undefined
      return false
    }
    this.#movesLeft--
    const { host } = this
    const left = this.#session
    this.#session = moveHandshake(left, host.sessionOptions, { nowMs: host.network.clock.nowMs })
    if (left.releaseInput()) host.slab.fill(0xa5)
    else throw new Error('expected a session whose handshake has moved to hold no input, got one that does')
    return true
  }

  /** Runs a step of the handshake now, or later if the host takes its time. */
  #ponder(step: () => void): void {
    const delayMs = this.host.settings.answersAfterMs?.() ?? 0
    if (delayMs === 0) {
      step()
      return
    }
    const epoch = this.#epoch
    this.host.network.clock.after(delayMs, () => {
      if (this.#epoch !== epoch) return
      step()
      this.pump()
    })
  }

  /** Admits the message later. */
  #holdBack(): void {
    const epoch = this.#epoch
    this.heldBackCount++
    this.#isHoldingBack = true
    this.link?.pause()
    this.host.network.clock.after(this.host.settings.holdBackMs ?? 5, () => {
      // Another link may be there by now, and another message may wait: that one is not this one.
      if (this.#epoch !== epoch) return
      this.#isHoldingBack = false
      this.link?.resume()
      this.session.admit()
      this.pump()
    })
  }

  #dial(): void {
    const { network } = this.host
    this.session.transportOpening(network.clock.nowMs)
    this.#stopDialling = network.dial(this, this.session.facts.peerAddr, (end) => {
      this.#stopDialling = undefined
      if (end instanceof Error) {
        this.onClosed(end)
        return
      }
      this.link = end
      end.user = this
      this.session.transportOpened({ remoteAddr: end.remoteAddr }, network.clock.nowMs)
      this.pump()
    })
  }

  #letGoOfLink(): void {
    this.#stopDialling?.()
    this.#stopDialling = undefined
    this.link?.close()
    this.#loseLink()
  }

  #loseLink(): void {
    this.#epoch++
    this.link = undefined
    if (this.#isHoldingBack) this.lostWhileHeldBackCount++
    this.#isHoldingBack = false
  }

  #closeSession(): void {
    this.#letGoOfLink()
    this.session.close()
    this.#armTimer()
  }

  #flush(): void {
    while (this.link !== undefined && this.session.wantsOutput && this.link.room > 0) {
      for (const chunk of this.session.takeOutput(this.link.room)) this.link.write(chunk)
    }
  }

  #armTimer(): void {
    const { clock } = this.host.network
    const atMs = this.session.deadline ?? Infinity
    // A timer that fires too early only looks again, so one that is due before the deadline is left as it is.
    if (atMs !== Infinity && this.#timerAtMs <= atMs) return
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#timerAtMs = atMs
    if (atMs === Infinity) return
    this.#cancelTimer = clock.after(Math.max(0, atMs - clock.nowMs), () => {
      this.#timerAtMs = Infinity
      this.session.timeout(clock.nowMs)
      this.pump()
    })
  }
}
