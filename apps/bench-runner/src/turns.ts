import { BenchError } from './errors.ts'

/** Why something is not to be had on this machine. */
export interface Unavailable {
  readonly unavailable: string
}

/** One who takes turns with others. */
export interface Contestant<Found> {
  readonly subject: string
  /** Makes ready all that it works with, for all its turns. Resolves with the reason if it is not to be had. */
  open(): Promise<Unavailable | undefined>
  /** Works for so long, and tells what it has found. */
  run(durationMs: number): Promise<Found>
  /** Gives back what was opened. One that failed is not asked to. */
  close(): Promise<void>
}

/** How often and for how long. */
export interface TurnsPlan {
  readonly roundCount: number
  /** The turn that does not count, when all is new: for the compilers. */
  readonly settleMs: number
  /** The beginning of each other turn, which does not count either: for the caches. 0: it has none. */
  readonly warmUpMs: number
  readonly measureMs: number
}

/** All that one has found in a case. */
export interface TurnsSeries<Found> {
  readonly case: string
  readonly subject: string
  readonly rounds: readonly Found[]
}

/** Who has found nothing. */
export interface WithoutFigures {
  /** Subjects that this machine has not, and why. */
  readonly unavailable: ReadonlyMap<string, string>
  /** Subjects that lost or mixed up something, or broke down, and how: they give no figures. */
  readonly failed: ReadonlyMap<string, string>
}

/** What all have found. */
export interface Turns<Found> extends WithoutFigures {
  readonly series: readonly TurnsSeries<Found>[]
}

/**
 * Lets contestants take turns, A B C A B C …, so that whatever slows the machine for a while slows all of them. What
 * they have opened stays open between their turns, and has nothing to do: what V8 has compiled for one connection it
 * often compiles again for the next, and threads take what was compiled on them along when they end. Throws what is no
 * `BenchError`; then nothing was closed.
 */
export async function takeTurns<Found>(
  caseName: string,
  contestants: readonly Contestant<Found>[],
  plan: TurnsPlan,
  tell: (round: number, subject: string) => void,
): Promise<Turns<Found>> {
  const unavailable = new Map<string, string>()
  const failed = new Map<string, string>()
  const isPresent = (subject: string): boolean => !unavailable.has(subject) && !failed.has(subject)
  const entrants = contestants.map((contestant) => ({ contestant, rounds: [] as Found[] }))
  for (let round = 0; round <= plan.roundCount; round++) {
    for (const { contestant, rounds } of entrants) {
      const { subject } = contestant
      if (!isPresent(subject)) continue
      tell(round, subject)
      const outcome = await takeTurn(contestant, round, plan).catch(asFailure)
      if ('unavailable' in outcome) unavailable.set(subject, outcome.unavailable)
      else if ('failure' in outcome) failed.set(subject, outcome.failure)
      else if (round > 0) rounds.push(outcome.found)
    }
  }
  for (const { contestant } of entrants.filter(({ contestant: { subject } }) => isPresent(subject))) {
    const failure = await contestant.close().catch(asFailure)
    if (failure !== undefined) failed.set(contestant.subject, failure.failure)
  }
  const present = entrants.filter(({ contestant: { subject } }) => isPresent(subject))
  const series = present.map(({ contestant: { subject }, rounds }) => ({ case: caseName, subject, rounds }))
  return { series, unavailable, failed }
}

/** What went wrong, if that is a matter of the subject. Throws any other error. */
export function asFailure(error: unknown): { readonly failure: string } {
  if (error instanceof BenchError) return { failure: error.message }
  throw error
}

async function takeTurn<Found>(
  contestant: Contestant<Found>,
  round: number,
  { settleMs, warmUpMs, measureMs }: TurnsPlan,
): Promise<Unavailable | { readonly found: Found }> {
  if (round === 0) return (await contestant.open()) ?? { found: await contestant.run(settleMs) }
  if (warmUpMs > 0) await contestant.run(warmUpMs)
  return { found: await contestant.run(measureMs) }
}
