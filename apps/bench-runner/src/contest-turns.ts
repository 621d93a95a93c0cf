import type { Asked } from './asked.ts'
import type { Contest, ContestCase } from './contest.ts'
import type { ContestProtocol } from './contest-answers.ts'
import { BenchError } from './errors.ts'

/** How often and for how long. */
export interface ContestPlan {
  readonly roundCount: number
  /** How long a contestant works in the round that does not count: for the compilers. */
  readonly warmUpCpuMs: number
  readonly measureCpuMs: number
}

/** A contestant's process. */
export interface ContestPlace extends Asked<ContestProtocol> {
  stop(): Promise<void>
}

/** Where processes come from, and who wants to know whose turn it is. */
export interface ContestStage {
  open(subject: string): ContestPlace
  tell(round: number, subject: string): void
}

/** What one contestant has found: operations per second of processor time, a round each. */
export interface ContestSeries {
  readonly case: ContestCase
  readonly subject: string
  readonly rates: readonly number[]
}

/** What all have found in one case. */
export interface ContestTurns {
  readonly series: readonly ContestSeries[]
  /** Subjects that this machine has not, and why. */
  readonly unavailable: ReadonlyMap<string, string>
}

interface Entrant {
  readonly subject: string
  readonly place: ContestPlace
  readonly rates: number[]
}

/**
 * Lets the contestants of a case take turns, A B C A B C …, each in a process of its own, so that none is slowed by
 * code that was compiled for another. Throws `BenchError` if they do not agree on what the work comes to.
 */
export async function takeContestTurns(
  contest: Contest,
  contestCase: ContestCase,
  plan: ContestPlan,
  stage: ContestStage,
): Promise<ContestTurns> {
  const unavailable = new Map<string, string>()
  const opened: ContestPlace[] = []
  const entrants: Entrant[] = []
  const proofs = new ProofBook(`${contest.name} ${contestCase.name}`)
  try {
    for (const subject of Object.keys(contestCase.subjects)) {
      stage.tell(0, subject)
      const place = stage.open(subject)
      opened.push(place)
      const entered = await place.ask('enter', { contest: contest.name, case: contestCase.name, subject })
      if ('unavailable' in entered) {
        unavailable.set(subject, entered.unavailable)
        continue
      }
      proofs.compare(subject, entered.proof)
      await place.ask('measure', { cpuMs: plan.warmUpCpuMs })
      entrants.push({ subject, place, rates: [] })
    }
    for (let round = 1; round <= plan.roundCount; round++) {
      for (const { subject, place, rates } of entrants) {
        stage.tell(round, subject)
        rates.push(1e9 / (await place.ask('measure', { cpuMs: plan.measureCpuMs })))
      }
    }
    for (const { place } of entrants) await place.ask('leave', null)
  } finally {
    await Promise.all(opened.map((place) => place.stop()))
  }
  return { series: entrants.map(({ subject, rates }) => ({ case: contestCase, subject, rates })), unavailable }
}

/** What contestants have shown of their work so far. */
class ProofBook {
  readonly #title: string
  readonly #shown = new Map<string, { readonly by: string; readonly value: string | number }>()

  constructor(title: string) {
    this.#title = title
  }

  compare(subject: string, proof: Readonly<Record<string, string | number>>): void {
    for (const [what, value] of Object.entries(proof)) {
      const before = this.#shown.get(what)
      if (before === undefined) this.#shown.set(what, { by: subject, value })
      else if (before.value !== value) {
        const text = `${what}: expected ${before.value} as of ${before.by}, got ${value} from ${subject}`
        throw new BenchError('ERR_BENCH_REPLY', `${this.#title}: ${text}`)
      }
    }
  }
}
