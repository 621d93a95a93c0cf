import type { EchoClientProtocol } from './echo-client.ts'
import { builtModule, ForkedChild } from './forked-child.ts'
import type { PingFloodProtocol } from './ping-flood.ts'
import { turnSteps } from './progress.ts'
import { SuiteBook } from './suite-book.ts'
import type { Suite } from './suite.ts'
import {
  handOverContestant,
  ordinaryEchoContestant,
  pingFloodContestant,
  type ThreadsContestant,
  type ThreadsFloodLoad,
  type ThreadsLoad,
} from './threads-contestants.ts'
import { renderThreadsTable, threadsCurves, threadsResults, type ThreadsSeries } from './threads-results.ts'
import type { ThreadsServerProtocol } from './threads-server.ts'
import { takeTurns, type TurnsPlan } from './turns.ts'

const SUITE = 'threads'
const FULL: TurnsPlan = { roundCount: 5, settleMs: 2000, warmUpMs: 100, measureMs: 500 }
const QUICK: TurnsPlan = { roundCount: 2, settleMs: 400, warmUpMs: 50, measureMs: 150 }

const INLINE = 'async-messenger'
const onThreads = (count: number): string => `${INLINE}-threads-${count}`

const LARGE: ThreadsLoad = { payloadBytes: 4096, connectionCount: 8, depth: 64 }
const SINGLE: ThreadsLoad = { payloadBytes: 64, connectionCount: 1, depth: 1 }
const SMALL: ThreadsLoad = { payloadBytes: 64, connectionCount: 1, depth: 64 }
const PINGS: ThreadsFloodLoad = { connectionCount: 8, depth: 64 }

/** What is compared in one case. */
interface ThreadsCase {
  readonly name: string
  /** The subject that the others are compared with. */
  readonly reference: string | undefined
  readonly contestants: () => readonly ThreadsContestant[]
}

const CASES: readonly ThreadsCase[] = [
  {
    name: '4KiB-d64-c8',
    reference: INLINE,
    contestants: () => [0, 1, 2].map((opThreads) => ordinaryEchoContestant(echoEnds(opThreads), LARGE)),
  },
  {
    name: 'pings-d64-c8',
    reference: onThreads(1),
    contestants: () => [1, 2].map((opThreads) => pingFloodContestant(pingEnds(opThreads), PINGS)),
  },
  {
    name: 'hand-over-64B-d1',
    reference: undefined,
    contestants: () => [handOverContestant(echoEnds(1), SINGLE)],
  },
  {
    name: 'hand-over-64B-d64',
    reference: undefined,
    contestants: () => [handOverContestant(echoEnds(1), SMALL)],
  },
]

/** What threads of its own spare a messenger's thread, what they add up to, and what it takes to cross between them. */
export const threadsSuite: Suite = {
  name: SUITE,
  run: async (stage) => {
    const plan = stage.isQuick ? QUICK : FULL
    const series: ThreadsSeries[] = []
    const book = new SuiteBook(SUITE)
    stage.progress.begin(7 * (plan.roundCount + 1))
    try {
      for (const { name, reference, contestants } of CASES) {
        const running = contestants()
        const present = running.filter(({ subject }) => !book.lacks(subject))
        const tell = turnSteps(stage.progress, `${SUITE} ${name}`, plan)
        const turns = await takeTurns(name, present, plan, tell).finally(() => stopAll(running))
        series.push(...turns.series.map((found) => ({ ...found, reference })))
        book.enter(name, turns)
      }
    } finally {
      stage.progress.clear()
    }
    const results = threadsResults(SUITE, series)
    stage.print(renderThreadsTable(results))
    return { results, leftOut: book.leftOut, failures: book.failures, latencies: threadsCurves(SUITE, series) }
  },
}

async function stopAll(contestants: readonly ThreadsContestant[]): Promise<void> {
  await Promise.all(contestants.map((contestant) => contestant.stop()))
}

interface Server {
  readonly subject: string
  readonly opThreads: number
  readonly server: ForkedChild<ThreadsServerProtocol>
}

function serverWith(opThreads: number): Server {
  const subject = opThreads === 0 ? INLINE : onThreads(opThreads)
  const server = new ForkedChild<ThreadsServerProtocol>(`server of ${subject}`, builtModule('threads-server-process'))
  return { subject, opThreads, server }
}

function echoEnds(opThreads: number): Server & { readonly client: ForkedChild<EchoClientProtocol> } {
  const ends = serverWith(opThreads)
  const client = new ForkedChild<EchoClientProtocol>(`client of ${ends.subject}`, builtModule('echo-client-process'))
  return { ...ends, client }
}

function pingEnds(opThreads: number): Server & { readonly client: ForkedChild<PingFloodProtocol> } {
  const ends = serverWith(opThreads)
  const client = new ForkedChild<PingFloodProtocol>(`client of ${ends.subject}`, builtModule('ping-flood-process'))
  return { ...ends, client }
}
