import type { EchoCase } from './echo-case.ts'
import { echoResults, latencyCurves, type EchoSeries } from './echo-results.ts'
import { isPeer } from './echo-subjects.ts'
import { renderEchoTable } from './echo-table.ts'
import { takeTurns, type EchoEnds, type EchoPlan, type EchoTurns } from './echo-turns.ts'
import { forkEnds } from './fork-ends.ts'
import { openFileProblem } from './open-file-limit.ts'
import type { LeftOut, Suite } from './suite.ts'

/** Cases of echoes, and who takes part. */
export interface LoadSuiteOptions {
  readonly name: string
  readonly cases: readonly EchoCase[]
  /** Those of them that a hurried run has. */
  readonly quickCases: readonly EchoCase[]
  readonly subjects: readonly string[]
  /** How long a round counts, if not as long as is usual. */
  readonly measureMs?: number
}

// What the compilers get is a number of messages; the time is for a machine that has little to give.
const FULL: EchoPlan = {
  roundCount: 5,
  compile: { messageCount: 20_000, durationMs: 8000 },
  warmUp: { durationMs: 50, messageCount: 20_000 },
  measure: { durationMs: 250 },
}
const QUICK: EchoPlan = {
  roundCount: 2,
  compile: { messageCount: 5000, durationMs: 300 },
  warmUp: { durationMs: 20, messageCount: 10_000 },
  measure: { durationMs: 100 },
}

/** Messages and their replies between two processes, over each subject in turn, case by case. */
export function loadSuite(options: LoadSuiteOptions): Suite {
  const { name, subjects, measureMs = FULL.measure.durationMs } = options
  const full: EchoPlan = { ...FULL, measure: { durationMs: measureMs } }
  return {
    name,
    run: async (stage) => {
      await stage.preparePeers()
      const plan = stage.isQuick ? QUICK : full
      const cases = stage.isQuick ? options.quickCases : options.cases
      stage.progress.begin(cases.length * subjects.length * (plan.roundCount + 1))
      const pool = new EndsPool(stage.isQuick)
      const book = new LoadBook(name)
      try {
        for (const echoCase of cases) {
          const present = book.presentAt(echoCase, subjects)
          const turns = await takeTurns(echoCase, present, plan, {
            open: (subject) => pool.open(subject),
            tell: (round, subject) => {
              stage.progress.step(`${name} ${echoCase.name}, round ${round} of ${plan.roundCount}: ${subject}`)
            },
          })
          book.enter(echoCase, turns)
          for (const subject of turns.failed.keys()) await pool.drop(subject)
        }
      } finally {
        await pool.stop()
        stage.progress.clear()
      }
      const results = echoResults(name, book.series)
      stage.print(renderEchoTable(results))
      return { results, leftOut: book.leftOut, failures: book.failures, latencies: latencyCurves(name, book.series) }
    },
  }
}

/** What was found so far, and what went wrong. */
class LoadBook {
  readonly series: EchoSeries[] = []
  readonly leftOut: LeftOut[] = []
  readonly failures: string[] = []
  readonly #suite: string
  readonly #unavailable = new Set<string>()

  constructor(suite: string) {
    this.#suite = suite
  }

  /** Who takes part in a case: nobody, if there may not be so many connections. */
  presentAt(echoCase: EchoCase, subjects: readonly string[]): readonly string[] {
    const problem = openFileProblem(echoCase.connectionCount)
    if (problem === undefined) return subjects.filter((subject) => !this.#unavailable.has(subject))
    this.failures.push(`${this.#suite} ${echoCase.name}: ${problem}`)
    return []
  }

  enter(echoCase: EchoCase, { series, unavailable, failed }: EchoTurns): void {
    this.series.push(...series)
    for (const [subject, reason] of unavailable) {
      this.#unavailable.add(subject)
      this.leftOut.push({ suite: this.#suite, subject, reason })
    }
    for (const [subject, reason] of failed) {
      if (isPeer(subject)) this.leftOut.push({ suite: this.#suite, subject, reason: `${echoCase.name}: ${reason}` })
      else this.failures.push(`${this.#suite} ${echoCase.name}: ${reason}`)
    }
  }
}

/**
 * The processes of the subjects: fresh ones for each case, since no case should find what another has compiled. In a
 * hurry each subject keeps its own.
 */
class EndsPool {
  readonly #isShared: boolean
  readonly #kept = new Map<string, EchoEnds>()

  constructor(isShared: boolean) {
    this.#isShared = isShared
  }

  open(subject: string): EchoEnds {
    if (!this.#isShared) return forkEnds(subject)
    const kept = this.#kept.get(subject) ?? forkEnds(subject)
    this.#kept.set(subject, kept)
    return { ...kept, stop: () => Promise.resolve() }
  }

  /** Whatever state they are in, nobody is to find them in it. */
  async drop(subject: string): Promise<void> {
    const kept = this.#kept.get(subject)
    this.#kept.delete(subject)
    await kept?.stop()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#kept.values()].map((ends) => ends.stop()))
  }
}
