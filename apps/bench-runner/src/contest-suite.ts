import type { Contest } from './contest.ts'
import type { ContestProtocol } from './contest-answers.ts'
import { contestResults } from './contest-results.ts'
import { renderContestTable } from './contest-table.ts'
import { takeContestTurns, type ContestPlan, type ContestSeries } from './contest-turns.ts'
import { builtModule, ForkedChild } from './forked-child.ts'
import { turnSteps } from './progress.ts'
import { SuiteBook } from './suite-book.ts'
import type { Suite } from './suite.ts'

const FULL: ContestPlan = { roundCount: 5, warmUpCpuMs: 250, measureCpuMs: 100 }
const QUICK: ContestPlan = { roundCount: 2, warmUpCpuMs: 50, measureCpuMs: 20 }

/** A contest as a suite. */
export function contestSuite(contest: Contest): Suite {
  const { name, cases } = contest
  return {
    name,
    run: async (stage) => {
      await stage.preparePeers()
      const plan = stage.isQuick ? QUICK : FULL
      const series: ContestSeries[] = []
      const book = new SuiteBook(name)
      const turnCount = cases.reduce((sum, { subjects }) => sum + Object.keys(subjects).length, 0)
      stage.progress.begin(turnCount * (plan.roundCount + 1))
      try {
        for (const contestCase of cases) {
          const turns = await takeContestTurns(contest, contestCase, plan, {
            open: (subject) =>
              new ForkedChild<ContestProtocol>(subject, builtModule('contest-process'), { nodeFlags: ['--expose-gc'] }),
            tell: turnSteps(stage.progress, `${name} ${contestCase.name}`, plan),
          })
          series.push(...turns.series)
          for (const [subject, reason] of turns.unavailable) book.miss(subject, reason)
        }
      } finally {
        stage.progress.clear()
      }
      const results = contestResults(contest, series)
      stage.print(renderContestTable(results))
      return { results, leftOut: book.leftOut, failures: book.failures }
    },
  }
}
