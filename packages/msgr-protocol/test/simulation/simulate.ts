import { checkQuiet, checkSettled } from './rest.ts'
import type { NotePlan, Scenario } from './scenario.ts'
import { Stage } from './stage.ts'
import type { Tally } from './tally.ts'

/** What became of one scenario. */
export interface Verdict {
  readonly scenario: Scenario
  /** The promises that were broken, in the order in which they were. */
  readonly broken: readonly string[]
  /** What happened, line by line, if asked for. */
  readonly trace: readonly string[]
  readonly tally: Tally
}

/** Enough for what was on its way when the network became perfect. */
const SETTLING_MS = 2_000
const ANSWER_MS = 1_000
const PROBE: NotePlan = { dataLength: 10, priority: 127, answer: undefined }

/**
 * Plays a scenario: the steps; then, with a perfect network, a time after which all must be quiet; then everybody
 * speaks once more to everybody, after which all must be open, delivered and acknowledged.
 */
export function simulate(scenario: Scenario, options: { readonly isTracing?: boolean } = {}): Verdict {
  const stage = new Stage(scenario, options.isTracing ?? false)
  try {
    play(stage)
  } catch (error) {
    stage.journal.breaks(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  const { journal, tally } = stage
  countAtEnd(stage)
  return { scenario, broken: journal.broken, trace: journal.lines, tally }
}

function play(stage: Stage): void {
  const { scenario, clock, journal, tally, ledger } = stage
  for (const step of scenario.steps) {
    clock.advance(step.atMs - clock.nowMs)
    stage.perform(step)
  }
  clock.advance(scenario.healAtMs - clock.nowMs)
  stage.heal()
  clock.advance(SETTLING_MS)
  stage.settle()
  const longestMs = longestWaitMs(scenario)
  clock.advance(2 * longestMs)
  const { dials } = tally
  clock.advance(longestMs)
  if (tally.dials > dials) journal.breaks(`${tally.dials - dials} times somebody dials, and nothing is wrong`)
  checkQuiet(stage)
  probe(stage)
  checkQuiet(stage)
  checkSettled(stage)
  ledger.finish()
}

/** A lost attempt ends, and the longest wait after it. */
function longestWaitMs({ hosts }: Scenario): number {
  return Math.max(...hosts.map(({ timing }) => timing.maxBackoffMs + timing.connectionReadyTimeoutMs))
}

/** Whoever may dial does so first: its peer may have to wait for it. */
function probe(stage: Stage): void {
  const { scenario, clock } = stage
  for (const { hosts } of scenario.pairs) stage.send(hosts[0], hosts[1], [PROBE])
  clock.advance(ANSWER_MS)
  for (const { hosts } of scenario.pairs) stage.send(hosts[1], hosts[0], [PROBE])
  clock.advance(ANSWER_MS)
}

const DECISION_NAMES = {
  wait: 'waits',
  replace: 'replaced',
  retryGlobal: 'retriesGlobal',
  retrySession: 'retriesSession',
  resetSession: 'resetSessions',
  open: undefined,
} as const

function countAtEnd({ tally, ledger, allHosts, network }: Stage): void {
  tally.deliveredAnew = ledger.deliveredAnewCount
  for (const { isBroken, plan, hasStalled } of network.links) {
    if (isBroken) tally.cuts++
    if (hasStalled) tally.stalls++
    if (isBroken && Math.max(plan.noticeMs.dialler, plan.noticeMs.acceptor) >= 500) tally.halfOpens++
  }
  for (const conversation of allHosts.flatMap((host) => host.conversations)) {
    tally.heldBack += conversation.heldBackCount
    tally.lostWhileHeldBack += conversation.lostWhileHeldBackCount
    if (conversation.session.keepalives.lastAnsweredMs !== undefined) tally.keepalivesAnswered++
    for (const decision of conversation.decisions) {
      const name = DECISION_NAMES[decision]
      if (name !== undefined) tally[name]++
    }
  }
}
