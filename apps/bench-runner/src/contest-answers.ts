import { measure } from 'mitata'
import type { Answers } from './asked.ts'
import type { Contest, Contestant } from './contest.ts'
import { isUnavailable } from './is-unavailable.ts'

/** Which work, and whose. */
export interface EnterArgument {
  readonly contest: string
  readonly case: string
  readonly subject: string
}

/** What a contestant has to show, or why there is none on this machine. */
export type Entered = { readonly proof: Readonly<Record<string, string | number>> } | { readonly unavailable: string }

/** What a process with a contestant can be asked. */
export interface ContestProtocol {
  readonly enter: { readonly argument: EnterArgument; readonly answer: Entered }
  /** Operates for so long and tells how many nanoseconds of the processor one operation takes. */
  readonly measure: { readonly argument: { readonly cpuMs: number }; readonly answer: number }
  readonly leave: { readonly argument: null; readonly answer: null }
}

/** Long enough that to look at the clock costs nothing in comparison. */
const STEP_NANOS = 200_000
const NANOS_PER_MS = 1e6
const MIN_STEP_COUNT = 12

/** The answers; one contestant at a time. */
export function contestAnswers(contests: readonly Contest[]): Answers<ContestProtocol> {
  let work: { readonly contestant: Contestant; operationsPerStep: number } | undefined
  return {
    enter: async (wanted) => {
      try {
        const contestant = await enter(contests, wanted)
        work = { contestant, operationsPerStep: 1 }
        return { proof: contestant.prove() }
      } catch (error) {
        if (isUnavailable(error)) return { unavailable: error.message }
        throw error
      }
    },
    measure: async ({ cpuMs }) => {
      if (work === undefined) throw new Error('measure: enter comes first')
      const { contestant } = work
      const count = countFor(contestant, work.operationsPerStep)
      work.operationsPerStep = count
      const step = (): unknown => repeat(contestant, count)
      const limits = { min_cpu_time: cpuMs * NANOS_PER_MS, min_samples: MIN_STEP_COUNT }
      const { avg } = await measure(step, { ...limits, now: cpuNanos, batch_threshold: 0, gc: collectGarbage })
      return avg / count
    },
    leave: () => {
      work?.contestant.close?.()
      work = undefined
      return Promise.resolve(null)
    },
  }
}

function enter(contests: readonly Contest[], wanted: EnterArgument): Contestant | Promise<Contestant> {
  const contest = contests.find(({ name }) => name === wanted.contest)
  const subject = contest?.cases.find(({ name }) => name === wanted.case)?.subjects[wanted.subject]
  if (subject === undefined) throw new Error(`there is no ${wanted.subject} in ${wanted.contest} ${wanted.case}`)
  return subject()
}

/** What the last operation came to: if nobody kept it, the compiler might find that nobody needs it. */
let kept: unknown

function repeat(contestant: Contestant, count: number): unknown {
  for (let index = 0; index < count; index++) kept = contestant.operate()
  return kept
}

/** How many operations fill a step, by doubling. Starts where the last one ended, since code only gets faster. */
function countFor(contestant: Contestant, from: number): number {
  for (let count = from; ; count *= 2) {
    const before = cpuNanos()
    repeat(contestant, count)
    if (cpuNanos() - before >= STEP_NANOS) return count
  }
}

/** If Node was started so that it can be asked for. */
function collectGarbage(): void {
  globalThis.gc?.()
}

/** Time that this process has had a processor, so that others on the same machine count for little. */
function cpuNanos(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
