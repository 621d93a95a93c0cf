import { acceptsAnonymously, type Policy } from './policy.ts'

/** What a peer that asks for a session has said of it, and what we hold against it. */
export type AskedSession = AskedSessionV1 | AskedSessionV2

interface Asked {
  /** 0 asks for a new session. */
  readonly connectSeq: number
  readonly globalSeq: number
  /** The peer's address is lower than ours: `EntityAddr.compare`. */
  readonly fromLowerAddr: boolean
  /** Our policy towards peers of its type. */
  readonly policy: Policy
}

export interface AskedSessionV1 extends Asked {
  readonly wire: 'v1'
}

export interface AskedSessionV2 extends Asked {
  readonly wire: 'v2'
  /** It asks to resume a session, and not for a new one. */
  readonly isReconnect: boolean
  /** What the end that dialled first has named the session; 0 for one that is lossy. */
  readonly clientCookie: bigint
}

export type SessionState = 'connecting' | 'accepting' | 'open' | 'standby' | 'closed'

/** The session already held with the address that asks. */
export interface SessionSummary {
  readonly state: SessionState
  readonly connectSeq: number
  readonly peerGlobalSeq: number
  readonly policy: Policy
  /** An error ends it: what both ends agreed on, which may differ from our policy. */
  readonly lossy: boolean
  /** It is `connecting`, but has no attempt under way: the next comes after a wait. */
  readonly isBackingOff: boolean
  /** Version 2: how either end has named the session; 0 if it has not, or if the session is lossy. */
  readonly clientCookie: bigint
  readonly serverCookie: bigint
  /** Version 2: how this end named the session when it asked for it last, and has heard no answer; 0 if it has. */
  readonly triedCookie: bigint
}

/**
 * What becomes of a request:
 * - `open`: a session of its own: `answerConnect`.
 * - `replace`: if the session held is not lossy it takes the transport over: `takeOver`; with `discardOld` what it had
 *   queued is forgotten and its application told. If it is lossy it ends, with `discardOld` always set, and the one
 *   that asks opens in its place: `answerConnect` with `open`, or with `resetSession` if `afterLossy` says so.
 * - the others: the peer is told to ask again, as said: `answerConnect`. With `partly` it keeps what it has queued. If
 *   `hasAgreed`, it speaks of our own attempt, to which we never heard the answer, and has heard nothing of ours since:
 *   `Session.beginAnew` of the session held.
 */
export type AcceptDecision =
  | { readonly kind: 'open' }
  | { readonly kind: 'replace'; readonly discardOld: boolean }
  | { readonly kind: 'resetSession'; readonly partly?: true; readonly hasAgreed?: true }
  | { readonly kind: 'retrySession'; readonly seq: number }
  | { readonly kind: 'retryGlobal'; readonly seq: number }
  | { readonly kind: 'wait' }

/** The answer to a peer that asks to connect while a session with it may exist already, on the same wire. */
export function decideAccept(asked: AskedSession, held: SessionSummary | undefined): AcceptDecision {
  if (asked.wire === 'v1') return decideAcceptV1(asked, held)
  return asked.isReconnect ? decideReconnect(asked, held) : decideIdent(asked, held)
}

const RESET_PARTLY: AcceptDecision = { kind: 'resetSession', partly: true }

/**
 * The answer on version 1 of the wire.
 *
 * Ceph: src/msg/async/ProtocolV1.cc, handle_connect_message_2. Differs from Ceph: a held session takes the new
 * transport over at once, as SimpleMessenger's do, so it is never in the middle of being replaced and no extra
 * `retryGlobal` round is needed. A session that is closed is as good as none, also for a peer that would resume it.
 * And a peer is told to wait for our own attempt only while there is one: not for the time between two, up to
 * `maxBackoffMs`.
 */
