import { expect, test, type TestContext } from 'vitest'
import { asyncOnEpoll, simple, type MessengerKind } from '../src/exchange.ts'
import { HeartbeatOsd, type Verdict } from '../src/heartbeat-osd.ts'
import { HostNetwork } from '../src/host-network.ts'
import { describeHosts } from './requirement.ts'

const INTERVAL_MS = 1000
const GRACE_MS = 2000
const SETTINGS = { intervalMs: INTERVAL_MS, graceMs: GRACE_MS, port: 6805 }
/** From the last answer to the first ping without one, from its deadline to the next check, and for a busy machine. */
const NOTICED_WITHIN_MS = GRACE_MS + 2 * INTERVAL_MS

async function network({ onTestFinished }: TestContext, hostCount: number): Promise<HostNetwork> {
  const made = await HostNetwork.create(hostCount)
  onTestFinished(() => made.close())
  return made
}

/** What a cluster says from now on. Before that, some may have been started too late for others. */
class Since {
  readonly #counts: readonly { readonly osd: HeartbeatOsd; readonly before: number }[]

  constructor(osds: readonly HeartbeatOsd[]) {
    this.#counts = osds.map((osd) => ({ osd, before: osd.verdicts.length }))
  }

  /** Who each OSD has called down. */
  get downs(): Record<string, Verdict[]> {
    const downsOf = ({ verdicts }: HeartbeatOsd, before: number): Verdict[] =>
      verdicts.slice(before).filter(({ event }) => event === 'down')
    return Object.fromEntries(this.#counts.map(({ osd, before }) => [osd.name, downsOf(osd, before)]))
  }

  get whoIsDown(): Record<string, string[]> {
    const names = Object.entries(this.downs).map(([name, downs]) => [name, downs.map(({ peer }) => peer).sort()])
    return Object.fromEntries(names) as Record<string, string[]>
  }
}

async function noticesAPartition(kind: MessengerKind, context: TestContext): Promise<void> {
  const wire = await network(context, 4)
  const { hosts } = wire
  const osds = await HeartbeatOsd.startAll(hosts, { ...SETTINGS, kind, minSize: 2000 })
  const lonely = osds[3]!
  const others = osds.slice(0, 3)
  const since = new Since(osds)
  const cutAtMs = Date.now()
  await wire.isolate(hosts[3]!)
  await Promise.all([lonely.says('down', others), ...others.map((osd) => osd.says('down', [lonely]))])
  const noticedAtMs = Date.now()
  await wire.heal()
  await Promise.all([lonely.says('up', others), ...others.map((osd) => osd.says('up', [lonely]))])
  const healedMs = Date.now() - noticedAtMs
  expect(since.whoIsDown).toEqual({
    'osd.0': ['osd.3'],
    'osd.1': ['osd.3'],
    'osd.2': ['osd.3'],
    'osd.3': ['osd.0', 'osd.1', 'osd.2'],
  })
  const found = Object.values(since.downs).flat()
  expect(new Set(found.map(({ reason }) => reason))).toEqual(new Set(['silence']))
  const latestMs = Math.max(...found.map(({ failedForMs }) => failedForMs ?? Infinity))
  expect(latestMs).toBeLessThanOrEqual(NOTICED_WITHIN_MS)
  await context.annotate(
    `noticed by all after ${noticedAtMs - cutAtMs} ms, at most ${latestMs} ms after the last answer; healed after ${healedMs} ms`,
  )
}

async function noticesLostLargePackets(kind: MessengerKind, context: TestContext): Promise<void> {
  const wire = await network(context, 2)
  const [padded, small] = await Promise.all([
    HeartbeatOsd.startAll(wire.hosts, { ...SETTINGS, kind, minSize: 2000 }),
    HeartbeatOsd.startAll(wire.hosts, { ...SETTINGS, kind, minSize: 0, port: SETTINGS.port + 10 }),
  ])
  const since = new Since(padded)
  const sinceSmall = new Since(small)
  await wire.loseLargePackets(1000)
  await Promise.all(padded.map((osd, i) => osd.says('down', [padded[1 - i]!])))
  await wire.heal()
  await Promise.all(padded.map((osd, i) => osd.says('up', [padded[1 - i]!])))
  expect(since.whoIsDown).toEqual({ 'osd.0': ['osd.1'], 'osd.1': ['osd.0'] })
  expect(sinceSmall.whoIsDown).toEqual({ 'osd.0': [], 'osd.1': [] })
}

describeHosts('OSDs on hosts of their own', () => {
  for (const kind of [simple, asyncOnEpoll]) {
    test(`notice within the grace that one is cut off, and when it is back, with ${kind.kind}`, (context) =>
      noticesAPartition(kind, context))
    test(`notice a path that loses large packets, if their pings are padded, with ${kind.kind}`, (context) =>
      noticesLostLargePackets(kind, context))
  }
})
