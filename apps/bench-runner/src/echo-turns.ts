import type { EchoCase } from './echo-case.ts'
import type { EchoSeries } from './echo-results.ts'
import { beginsCold } from './echo-subjects.ts'
import { BenchError } from './errors.ts'
import type { RunLength } from './load.ts'
import { runEchoRound, type EchoFigures, type EchoPair, type EchoTiming } from './echo-round.ts'

/**
 * In the round that does not count so many small messages are under way, and no more bytes than that, whatever the
 * case: it is for the compilers, which need to see many messages and do not mind how they come.
 */
const WARM_UP_DEPTH = 64
const WARM_UP_BYTES = 0x8_0000
const MAX_WARM_UP_BYTES = 0x1000_0000

/** How often and for how long. */
export interface EchoPlan extends EchoTiming {
  readonly roundCount: number
  /** What is sent in the round that does not count. */
  readonly compile: RunLength
}

/** The two ends of one subject, for all its rounds of a case. */
export interface EchoEnds extends EchoPair {
  stop(): Promise<void>
}

/** What the subjects have found in one case. */
export interface EchoTurns {
  readonly series: readonly EchoSeries[]
  /** Subjects that this machine has not, and why. */
  readonly unavailable: ReadonlyMap<string, string>
  /** Subjects that lost or mixed up something, or broke down, and how: they give no figures. */
  readonly failed: ReadonlyMap<string, string>
}

/** Where the ends come from, and who wants to know whose turn it is. */
export interface EchoTurnsStage {
  open(subject: string): EchoEnds
  tell(round: number, subject: string): void
}

/**
 * Lets the subjects take turns, A B C A B C …, so that whatever slows the machine for a while slows all of them.
 * Between its turns a subject has no socket open. The first round of each does not count.
 */
export async function takeTurns(
  echoCase: EchoCase,
  subjects: readonly string[],
  plan: EchoPlan,
  stage: EchoTurnsStage,
): Promise<EchoTurns> {
  const contestants = subjects.map((subject) => ({ subject, ends: stage.open(subject), rounds: [] as EchoFigures[] }))
  const unavailable = new Map<string, string>()
  const failed = new Map<string, string>()
  try {
    for (let round = 0; round <= plan.roundCount; round++) {
      const isWarmUp = round === 0
      const roundCase = isWarmUp ? warmUpCase(echoCase) : echoCase
      const compile = warmUpLength(echoCase, plan.compile)
      for (const { subject, ends, rounds } of contestants) {
        if (unavailable.has(subject) || failed.has(subject)) continue
        stage.tell(round, subject)
        const timing = isWarmUp
          ? { ...plan, measure: compile }
          : beginsCold(subject)
            ? { ...plan, warmUp: compile }
            : plan
        const figures = await runEchoRound(ends, subject, roundCase, timing).catch(asFailure)
        if ('unavailable' in figures) unavailable.set(subject, figures.unavailable)
        else if ('failure' in figures) failed.set(subject, figures.failure)
        else if (!isWarmUp) rounds.push(figures)
      }
    }
  } finally {
    await Promise.all(contestants.map(({ ends }) => ends.stop()))
  }
  const present = contestants.filter(({ subject }) => !unavailable.has(subject) && !failed.has(subject))
  const series = present.map(({ subject, rounds }) => ({ case: echoCase.name, subject, rounds }))
  return { series, unavailable, failed }
}

/** What went wrong, if that is a matter of the subject. Throws any other error. */
export function asFailure(error: unknown): { readonly failure: string } {
  if (error instanceof BenchError) return { failure: error.message }
  throw error
}

function warmUpCase({ name, payloadBytes, connectionCount }: EchoCase): EchoCase {
  const underWay = Math.min(WARM_UP_DEPTH, Math.floor(WARM_UP_BYTES / payloadBytes))
  return { name, payloadBytes, connectionCount, depth: Math.max(Math.floor(underWay / connectionCount), 1) }
}

function warmUpLength({ payloadBytes }: EchoCase, { messageCount = Infinity, durationMs }: RunLength): RunLength {
  return { durationMs, messageCount: Math.min(messageCount, MAX_WARM_UP_BYTES / payloadBytes) }
}