function decideAcceptV1(asked: AskedSessionV1, held: SessionSummary | undefined): AcceptDecision {
  const { policy } = asked
  if (acceptsAnonymously(policy)) return { kind: 'open' }
  if (held === undefined || held.state === 'closed') return { kind: asked.connectSeq > 0 ? 'resetSession' : 'open' }
  if (asked.globalSeq < held.peerGlobalSeq) return { kind: 'retryGlobal', seq: held.peerGlobalSeq }
  if (held.lossy) return { kind: 'replace', discardOld: true }

  const lead = asked.connectSeq - held.connectSeq
  const retry = { kind: 'retrySession', seq: held.connectSeq + 1 } as const
  const resume = { kind: 'replace', discardOld: false } as const
  const zeroMatters = policy.resetCheck && held.connectSeq === 0

  if (lead > 0) return zeroMatters ? { kind: 'resetSession' } : resume
  // A zero is no late attempt: the peer restarted and knows nothing of the old session.
  if (lead < 0) return asked.connectSeq > 0 ? retry : { kind: 'replace', discardOld: policy.resetCheck }
  if (held.state === 'open' || held.state === 'standby') return zeroMatters ? resume : retry
  // Both ends dialled at once. The lower address wins, so both keep the same socket.
  return asked.fromLowerAddr || held.policy.server || held.isBackingOff ? resume : { kind: 'wait' }
}

/**
 * The answer on version 2 to SESSION_RECONNECT. Differs from Ceph as version 1 does.
 * Ceph: src/msg/async/ProtocolV2.cc, handle_reconnect
 */
function decideReconnect(asked: AskedSessionV2, held: SessionSummary | undefined): AcceptDecision {
  const { policy, clientCookie, globalSeq, connectSeq } = asked
  if (held === undefined || held.state === 'closed') return { kind: 'resetSession' }
  const isLate = globalSeq < held.peerGlobalSeq
  // It speaks of our own attempt. We may have agreed to one of its own since, to which it has not listened any more.
  if (clientCookie !== 0n && clientCookie === held.triedCookie && !isLate) {
    return { kind: 'resetSession', partly: true, hasAgreed: true }
  }
  // The peer speaks of another session: one of its own that we never had, or one that we had before we restarted.
  if (held.clientCookie !== clientCookie) return policy.resetCheck ? { kind: 'resetSession' } : RESET_PARTLY
  if (held.serverCookie === 0n) return RESET_PARTLY
  if (held.lossy) return { kind: 'replace', discardOld: true }
  if (isLate) return { kind: 'retryGlobal', seq: held.peerGlobalSeq }
  if (connectSeq < held.connectSeq) return { kind: 'retrySession', seq: held.connectSeq + 1 }
  // Both ends dialled at once. An end that does not dial has agreed to this attempt before, and was not heard.
  const isRace = connectSeq === held.connectSeq && held.state === 'connecting' && !held.isBackingOff
  if (isRace && !asked.fromLowerAddr && !held.policy.server) return { kind: 'wait' }
  return { kind: 'replace', discardOld: false }
}

/**
 * The answer on version 2 to CLIENT_IDENT. Differs from Ceph as version 1 does, and in that an attempt with too low a
 * global seq is told so, where Ceph closes it without a word: a late one hears nothing any more, but a peer that has
 * restarted, and counts from 1 again, is through at once instead of after as many attempts.
 * Ceph: src/msg/async/ProtocolV2.cc, handle_existing_connection
 */
function decideIdent(asked: AskedSessionV2, held: SessionSummary | undefined): AcceptDecision {
  const { policy, clientCookie, globalSeq } = asked
  if (acceptsAnonymously(policy)) return { kind: 'open' }
  if (held === undefined || held.state === 'closed') return { kind: 'open' }
  if (globalSeq < held.peerGlobalSeq) return { kind: 'retryGlobal', seq: held.peerGlobalSeq }
  if (held.lossy) return { kind: 'replace', discardOld: true }

  const resume = { kind: 'replace', discardOld: false } as const
  if (held.clientCookie === clientCookie) return resume
  const hasBothCookies = held.serverCookie !== 0n && held.clientCookie !== 0n
  // The session was open and had another name: the peer restarted and knows nothing of it.
  if (hasBothCookies) return { kind: 'replace', discardOld: policy.resetCheck }
  if (held.state === 'open' || held.state === 'standby') return resume
  // Both ends dialled at once. The lower address wins, so both keep the same socket.
  return asked.fromLowerAddr || held.policy.server || held.isBackingOff ? resume : { kind: 'wait' }
}

/** What to answer a peer once the lossy session, which was held and is to be replaced, has ended. */
export function afterLossy(asked: AskedSession): Exclude<AcceptDecision, { kind: 'replace' }> {
  return { kind: asked.wire === 'v2' && asked.isReconnect ? 'resetSession' : 'open' }
}
