import type { Policy } from './policy.ts'

/** What a peer that asks for a session has said of it, and what we hold against it. */
export interface AskedSession {
  readonly connectSeq: number
  readonly globalSeq: number
  /** The peer's address is lower than ours: `EntityAddr.compare`. */
  readonly fromLowerAddr: boolean
  /** Our policy towards peers of its type. */
  readonly policy: Policy
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
}

/**
 * What becomes of a request:
 * - `open`: a session of its own: `answerConnect`.
 * - `replace`: if the session held is not lossy it takes the transport over: `takeOver`; with `discardOld` what it had
 *   queued is forgotten and its application told. If it is lossy it ends, with `discardOld` always set, and the one
 *   that asks opens in its place: `answerConnect` with `open`.
 * - the others: the peer is told to ask again, as said: `answerConnect`.
 */
export type AcceptDecision =
  | { readonly kind: 'open' }
  | { readonly kind: 'replace'; readonly discardOld: boolean }
  | { readonly kind: 'resetSession' }
  | { readonly kind: 'retrySession'; readonly seq: number }
  | { readonly kind: 'retryGlobal'; readonly seq: number }
  | { readonly kind: 'wait' }

/**
 * The answer to a peer that asks to connect while a session with it may exist already.
 *
 * Ceph: src/msg/async/ProtocolV1.cc, handle_connect_message_2. Differs from Ceph: a held session takes the new
 * transport over at once, as SimpleMessenger's do, so it is never in the middle of being replaced and no extra
 * `retryGlobal` round is needed. A session that is closed is as good as none, also for a peer that would resume it.
 * And a peer is told to wait for our own attempt only while there is one: not for the time between two, up to
 * `maxBackoffMs`.
 */
export function decideAccept(asked: AskedSession, held: SessionSummary | undefined): AcceptDecision {
  const { policy } = asked
  if (policy.server && policy.lossy && !policy.registerLossyClients) return { kind: 'open' }
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
