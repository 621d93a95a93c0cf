import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchResult } from './bench-result.ts'
import { BASELINE } from './echo-subjects.ts'
import { BenchError } from './errors.ts'
import { forkEnds } from './fork-ends.ts'
import { takeIdleRounds, type IdlePlan, type IdleSeries } from './idle-rounds.ts'
import { openFileProblem } from './open-file-limit.ts'
import { hundredths, renderPlainTable, spreadCells, thousands } from './plain-table.ts'
import { spreadOf, spreadOfRatios } from './spread.ts'
import { SuiteBook } from './suite-book.ts'
import type { Suite } from './suite.ts'

const SUITE = 'idle'
/** A client of zeromq would need two files for each connection, which is more than most machines allow. */
const SUBJECTS = ['c-epoll', 'node-net', 'async-messenger', 'simple-messenger', 'ws']
const FULL: IdlePlan = { connectionCount: 10_000, roundCount: 5, keepaliveCount: 12, keepaliveIntervalMs: 5000 }
const QUICK: IdlePlan = { connectionCount: 1000, roundCount: 2, keepaliveCount: 3, keepaliveIntervalMs: 1000 }
const HEAD = ['case', 'subject', 'KB/connection', 'min…max', '× node-net', 'min…max', 'bytes more after keepalives']

/** What a connection takes of a server's memory while nothing happens, and what a minute of keepalives adds. */
export const idleSuite: Suite = {
  name: SUITE,
  run: async (stage) => {
    await stage.preparePeers()
    const plan = stage.isQuick ? QUICK : FULL
    const problem = openFileProblem(plan.connectionCount)
    if (problem !== undefined) throw new BenchError('ERR_BENCH_UNAVAILABLE', problem)
    stage.progress.begin(SUBJECTS.length * plan.roundCount + plan.keepaliveCount)
    const outcome = await takeIdleRounds(SUBJECTS, plan, {
      // A server can collect its garbage when it is asked for its memory.
      open: (subject) => forkEnds(subject, ['--expose-gc']),
      tell: (text) => stage.progress.step(`${SUITE}, ${text}`),
      wait: sleep,
    }).finally(() => stage.progress.clear())
    const caseName = `${plan.connectionCount}-connections`
    const results = idleResults(caseName, outcome.series)
    stage.print(renderIdleTable(results))
    const book = new SuiteBook(SUITE)
    book.enter(caseName, outcome)
    return { results, leftOut: book.leftOut, failures: book.failures }
  },
}

function idleResults(caseName: string, series: readonly IdleSeries[]): readonly BenchResult[] {
  const baseline = series.find(({ subject }) => subject === BASELINE)
  return series.flatMap(({ subject, rssBytesPerConnection, growthBytesPerConnection }) => {
    const common = { suite: SUITE, case: caseName, subject, ratioToBestPeer: undefined }
    const ratioToNodeNet = baseline && spreadOfRatios(rssBytesPerConnection, baseline.rssBytesPerConnection)
    return [
      {
        ...{ ...common, metric: 'rss_bytes_per_connection', values: spreadOf(rssBytesPerConnection) },
        ...{ roundCount: rssBytesPerConnection.length, ratioToNodeNet },
      },
      {
        ...{ ...common, metric: 'rss_growth_bytes_per_connection', values: spreadOf([growthBytesPerConnection]) },
        ...{ roundCount: 1, ratioToNodeNet: undefined },
      },
    ]
  })
}

function renderIdleTable(results: readonly BenchResult[]): string {
  const memory = results.filter(({ metric }) => metric === 'rss_bytes_per_connection')
  const rows = memory.map(({ subject, values, ratioToNodeNet }) => {
    const growth = results.find((other) => other.subject === subject && other.metric !== 'rss_bytes_per_connection')
    return [
      subject,
      ...spreadCells(values, thousands),
      ...spreadCells(ratioToNodeNet, hundredths, '–'),
      growth === undefined ? '–' : growth.values.median.toFixed(0),
    ]
  })
  return renderPlainTable(HEAD, [{ title: memory[0]?.case ?? '', rows }])
}
