import type { AskedSession, SessionEvent, SessionSummary } from '../../src/index.ts'
import { Conversation } from '../network/conversation.ts'
import type { Decided } from '../network/host.ts'
import { Note } from '../network/note.ts'
import { nameOf } from './parties.ts'
import type { Stage } from './stage.ts'

/** What honest peers may suffer: silence, a peer that is another now, and the end of a session. */
const EXPECTED_CODES: ReadonlySet<unknown> = new Set([
  undefined,
  'ECONNREFUSED',
  'ERR_MSGR_TIMEOUT',
  'ERR_MSGR_WRONG_PEER',
  'ERR_MSGR_CLOSED_BY_PEER',
])

/** Sees what every session says before its owner acts on it, and passes on what the model and the count need. */
export class Witness {
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.#stage = stage
  }

  see(at: Conversation, event: SessionEvent): void {
    const { tally, ledger, journal } = this.#stage
    journal.note(() => `${nameOf(at)} ${textOf(event)}`)
    switch (event.kind) {
      case 'message':
        tally.delivered++
        if (!(event.message instanceof Note)) throw new Error(`expected a Note, got ${event.message.toString()}`)
        ledger.received(at, event.message)
        this.#stage.answer(at, event.message.id)
        return
      case 'messageDropped':
        journal.breaks(`${nameOf(at)} got a message twice, of which a peer had been told that it was there`)
        return
      case 'connected':
      case 'accepted':
        tally.opened++
        if (this.#stage.isDialledBy(at, 'ghost')) ledger.takenByGhost(at)
        if (this.#stage.isDialledBy(at, 'ended')) ledger.openedInVain(at)
        if (ledger.opened(at, at.link?.peer?.user === undefined) > 1) tally.reconnects++
        return
      case 'remoteReset':
        tally.resets++
        ledger.over(at, 'remoteReset', this.#stage.isDialledBy(at, 'ghost') ? 'ghost' : undefined)
        return
      case 'closeTransport':
      case 'fault':
      case 'closed':
        this.#seeEnd(at, event)
        return
      case 'dial':
        ledger.began(at)
        return
      case 'connectRequested':
      case 'identified':
      case 'authorizerNeeded':
      case 'authorizerReceived':
      case 'authorizerRefused':
      case 'authorizerAnswered':
      case 'messageArriving':
    }
  }

  /** Both ends have dialled: one must win, and the same at either end. */
  seeDecision(at: Conversation, { asked, held, kind }: Decided): void {
    const { tally, ledger, journal } = this.#stage
    const asker = at.link?.peer?.user
    if (asker instanceof Conversation) ledger.asks(asker, asked.connectSeq)
    if (kind === 'resetSession' && asked.wire === 'v1' && held?.connectSeq === 0) ledger.unheard(at)
    if (held === undefined || !isRace(asked, held) || held.lossy || (kind !== 'wait' && kind !== 'replace')) return
    tally.races++
    const wins = at.session.facts.peerAddr.compare(at.host.addr) < 0 || held.policy.server
    if (wins !== (kind === 'replace')) {
      journal.breaks(`${nameOf(at)}: what the lower address dials wins a race, but the answer is ${kind}`)
    }
  }

  #seeEnd(at: Conversation, event: Extract<SessionEvent, { kind: 'closeTransport' | 'fault' | 'closed' }>): void {
    const { tally, ledger, journal } = this.#stage
    const code = codeOf(event.error)
    if (!EXPECTED_CODES.has(code)) journal.breaks(`${nameOf(at)}: ${event.error?.message ?? ''}`)
    if (event.kind === 'closeTransport') {
      const isHandshake = event.error?.message.includes('handshake') === true
      if (code === 'ERR_MSGR_TIMEOUT') tally[isHandshake ? 'handshakeTimeouts' : 'idleTimeouts']++
      return
    }
    if (event.kind === 'closed') {
      tally.lossyEnds++
      ledger.over(at, 'closed')
      return
    }
    tally.faults++
    if (event.next === 'standby') tally.standbys++
  }
}

/** An attempt of the peer meets one of our own, and neither knows of a session that is newer. */
function isRace(asked: AskedSession, held: SessionSummary): boolean {
  if (held.state !== 'connecting' || held.isBackingOff) return false
  if (asked.wire === 'v1' || asked.isReconnect) return held.connectSeq === asked.connectSeq
  return held.clientCookie !== asked.clientCookie && held.serverCookie === 0n
}

function codeOf(error: Error | undefined): unknown {
  return error !== undefined && 'code' in error ? error.code : undefined
}

function textOf(event: SessionEvent): string {
  switch (event.kind) {
    case 'message':
      return event.message instanceof Note ? `gets ${event.message.id} as seq ${event.message.seq}` : 'gets something'
    case 'connectRequested':
      return `is asked: connect seq ${event.asked.connectSeq}, global seq ${event.asked.globalSeq}`
    case 'fault':
      return `fault: ${event.error.message}; ${event.next} after ${event.delayMs} ms`
    case 'closeTransport':
    case 'closed':
      return `${event.kind}: ${event.error?.message ?? ''}`
    default:
      return event.kind
  }
}
