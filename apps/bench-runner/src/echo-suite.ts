import { fileURLToPath } from 'node:url'
import { cEpollEnds } from './c-epoll-ends.ts'
import { echoCases } from './echo-case.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import { echoResults, type EchoSeries } from './echo-results.ts'
import type { EchoServerProtocol } from './echo-server.ts'
import { C_EPOLL, echoSubjectNames } from './echo-subjects.ts'
import { renderEchoTable } from './echo-table.ts'
import { takeTurns, type EchoEnds, type EchoPlan } from './echo-turns.ts'
import { ForkedChild } from './forked-child.ts'
import type { LeftOut, Suite } from './suite.ts'

const SUITE = 'echo'
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

/** A closed loop of messages and their replies between two processes, over each subject in turn, case by case. */
export const echoSuite: Suite = {
  name: SUITE,
  run: async (stage) => {
    const plan = stage.isQuick ? QUICK : FULL
    const cases = stage.isQuick ? echoCases.filter(({ ratePerSecond }) => ratePerSecond === undefined) : echoCases
    const pool = new EndsPool(stage.isQuick)
    const series: EchoSeries[] = []
    const leftOut: LeftOut[] = []
    for (const echoCase of cases) {
      const isLeftOut = (name: string): boolean => leftOut.some(({ subject }) => subject === name)
      const subjects = echoSubjectNames.filter((name) => !isLeftOut(name))
      const turns = await takeTurns(echoCase, subjects, plan, {
        open: (subject) => pool.open(subject),
        tell: (round, subject) => {
          stage.progress.show(`${SUITE} ${echoCase.name}, round ${round} of ${plan.roundCount}: ${subject}`)
        },
      }).finally(() => stage.progress.clear())
      series.push(...turns.series)
      for (const [subject, reason] of turns.unavailable) leftOut.push({ suite: SUITE, subject, reason })
    }
    await pool.stop()
    const results = echoResults(SUITE, series)
    stage.print(renderEchoTable(results))
    return { results, leftOut }
  },
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

/** Where the build puts an entry: beside the one that runs. */
function builtModule(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url))
}
