import type { EchoCase } from './echo-case.ts'
import { EchoContestant, type EchoFigures } from './echo-contestant.ts'
import type { EchoEnds } from './echo-ends.ts'
import { echoResults, latencyCurves } from './echo-results.ts'
import { renderEchoTable } from './echo-table.ts'
import { forkEnds } from './fork-ends.ts'
import { openFileProblem } from './open-file-limit.ts'
import { turnSteps } from './progress.ts'
import { SuiteBook } from './suite-book.ts'
import type { Suite } from './suite.ts'
import { takeTurns, type TurnsPlan, type TurnsSeries } from './turns.ts'

/** Cases of echoes, and who takes part. */
export interface LoadSuiteOptions {
  readonly name: string
  readonly cases: readonly EchoCase[]
  /** Those of them that a hurried run has. */
  readonly quickCases: readonly EchoCase[]
  readonly subjects: readonly string[]
  /** What is not as usual in a run that is not hurried. */
  readonly plan?: Partial<TurnsPlan>
}

const FULL: TurnsPlan = { roundCount: 5, settleMs: 3000, warmUpMs: 100, measureMs: 400 }
const QUICK: TurnsPlan = { roundCount: 2, settleMs: 300, warmUpMs: 20, measureMs: 100 }

/** Messages and their replies between two processes, over each subject in turn, case by case. */
export function loadSuite(options: LoadSuiteOptions): Suite {
  const { name, subjects } = options
  return {
    name,
    run: async (stage) => {
      await stage.preparePeers()
      const plan = stage.isQuick ? QUICK : { ...FULL, ...options.plan }
      const cases = stage.isQuick ? options.quickCases : options.cases
      stage.progress.begin(cases.length * subjects.length * (plan.roundCount + 1))
      const pool = new EndsPool(stage.isQuick)
      const book = new SuiteBook(name)
      const series: TurnsSeries<EchoFigures>[] = []
      try {
        for (const echoCase of cases) {
          const problem = openFileProblem(echoCase.connectionCount)
          if (problem !== undefined) {
            book.fail(echoCase.name, problem)
            continue
          }
          const present = subjects.filter((subject) => !book.lacks(subject))
          const contestants = present.map((subject) => {
            return new EchoContestant(subject, pool.open(subject), echoCase, plan)
          })
          const tell = turnSteps(stage.progress, `${name} ${echoCase.name}`, plan)
          const turns = await takeTurns(echoCase.name, contestants, plan, tell)
          series.push(...turns.series)
          book.enter(echoCase.name, turns)
          await pool.endCase(turns.failed)
        }
      } finally {
        await pool.stop()
        stage.progress.clear()
      }
      const results = echoResults(name, series)
      stage.print(renderEchoTable(results))
      return { results, leftOut: book.leftOut, failures: book.failures, latencies: latencyCurves(name, series) }
    },
  }
}

/**
 * The processes of the subjects: fresh ones for each case, since no case should find what another has compiled. In a
 * hurry each subject keeps its own.
 */
class EndsPool {
  readonly #isShared: boolean
  readonly #running = new Map<string, EchoEnds>()

  constructor(isShared: boolean) {
    this.#isShared = isShared
  }

  open(subject: string): EchoEnds {
    const ends = this.#running.get(subject) ?? forkEnds(subject)
    this.#running.set(subject, ends)
    return ends
  }

  /** Nobody is to find those that failed in whatever state they are. */
  async endCase(failed: ReadonlyMap<string, string>): Promise<void> {
    for (const subject of this.#running.keys()) {
      if (!this.#isShared || failed.has(subject)) await this.#stop(subject)
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((subject) => this.#stop(subject)))
  }

  async #stop(subject: string): Promise<void> {
    await this.#running.get(subject)?.stop()
    this.#running.delete(subject)
  }
}
