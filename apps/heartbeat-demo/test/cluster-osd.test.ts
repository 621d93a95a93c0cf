import { EntityAddr, EntityName, EntityType } from '@msgr/messenger'
import type { Connection } from '@msgr/messenger'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ClusterMap } from '../src/cluster-map.ts'
import { ClusterOsd, type ClusterOsdObserver } from '../src/cluster-osd.ts'
import { MBoot } from '../src/m-boot.ts'
import { MClusterMap } from '../src/m-cluster-map.ts'
import { MFailureReport, type FailureReport } from '../src/m-failure-report.ts'
import { MSubscribe } from '../src/m-subscribe.ts'
import { MonitorService } from '../src/monitor-service.ts'
import type { MarkedDown } from '../src/monitor.ts'
import type { OsdOptions } from '../src/osd.ts'
import { RawPeer, SIMPLE } from './raw-peer.ts'
import { FSID, LOOPBACK, OSD_OPTIONS } from './watched-osd.ts'

/** A monitor and its OSDs in this process. */
class SmallCluster {
  readonly monitor: MonitorService
  readonly osds = new Map<number, ClusterOsd>()
  readonly found: string[] = []
  readonly marked: MarkedDown[] = []
  readonly answers = new Map<string, number>()
  readonly epochs = new Map<number, number>()
  monitorAddr = LOOPBACK
  readonly #listeners = new Set<() => void>()

  constructor() {
    this.monitor = new MonitorService(
      { fsid: FSID, messenger: SIMPLE, minReporters: 2, graceMs: OSD_OPTIONS.graceMs },
      {
        published: () => {
          this.changed()
        },
        reported: (reporter, { target, finding }, counts) => {
          this.found.push(`osd.${reporter} reports osd.${target}: ${finding}${counts ? '' : ', in vain'}`)
          this.changed()
        },
        markedDown: (marked) => {
          this.marked.push(marked)
          this.changed()
        },
      },
    )
  }

  get map(): ClusterMap {
    return this.monitor.map
  }

  async startOsd(id: number, options: Partial<OsdOptions> = {}): Promise<ClusterOsd> {
    const observer: ClusterOsdObserver = {
      pingAnswered: (link) => {
        const key = `${id} ${String(link.id)}`
        this.answers.set(key, (this.answers.get(key) ?? 0) + 1)
        this.changed()
      },
      linkClosed: () => {
        this.changed()
      },
      mapReceived: ({ epoch }) => {
        this.epochs.set(id, epoch)
        this.changed()
      },
      wronglyMarkedDown: (epoch) => {
        this.found.push(`osd.${id} is down at ${epoch} and is not`)
        this.changed()
      },
    }
    const osd = new ClusterOsd({ ...OSD_OPTIONS, ...options, id }, this.monitorAddr, observer)
    this.osds.set(id, osd)
    await osd.start({ front: LOOPBACK, back: LOOPBACK })
    return osd
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#listeners.add(resolve)
      })
    }
  }

  /** Resolves when each of these has been answered by each other one twice more, on both channels. */
  async allAnswer(ids: readonly number[]): Promise<void> {
    const keys = ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => `${from} ${to}`))
    const wanted = new Map(keys.map((key) => [key, (this.answers.get(key) ?? 0) + 4]))
    await this.until(() => keys.every((key) => (this.answers.get(key) ?? 0) >= wanted.get(key)!))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.osds.values()].map((osd) => osd.stop()))
    await this.monitor.stop()
  }
}

let cluster: SmallCluster
const accusers: RawPeer[] = []

async function startCluster(count: number): Promise<void> {
  cluster = new SmallCluster()
  cluster.monitorAddr = await cluster.monitor.start(LOOPBACK)
  for (let id = 0; id < count; id++) await cluster.startOsd(id)
  await cluster.until(() => cluster.map.upIds.length === count)
}

/** Another OSD with the name of one, that says of others what a test wants it to. */
function accuser(id: number): Connection {
  const peer = new RawPeer(EntityName.osd(id), [MFailureReport, MSubscribe, MClusterMap, MBoot])
  accusers.push(peer)
  return peer.connect(EntityType.mon, cluster.monitorAddr)
}

function reportOf(target: number, changes: Partial<FailureReport> = {}): MFailureReport {
  const targetUpFrom = cluster.map.get(target)!.upFrom
  return new MFailureReport({ target, targetUpFrom, finding: 'refused', failedForMs: 0, ...changes })
}

afterEach(async () => {
  await Promise.all(accusers.splice(0).map(({ messenger }) => messenger.shutdown()))
  await cluster.stop()
})

