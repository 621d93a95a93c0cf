/** What happened, by name, and how often. */
const TALLIED = [
  'sent',
  'answers',
  'delivered',
  /** Delivered to another session than before, which knows nothing of the first: see `Ledger`. */
  'deliveredAnew',
  /** Sends to a session that stands by, or waits between two attempts. */
  'sentInStandby',
  'sentWhileConnecting',
  'keepalives',
  'keepalivesAnswered',
  'dials',
  'opened',
  /** A session opened on another link than before. */
  'reconnects',
  'cuts',
  /** Of them, those that one end did not notice for half a second or more. */
  'halfOpens',
  'stalls',
  'refusedDials',
  'lostDials',
  'faults',
  'standbys',
  'handshakeTimeouts',
  'idleTimeouts',
  'heldBack',
  'lostWhileHeldBack',
  /** Requests that came while an own attempt with the same connect seq was under way. */
  'races',
  'waits',
  'replaced',
  'retriesGlobal',
  'retriesSession',
  'resetSessions',
  'resets',
  'lossyEnds',
  'markDowns',
  'madeLossy',
  'exits',
  'crashes',
  'newNonces',
] as const

export type Tally = Record<(typeof TALLIED)[number], number>

export function emptyTally(): Tally {
  return Object.fromEntries(TALLIED.map((name) => [name, 0])) as Tally
}

/** Adds what is in `more` to `sum`. */
export function addTally(sum: Tally, more: Tally): void {
  for (const name of TALLIED) sum[name] += more[name]
}
