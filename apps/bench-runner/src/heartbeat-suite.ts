import { randomUUID } from 'node:crypto'
import { CephTarget, type PingingOsd } from './ceph-target.ts'
import { builtModule, ForkedChild } from './forked-child.ts'
import { isUnavailable } from './is-unavailable.ts'
import type { PingClientProtocol, PingServerProtocol } from './ping-answers.ts'
import { CEPH_OSD, pingResults, renderPingTable } from './ping-results.ts'
import { takePingTurns, type PingAnswerer, type PingPlan, type PingSeries } from './ping-turns.ts'
import { cpuMicrosOf } from './process-cpu.ts'
import type { LeftOut, Suite } from './suite.ts'

const SUITE = 'heartbeat'
/** The size of an OSD's pings by default, so that a path that drops large packets is noticed; and the least. */
const PADDINGS = [0, 2000]
// The processor time of the real OSD is known in steps of 10 ms: a round is many of them.
const FULL: PingPlan = { roundCount: 5, compileMs: 1000, warmUpMs: 200, measureMs: 1500 }
const QUICK: PingPlan = { roundCount: 2, compileMs: 300, warmUpMs: 100, measureMs: 400 }
/** Who pings where there is no real cluster, in the first epoch there is. */
const NOBODYS_CLUSTER: PingingOsd = { fsid: randomUUID(), osd: 1, upFrom: 1 }

/** Heartbeats answered per second of processor time: by a real OSD, and by the OSD of the demonstration. */
export const heartbeatSuite: Suite = {
  name: SUITE,
  run: async (stage) => {
    const plan = stage.isQuick ? QUICK : FULL
    const leftOut: LeftOut[] = []
    stage.progress.begin(3 * PADDINGS.length * (plan.roundCount + 1) + 1)
    stage.progress.step(`${SUITE}: a real Ceph cluster boots`)
    const target = await CephTarget.boot().catch((error: unknown) => {
      if (!isUnavailable(error)) throw error
      leftOut.push({ suite: SUITE, subject: CEPH_OSD, reason: error.message })
      return undefined
    })
    const answerers = [
      ...(target === undefined ? [] : [realOsd(target)]),
      ourOsd('async-messenger', 'async', target?.pinging ?? NOBODYS_CLUSTER, target),
      ourOsd('simple-messenger', 'simple', target?.pinging ?? NOBODYS_CLUSTER, target),
    ]
    const clients = new Map(answerers.map(({ subject }) => [subject, forkClient(subject)]))
    const series: PingSeries[] = []
    try {
      for (const padding of PADDINGS) {
        const isLeftOut = (name: string): boolean => leftOut.some(({ subject }) => subject === name)
        const present = answerers.filter(({ subject }) => !isLeftOut(subject))
        const turns = await takePingTurns(padding, present, plan, {
          client: (subject) => clients.get(subject) ?? forkClient(subject),
          tell: (round, subject) => {
            stage.progress.step(`${SUITE} pad-${padding}, round ${round} of ${plan.roundCount}: ${subject}`)
          },
        })
        series.push(...turns.series)
        for (const [subject, reason] of turns.unavailable) leftOut.push({ suite: SUITE, subject, reason })
      }
    } finally {
      await Promise.all([...clients.values()].map((client) => client.stop()))
      await Promise.all(answerers.map((answerer) => answerer.stop()))
      await target?.stop()
      stage.progress.clear()
    }
    const results = pingResults(SUITE, series)
    stage.print(renderPingTable(results))
    return { results, leftOut, failures: [] }
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
