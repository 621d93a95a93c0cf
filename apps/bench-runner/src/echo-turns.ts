import type { EchoCase } from './echo-case.ts'
import type { EchoSeries } from './echo-results.ts'
import type { RunLength } from './closed-loop.ts'
import { runEchoRound, type EchoFigures, type EchoPair, type EchoTiming } from './echo-round.ts'

/**
 * How many messages are under way in the round that does not count, whatever the case: it is for the compilers, which
 * need to see many messages and do not mind how they come.
 */
const WARM_UP_DEPTH = 64

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
  try {
    for (let round = 0; round <= plan.roundCount; round++) {
      const isWarmUp = round === 0
      const roundCase = isWarmUp ? { ...echoCase, depth: WARM_UP_DEPTH } : echoCase
      const timing = isWarmUp ? { ...plan, measure: plan.compile } : plan
      for (const { subject, ends, rounds } of contestants) {
        if (unavailable.has(subject)) continue
        stage.tell(round, subject)
        const figures = await runEchoRound(ends, subject, roundCase, timing)
        if ('unavailable' in figures) unavailable.set(subject, figures.unavailable)
        else if (!isWarmUp) rounds.push(figures)
      }
    }
  } finally {
    await Promise.all(contestants.map(({ ends }) => ends.stop()))
  }
  const present = contestants.filter(({ subject }) => !unavailable.has(subject))
  return { series: present.map(({ subject, rounds }) => ({ case: echoCase.name, subject, rounds })), unavailable }
}
