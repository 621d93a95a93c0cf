import { crc32c } from '@msgr/bufferlist'
import { MPing, type Message } from '@msgr/message'
import {
  afterLossy,
  decideAccept,
  ProtocolError,
  NO_AUTHORIZER,
  type Authorizer,
  type AuthorizerVerdict,
  type ShownAuthorizer,
  type Session,
  type SessionEvent,
} from '@msgr/msgr-protocol'
import { documentedCode } from './documented-error.ts'
import { promise } from './errors.ts'
import { BODY_LIMIT } from './session-options.ts'
import type { Trace } from './trace.ts'

const NOW_MS = 1000
const STAMP = { seconds: 1, nanoseconds: 2 }
const MAX_KEPT = 64
const LEFT = new ProtocolError('ERR_MSGR_CLOSED_BY_PEER', 'the peer has left the transport')
/** What a session may write for a number of bytes received: a greeting, and a request or a reply to each. */
const FIXED_OUTPUT = 4096
const OUTPUT_PER_BYTE = 16

/** How the owner of a session answers it. */
export interface Answers {
  /** What it shows. */
  readonly authorizer?: Authorizer
  /** What it shows if that is refused; it gives up if there is nothing here. */
  readonly otherAuthorizer?: Authorizer
  /** What it thinks of what it is shown; everything is fine if there is nothing here. */
  readonly verdict?: (peerType: number, authorizer: Authorizer) => AuthorizerVerdict
  /** The session held with the peer. */
  readonly held?: Session
}

/** The end of a transport, as its owner tells it. */
export class GoneError extends Error {
  override readonly name = 'GoneError'
}

/**
 * Owns a session as a messenger does: carries out its events, writes down what happened, and holds it to what sessions
 * promise. The clock stands still.
 */
export class SessionDriver {
  #session: Session
  readonly #answers: Answers
  readonly #trace: Trace
  readonly #log: string[] = []
  /** Messages as they were when they came. */
  readonly #kept: { readonly message: Message; readonly crc: number }[] = []
  /** Chunks that the session may still read. */
  #lent: Uint8Array[] = []
  #received = 0
  #written = 0

  constructor(session: Session, answers: Answers, trace: Trace) {
    this.#session = session
    this.#answers = answers
    this.#trace = trace
  }

  /** What happened, as far as it does not depend on how the bytes were cut. */
  get log(): readonly string[] {
    return this.#log
  }

  get session(): Session {
    return this.#session
  }

  /** Receives a chunk, which is the session's until it lets go of it; then it is overwritten. */
  receive(chunk: Uint8Array): void {
    this.#received += chunk.length
    this.#lent.push(chunk)
    this.#session.receive(chunk, NOW_MS)
    this.drain()
    // Were any of it still in use, a message that was kept would show it in the end.
    if (this.#session.releaseInput()) for (const lent of this.#lent) lent.fill(0xee)
    this.#lent = []
  }

  /** The transport goes, time passes, and the owner lets go as well. */
  end(): void {
    this.#session.transportClosed(new GoneError('the transport is gone'), NOW_MS)
    this.drain()
    for (let i = 0; i < 3; i++) {
      const { deadline } = this.#session
      if (deadline === undefined) break
      this.#session.timeout(deadline)
      this.drain()
    }
    this.#session.close()
    promise(this.#session.nextEvent() === undefined, () => 'a closed session has events')
    promise(this.#session.takeOutput(1024).length === 0, () => 'a closed session has output')
    for (const { message, crc } of this.#kept) {
      promise(crcOf(message) === crc, () => `${message.toString()} changed after it was received`)
    }
  }

  /** Carries out what the session asks for. */
  drain(): void {
    for (let event = this.#session.nextEvent(); event !== undefined; event = this.#session.nextEvent()) {
      this.#trace.step(event.kind.charCodeAt(0) ^ (event.kind.length << 8))
      this.#carryOut(event)
      this.#write()
    }
    this.#write()
  }

  #write(): void {
    for (const chunk of this.#session.takeOutput(64 * 1024)) this.#written += chunk.length
    const max = FIXED_OUTPUT + OUTPUT_PER_BYTE * this.#received
    promise(this.#written <= max, () => `bytes written: expected at most ${max}, got ${this.#written}`)
  }

  #carryOut(event: SessionEvent): void {
    switch (event.kind) {
      case 'dial':
        return
      case 'messageArriving':
        this.#admit()
        return
      case 'message':
        this.#keep(event.message)
        return
      case 'fault':
      case 'closed':
      case 'closeTransport':
        if (event.error instanceof GoneError) return
        this.#log.push(`over: ${event.error === undefined ? '' : describe(event.error)}`)
        this.#trace.note(event.error === undefined ? event.kind : documentedCode(event.error))
        return
      case 'connected':
      case 'accepted':
        this.#log.push(event.kind)
        this.#session.send(new MPing())
        this.#session.send(new MPing())
        this.#session.keepalive(STAMP)
        return
      case 'identified':
      case 'messageDropped':
      case 'remoteReset':
        this.#log.push(event.kind)
        return
      case 'authorizerNeeded':
        this.#log.push(event.kind)
        this.#session.giveAuthorizer(this.#answers.authorizer ?? NO_AUTHORIZER)
        return
      case 'authorizerReceived':
        this.#judge(event.shown)
        return
      case 'authorizerRefused':
        this.#log.push(event.kind)
        if (this.#answers.otherAuthorizer === undefined) this.#session.giveUpAttempt(event.error)
        else this.#session.giveAuthorizer(this.#answers.otherAuthorizer)
        return
      case 'authorizerAnswered':
        this.#log.push(event.kind)
        this.#session.secure(undefined)
        return
      case 'connectRequested':
        this.#decide(event)
    }
  }

  #judge({ peerType, authorizer }: ShownAuthorizer): void {
    this.#log.push(`shown ${authorizer.bytes.length} bytes`)
    const accepted: AuthorizerVerdict = { kind: 'accepted', reply: new Uint8Array(0) }
    this.#session.answerAuthorizer(this.#answers.verdict?.(peerType, authorizer) ?? accepted)
  }

  #admit(): void {
    const { arrivingBytes } = this.#session
    promise(arrivingBytes <= BODY_LIMIT, () => `a body of ${arrivingBytes} bytes arrives: expected up to ${BODY_LIMIT}`)
    this.#session.admit()
  }

  #decide({ asked }: Extract<SessionEvent, { kind: 'connectRequested' }>): void {
    const { held } = this.#answers
    const decision = decideAccept(asked, held?.facts)
    this.#log.push(decision.kind)
    this.#trace.note(decision.kind)
    if (decision.kind === 'resetSession' && decision.hasAgreed === true) held?.beginAnew(LEFT)
    if (decision.kind !== 'replace') {
      this.#session.answerConnect(decision)
      return
    }
    if (held === undefined || held.facts.lossy) {
      held?.close()
      this.#session.answerConnect(afterLossy(asked))
      return
    }
    held.takeOver(this.#session, decision.discardOld)
    this.#session = held
  }

  #keep(message: Message): void {
    this.#log.push(message.toString())
    this.#trace.note(message.type)
    if (this.#kept.length < MAX_KEPT) this.#kept.push({ message, crc: crcOf(message) })
  }
}

function crcOf({ front, middle, data }: Message): number {
  return [front, middle, data].reduce((crc, list) => list.chunks().reduce((sum, part) => crc32c(part, sum), crc), 0)
}

function describe(error: Error): string {
  return `${documentedCode(error)} ${error.message}`
}
