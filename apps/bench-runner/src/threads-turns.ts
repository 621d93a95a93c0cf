import { asFailure } from './echo-turns.ts'

/** What one round has found: values by the names that the JSON has, which end with their units. */
export interface ThreadsFigures {
  readonly values: Readonly<Record<string, number>>
  /** For `LatencyDistribution`. */
  readonly latencies?: string
}

/** One way to run a server, in a process of its own, and somebody who keeps it busy, in another. */
export interface ThreadsContestant {
  readonly subject: string
  /** Starts the server and opens all connections, for all rounds. The answer is why there are none, or `undefined`. */
  open(): Promise<{ readonly unavailable: string } | undefined>
  run(durationMs: number): Promise<ThreadsFigures>
  stop(): Promise<void>
}

/** How often and for how long. */
export interface ThreadsPlan {
  readonly roundCount: number
  readonly compileMs: number
  readonly warmUpMs: number
  readonly measureMs: number
}

/** All rounds of one subject in one case. */
export interface ThreadsSeries {
  readonly case: string
  readonly subject: string
  /** The subject that this one is compared with. */
  readonly reference: string | undefined
  readonly rounds: readonly ThreadsFigures[]
}

export interface ThreadsTurns {
  readonly series: readonly ThreadsSeries[]
  /** Subjects that this machine has not, and why. */
  readonly unavailable: ReadonlyMap<string, string>
  /** Subjects that broke down, and how: they give no figures. */
  readonly failed: ReadonlyMap<string, string>
}

/** What is compared in one case. */
export interface ThreadsCase {
  readonly name: string
  readonly reference: string | undefined
  contestants(): readonly ThreadsContestant[]
}

/**
 * Lets contestants take turns, A B C A B C …, while the connections of the others are idle. They stay open, since what
 * lives on a thread ends with it: also what was compiled there. The first round of each does not count, nor does the
 * beginning of any other.
 */
export async function takeThreadsTurns(
  threadsCase: ThreadsCase,
  plan: ThreadsPlan,
  tell: (round: number, subject: string) => void,
): Promise<ThreadsTurns> {
  const { name, reference } = threadsCase
  const unavailable = new Map<string, string>()
  const failed = new Map<string, string>()
  const contestants = threadsCase.contestants().map((contestant) => ({ contestant, rounds: [] as ThreadsFigures[] }))
  try {
    for (let round = 0; round <= plan.roundCount; round++) {
      for (const { contestant, rounds } of contestants) {
        const { subject } = contestant
        if (unavailable.has(subject) || failed.has(subject)) continue
        tell(round, subject)
        const found = await takeTurn(contestant, round, plan).catch(asFailure)
        if ('unavailable' in found) unavailable.set(subject, found.unavailable)
        else if ('failure' in found) failed.set(subject, found.failure)
        else if (round > 0) rounds.push(found)
      }
    }
  } finally {
    await Promise.all(contestants.map(({ contestant }) => contestant.stop()))
  }
  const present = contestants.filter(({ contestant: { subject } }) => !unavailable.has(subject) && !failed.has(subject))
  const series = present.map(({ contestant: { subject }, rounds }) => ({ case: name, subject, reference, rounds }))
  return { series, unavailable, failed }
}

async function takeTurn(
  contestant: ThreadsContestant,
  round: number,
  plan: ThreadsPlan,
): Promise<ThreadsFigures | { readonly unavailable: string }> {
  if (round > 0) {
    await contestant.run(plan.warmUpMs)
    return await contestant.run(plan.measureMs)
  }
  const missing = await contestant.open()
  return missing ?? (await contestant.run(plan.compileMs))
}
