import { NEW_PEER_COUNT, type FloodPlan } from './flood-plan.ts'
import type { AttackFigures, GoodPeersReport, Phase, ServerReport } from './flood-protocol.ts'
import { describeChoice } from './messenger-choice.ts'
import type { RoundTripFigures } from './round-trips.ts'

const MIB = 1024 * 1024
/** How much more memory the server may have after a flood than before: by half, and so much. */
const MAX_GROWTH = 0.5
const MAX_GROWTH_BYTES = 64 * MIB

/** What `--json` prints of a flood. Fields may be added behind. */
export interface FloodSummary {
  readonly flood: string
  readonly ok: boolean
  readonly messenger: string
  readonly sent: number
  readonly answered: number
  readonly lost: number
  readonly roundTrips: Readonly<Record<Phase, RoundTripFigures>>
  /** New peers that were answered while the flood lasted, and after it, of those that tried. */
  readonly newPeersDuring: number
  readonly newPeersAfter: number
  readonly newPeersTried: number
  readonly attack: AttackFigures
  /** Peers that the server dropped because they did not read. */
  readonly dropped: number
  /** Connections that the server had at the height of the flood, and when all was over. */
  readonly connectionsDuring: number
  readonly connectionsAfter: number
  readonly rssBytesBefore: number
  readonly rssBytesMost: number
  readonly rssBytesAfter: number
  readonly rssBytesBound: number
  readonly breaches: readonly string[]
}

/** What is known when a flood is over. */
export interface FloodOutcome {
  readonly good: GoodPeersReport
  readonly attack: AttackFigures
  readonly newPeersDuring: number
  readonly newPeersAfter: number
  readonly before: ServerReport
  /** Everything that the server has told while the flood lasted. */
  readonly during: readonly ServerReport[]
  readonly after: ServerReport
}

/** Whether a flood did nobody any harm. */
export function summarizeFlood(plan: FloodPlan, outcome: FloodOutcome): FloodSummary {
  const { good, attack, newPeersAfter, before, during, after } = outcome
  const rssBytesBound = Math.round(before.rssBytes * (1 + MAX_GROWTH)) + MAX_GROWTH_BYTES
  const lost = good.sent - good.answered
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`
  const quiet = Object.entries(good.roundTrips).flatMap(([phase, { count }]) => (count > 0 ? [] : [phase]))
  const breaches = [
    ...good.breaches,
    ...(lost === 0 ? [] : [`good peers: ${lost} of ${good.sent} pings have no answer`]),
    ...quiet.map((phase) => `good peers: expected round trips ${phase} the flood, got none`),
    ...(newPeersAfter === NEW_PEER_COUNT
      ? []
      : [`new peers after the flood: expected ${NEW_PEER_COUNT} to connect, ${newPeersAfter} did`]),
    ...(after.rssBytes <= rssBytesBound
      ? []
      : [`memory: expected at most ${mib(rssBytesBound)} after the flood, got ${mib(after.rssBytes)}`]),
    ...(attack.connected > 0 ? [] : ['the flood: expected bad peers to connect, none did']),
  ]
  return {
    flood: plan.name,
    ok: breaches.length === 0,
    messenger: describeChoice(plan.messenger),
    ...{ sent: good.sent, answered: good.answered, lost, roundTrips: good.roundTrips },
    ...{ newPeersDuring: outcome.newPeersDuring, newPeersAfter, newPeersTried: NEW_PEER_COUNT, attack },
    dropped: after.dropped,
    connectionsDuring: Math.max(...during.map(({ connections }) => connections)),
    connectionsAfter: after.connections,
    rssBytesBefore: before.rssBytes,
    rssBytesMost: Math.max(...during.map(({ rssBytes }) => rssBytes)),
    rssBytesAfter: after.rssBytes,
    rssBytesBound,
    breaches,
  }
}

/** How it went, for a person. */
export function renderFlood(summary: FloodSummary): string {
  const { flood, messenger, attack, roundTrips, newPeersDuring, newPeersAfter, newPeersTried } = summary
  const phases = Object.entries(roundTrips).map(([phase, { count, p50Ms, p99Ms, maxMs }]) => {
    return `  ${phase.padEnd(6)} ${count} round trips: p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`
  })
  const [before, most, after] = [summary.rssBytesBefore, summary.rssBytesMost, summary.rssBytesAfter].map((bytes) =>
    Math.round(bytes / MIB),
  )
  return [
    `${flood}: ${messenger}; bad peers: ${attack.connected} connected, ${attack.mostOpen} at a time, ${attack.closed} were closed, ${summary.dropped} dropped`,
    ...phases,
    `  good peers: ${summary.sent} pings, ${summary.lost} lost; new peers: ${newPeersDuring} of ${newPeersTried} during, ${newPeersAfter} after`,
    `  memory of the server: ${String(before)} MiB before, ${String(most)} at most, ${String(after)} after`,
    ...summary.breaches.map((breach) => `✘ ${breach}`),
  ].join('\n')
}
