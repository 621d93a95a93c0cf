import { cEpollEnds } from './c-epoll-ends.ts'
import type { EchoCase } from './echo-case.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import { echoResults, type EchoSeries } from './echo-results.ts'
import type { EchoServerProtocol } from './echo-server.ts'
import { C_EPOLL, isPeer } from './echo-subjects.ts'
import { renderEchoTable } from './echo-table.ts'
import { takeTurns, type EchoEnds, type EchoPlan } from './echo-turns.ts'
import { builtModule, ForkedChild } from './forked-child.ts'
import type { LeftOut, Suite } from './suite.ts'

/** Cases of echoes, and who takes part. */
export interface LoadSuiteOptions {
  readonly name: string
  readonly cases: readonly EchoCase[]
  /** Those of them that a hurried run has. */
  readonly quickCases: readonly EchoCase[]
  readonly subjects: readonly string[]
}

// What the compilers get is a number of messages; the time is for a machine that has little to give.
const FULL: EchoPlan = {
  roundCount: 5,
  compile: { messageCount: 20_000, durationMs: 8000 },
  warmUp: { durationMs: 50 },
  measure: { durationMs: 250 },
}
const QUICK: EchoPlan = {
  roundCount: 2,
  compile: { messageCount: 10_000, durationMs: 1000 },
  warmUp: { durationMs: 30 },
  measure: { durationMs: 100 },
}

/** Messages and their replies between two processes, over each subject in turn, case by case. */
export function loadSuite({ name, cases, quickCases, subjects }: LoadSuiteOptions): Suite {
  return {
    name,
    run: async (stage) => {
      await stage.preparePeers()
      const plan = stage.isQuick ? QUICK : FULL
      const played = stage.isQuick ? quickCases : cases
      stage.progress.begin(played.length * subjects.length * (plan.roundCount + 1))
      const pool = new EndsPool(stage.isQuick)
      const series: EchoSeries[] = []
      const leftOut: LeftOut[] = []
      const failures: string[] = []
      try {
        for (const echoCase of played) {
          const isLeftOut = (subject: string): boolean => leftOut.some((other) => other.subject === subject)
          const turns = await takeTurns(
            echoCase,
            subjects.filter((subject) => !isLeftOut(subject)),
            plan,
            {
              open: (subject) => pool.open(subject),
              tell: (round, subject) => {
                stage.progress.step(`${name} ${echoCase.name}, round ${round} of ${plan.roundCount}: ${subject}`)
              },
            },
          )
          series.push(...turns.series)
          for (const [subject, reason] of turns.unavailable) leftOut.push({ suite: name, subject, reason })
          for (const [subject, reason] of turns.failed) {
            await pool.drop(subject)
            if (isPeer(subject)) leftOut.push({ suite: name, subject, reason: `${echoCase.name}: ${reason}` })
            else failures.push(`${name} ${echoCase.name}: ${reason}`)
          }
        }
      } finally {
        await pool.stop()
        stage.progress.clear()
      }
      const results = echoResults(name, series)
      stage.print(renderEchoTable(results))
      return { results, leftOut, failures }
    },
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
    if (!this.#isShared) return openEnds(subject)
    const kept = this.#kept.get(subject) ?? openEnds(subject)
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

function openEnds(subject: string): EchoEnds {
  if (subject === C_EPOLL) return cEpollEnds()
  const server = new ForkedChild<EchoServerProtocol>(`server of ${subject}`, builtModule('echo-server-process'))
  const client = new ForkedChild<EchoClientProtocol>(`client of ${subject}`, builtModule('echo-client-process'))
  return {
    server,
    client,
    stop: async () => {
      await Promise.all([client.stop(), server.stop()])
    },
  }
}
