import { randomUUID } from 'node:crypto'
import { CephTarget, type PingingOsd } from './ceph-target.ts'
import { builtModule, ForkedChild } from './forked-child.ts'
import { isUnavailable } from './is-unavailable.ts'
import type { PingClientProtocol, PingServerProtocol } from './ping-answers.ts'
import { pingContestant, type PingAnswerer, type PingRound } from './ping-contestant.ts'
import { CEPH_OSD, pingResults, renderPingTable } from './ping-results.ts'
import { cpuMicrosOf } from './process-cpu.ts'
import { turnSteps } from './progress.ts'
import { SuiteBook } from './suite-book.ts'
import type { Suite } from './suite.ts'
import { takeTurns, type TurnsPlan, type TurnsSeries } from './turns.ts'

const SUITE = 'heartbeat'
/** The size of an OSD's pings by default, so that a path that drops large packets is noticed; and the least. */
const PADDINGS = [0, 2000]
// The processor time of the real OSD is known in steps of 10 ms: a round is many of them.
const FULL: TurnsPlan = { roundCount: 5, settleMs: 3000, warmUpMs: 100, measureMs: 1500 }
const QUICK: TurnsPlan = { roundCount: 2, settleMs: 300, warmUpMs: 100, measureMs: 400 }
/** Who pings where there is no real cluster, in the first epoch there is. */
const NOBODYS_CLUSTER: PingingOsd = { fsid: randomUUID(), osd: 1, upFrom: 1 }

/** Heartbeats answered per second of processor time: by a real OSD, and by the OSD of the demonstration. */
export const heartbeatSuite: Suite = {
  name: SUITE,
  run: async (stage) => {
    const plan = stage.isQuick ? QUICK : FULL
    const book = new SuiteBook(SUITE)
    stage.progress.begin(3 * PADDINGS.length * (plan.roundCount + 1) + 1)
    stage.progress.step(`${SUITE}: a real Ceph cluster boots`)
    const target = await CephTarget.boot().catch((error: unknown) => {
      if (!isUnavailable(error)) throw error
      book.miss(CEPH_OSD, error.message)
      return undefined
    })
    const answerers = [
      ...(target === undefined ? [] : [realOsd(target)]),
      ourOsd('async-messenger', 'async', target?.pinging ?? NOBODYS_CLUSTER, target),
      ourOsd('simple-messenger', 'simple', target?.pinging ?? NOBODYS_CLUSTER, target),
    ]
    const pinged = answerers.map((answerer) => ({ answerer, client: forkClient(answerer.subject) }))
    const series: TurnsSeries<PingRound>[] = []
    let present = pinged
    try {
      for (const padding of PADDINGS) {
        const name = `pad-${padding}`
        const contestants = present.map(({ answerer, client }) => pingContestant(answerer, client, padding))
        const turns = await takeTurns(name, contestants, plan, turnSteps(stage.progress, `${SUITE} ${name}`, plan))
        series.push(...turns.series)
        book.enter(name, turns)
        // Those that failed are not asked again, in whatever state they are.
        present = present.filter(({ answerer }) => turns.series.some(({ subject }) => subject === answerer.subject))
      }
    } finally {
      await Promise.all(pinged.flatMap(({ answerer, client }) => [client.stop(), answerer.stop()]))
      await target?.stop()
      stage.progress.clear()
    }
    const results = pingResults(SUITE, series)
    stage.print(renderPingTable(results))
    return { results, leftOut: book.leftOut, failures: book.failures }
  },
}

interface StoppableAnswerer extends PingAnswerer {
  stop(): Promise<void>
}

function forkClient(subject: string): ForkedChild<PingClientProtocol> {
  return new ForkedChild<PingClientProtocol>(`client of ${subject}`, builtModule('ping-client-process'))
}

function realOsd(target: CephTarget): StoppableAnswerer {
  return {
    subject: CEPH_OSD,
    open: async (padding) => {
      const mapEpoch = await target.pad(padding)
      return { pinging: target.pinging, address: target.address, mapEpoch, padding }
    },
    cpuMicros: () => Promise.resolve(cpuMicrosOf(target.pid)),
    close: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  }
}

/** The same cluster, as far as pings tell, so that there is the same to read and to write. */
function ourOsd(
  subject: string,
  messenger: 'async' | 'simple',
  pinging: PingingOsd,
  target: CephTarget | undefined,
): StoppableAnswerer {
  const server = new ForkedChild<PingServerProtocol>(`server of ${subject}`, builtModule('ping-server-process'))
  return {
    subject,
    open: async (padding) => {
      const mapEpoch = (await target?.pad(padding)) ?? 1
      const listening = await server.ask('listen', { messenger, fsid: pinging.fsid, mapEpoch, padding })
      return 'unavailable' in listening ? listening : { pinging, address: listening.address, mapEpoch, padding }
    },
    cpuMicros: async () => cpuMicrosOf(await server.ask('pid', null)),
    close: async () => {
      await server.ask('close', null)
    },
    stop: () => server.stop(),
  }
}