test('OSDs boot, get the map, and ping each other', async () => {
  await startCluster(3)
  await cluster.allAnswer([0, 1, 2])
  expect(cluster.map.epoch).toBe(3)
  await cluster.until(() => [0, 1, 2].every((id) => cluster.epochs.get(id) === 3))
  expect(cluster.found).toEqual([])
})

test('one that vanishes is refused, reported by the others and marked down; a new one takes its place', async () => {
  await startCluster(3)
  await cluster.allAnswer([0, 1, 2])
  const victim = cluster.osds.get(1)!
  await victim.stop()
  await cluster.until(() => !cluster.map.isUp(1))
  expect(cluster.marked).toMatchObject([{ id: 1, reporters: [0, 2], findings: ['refused', 'refused'] }])
  await cluster.allAnswer([0, 2])
  await cluster.until(() => cluster.epochs.get(0) === 4)
  expect([...cluster.osds.get(0)!.osd.links].map(({ id }) => id)).toEqual([2])

  await cluster.startOsd(1)
  await cluster.until(() => cluster.map.isUp(1))
  await cluster.allAnswer([0, 1, 2])
})

test('one that is marked down and is not moves to other ports and boots again', async () => {
  await startCluster(3)
  await cluster.allAnswer([0, 1, 2])
  const before = cluster.map.get(2)!
  accuser(0).sendMessage(reportOf(2))
  accuser(1).sendMessage(reportOf(2))
  await cluster.until(() => cluster.found.includes('osd.2 is down at 4 and is not'))
  await cluster.until(() => cluster.map.isUp(2))
  const after = cluster.map.get(2)!
  expect(after.upFrom).toBe(5)
  expect([after.front.port, after.back.port]).not.toContain(before.front.port)
  await cluster.allAnswer([0, 1, 2])
})

describe('reports', () => {
  test('of one OSD alone are not enough', async () => {
    await startCluster(3)
    const connection = accuser(0)
    connection.sendMessage(reportOf(2))
    connection.sendMessage(reportOf(2, { targetUpFrom: 1 }))
    await cluster.until(() => cluster.found.length === 2)
    expect(cluster.found).toEqual(['osd.0 reports osd.2: refused', 'osd.0 reports osd.2: refused, in vain'])
    expect(cluster.map.isUp(2)).toBe(true)
  })

  test('of silence are taken back when the peer is heard again', async () => {
    await startCluster(2)
    await cluster.startOsd(2, { graceMs: 150 })
    await cluster.until(() => cluster.map.isUp(2))
    const { osd } = cluster.osds.get(0)!
    osd.knowledge.isStopping = true // from here on it answers nobody
    await cluster.until(() => cluster.found.includes('osd.2 reports osd.0: silence'))
    osd.knowledge.isStopping = false
    await cluster.until(() => cluster.found.includes('osd.2 reports osd.0: alive'))
    expect(cluster.map.isUp(0)).toBe(true)
  })
})

describe('when the connection to the monitor breaks', () => {
  let monitor: RawPeer

  /** A monitor that says what it is made to say, and one OSD of its. */
  beforeEach(async () => {
    monitor = new RawPeer(EntityName.mon(0), [MBoot, MSubscribe, MFailureReport, MClusterMap])
    accusers.push(monitor)
    cluster = new SmallCluster()
    cluster.monitorAddr = await monitor.messenger.bind(LOOPBACK)
    await cluster.startOsd(0)
  })

  test('an OSD that is not up yet boots again', async () => {
    await monitor.hears(2)
    monitor.messenger.markDownAll()
    const heard = await monitor.hears(4)
    expect(heard.map(({ constructor }) => constructor)).toEqual([MSubscribe, MBoot, MSubscribe, MBoot])
  })

  test('an OSD that is up asks for later maps, and says again who has failed', async () => {
    const [, boot] = (await monitor.hears(2)) as readonly [MSubscribe, MBoot]
    // Nobody listens at the discard port of the loopback interface.
    const nobody = EntityAddr.fromIp('v1', '127.0.0.1', 9)
    const map = new ClusterMap(FSID)
      .withUp(0, { front: boot.hbFront, back: boot.hbBack })
      .withUp(5, { front: nobody, back: nobody })
    boot.connection!.sendMessage(new MClusterMap(map))
    await monitor.hears(3)
    monitor.messenger.markDownAll()
    const [before, subscription, after] = (await monitor.hears(5)).slice(2) as [
      MFailureReport,
      MSubscribe,
      MFailureReport,
    ]
    expect(subscription.start).toBe(3)
    expect([before.report, after.report]).toMatchObject([
      { target: 5, targetUpFrom: 2, finding: 'refused' },
      { target: 5, targetUpFrom: 2, finding: 'refused' },
    ])
  })
})
