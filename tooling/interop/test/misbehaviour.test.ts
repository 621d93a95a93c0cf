import { ClusterProtocol, EntityAddr, EntityName, EntityType, Policies } from '@msgr/messenger'
import type { ConnectOptions, Messenger, MessengerOptions, PeerAddress } from '@msgr/messenger'
import { MOSDPing } from '@msgr-apps/heartbeat-demo'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, type TestContext } from 'vitest'
import { CephCluster, type OsdAddresses } from '../src/ceph-cluster.ts'
import { InsistentAsker } from '../src/insistent-asker.ts'
import { DialledLine } from '../src/line.ts'
import { messengerKinds } from '../src/messenger-kinds.ts'
import { heartbeats, monPings } from '../src/questions.ts'

type Create = (typeof messengerKinds)[number]['create']

/** One in so many reads and writes fails. A monitor with 50 still serves its clients; one with 20 takes minutes. */
const INJECT_ONE_IN = '50'

let cluster: CephCluster
let osd: OsdAddresses

beforeAll(async () => {
  cluster = await CephCluster.start({
    ms_inject_socket_failures: INJECT_ONE_IN,
    ms_inject_delay_type: 'osd mon client',
    ms_inject_delay_probability: '0.1',
    ms_inject_delay_max: '0.05',
  })
  osd = await cluster.osdAddresses()
}, 120_000)

afterAll(async () => {
  await cluster.stop()
}, 30_000)

interface HeartbeatSettings extends ConnectOptions {
  readonly options?: Partial<MessengerOptions>
  readonly minSize?: number
  /** What goes wrong is written to it. */
  readonly log?: string[]
}

function heartbeatAsker(create: Create, addr: string, settings: HeartbeatSettings = {}): InsistentAsker {
  const { options = {}, minSize = 2000, log = [], ...connect } = settings
  const logger = (level: number, text: string): void => {
    if (level <= 1) log.push(text)
  }
  const messenger = lossy(create(EntityName.osd(10_123), { ...options, messages: [MOSDPing], logger }))
  messenger.setClusterProtocol(ClusterProtocol.osd)
  const line = new DialledLine(messenger, peer(EntityType.osd, addr), connect)
  return new InsistentAsker(line, heartbeats(cluster.fsid, minSize))
}

function lossy(messenger: Messenger): Messenger {
  messenger.setDefaultPolicy(Policies.lossyClient())
  onTestFinished(() => messenger.shutdown())
  return messenger
}

function peer(type: number, addr: string): PeerAddress {
  return { type, addr: EntityAddr.parse(addr) }
}

/** Each question had one answer. */
function expectAllAnswered(asker: InsistentAsker, count: number): void {
  expect({ answered: asker.answered, unasked: asker.unasked }).toEqual({ answered: count, unasked: 0 })
}

async function countsOf({ annotate }: TestContext, asker: InsistentAsker, injected: number): Promise<void> {
  expect(asker.resets).toBeGreaterThan(0)
  expect(injected).toBeGreaterThan(0)
  await annotate(`${asker.resets} resets, ${injected} sockets broken by the daemon`)
}

describe.each(messengerKinds)('daemons that break their sockets and hold messages back: $kind', ({ create }) => {
  test.for([
    ['front', 0],
    ['back', 2000],
  ] as const)(
    'every heartbeat to the %s port, padded to %d bytes, is answered in the end',
    async ([port, minSize], context) => {
      const before = await cluster.countInjectedFailures('osd.0')
      const addr = port === 'front' ? osd.heartbeatFront : osd.heartbeatBack
      const asker = heartbeatAsker(create, addr, { minSize })
      await asker.ask(200, 10)
      expectAllAnswered(asker, 200)
      await countsOf(context, asker, (await cluster.countInjectedFailures('osd.0')) - before)
    },
  )

  test('every ping to the monitor is answered in the end', async (context) => {
    const before = await cluster.countInjectedFailures('mon.a')
    const messenger = lossy(create(EntityName.client()))
    const asker = new InsistentAsker(new DialledLine(messenger, peer(EntityType.mon, cluster.monAddr)), monPings)
    await asker.ask(100, 1)
    expectAllAnswered(asker, 100)
    await countsOf(context, asker, (await cluster.countInjectedFailures('mon.a')) - before)
  })
})

describe('an OSD that breaks nothing by itself', () => {
  beforeAll(async () => {
    for (const name of ['mon.a', 'osd.0'] as const) {
      await cluster.setOption(name, 'ms_inject_socket_failures', '0')
    }
  }, 30_000)

  test('is stopped for a while: what was asked is answered when it goes on, and nobody is told of a loss', async () => {
    const askers = messengerKinds.map(({ create }) => heartbeatAsker(create, osd.heartbeatFront))
    // These hold it for dead, are told so, and ask again until it goes on.
    const log: string[] = []
    const options = { connectionIdleTimeoutMs: 400, connectionReadyTimeoutMs: 400, maxBackoffMs: 200 }
    const hasty = messengerKinds.map(({ create }) => heartbeatAsker(create, osd.heartbeatBack, { options, log }))
    await Promise.all([...askers, ...hasty].map((asker) => asker.ask(10, 10)))
    cluster.signal('osd.0', 'SIGSTOP')
    const answers = [...askers, ...hasty].map((asker) => asker.ask(50, 50))
    await Promise.all(hasty.map((asker) => asker.until(() => asker.resets > 0)))
    const inVain = (): number => log.filter((text) => text.includes('the handshake is not over')).length
    await expect.poll(inVain, { timeout: 20_000 }).toBeGreaterThan(5)
    cluster.signal('osd.0', 'SIGCONT')
    await Promise.all(answers)
    for (const asker of [...askers, ...hasty]) expectAllAnswered(asker, 60)
    expect(askers.map(({ resets }) => resets)).toEqual([0, 0, 0])
    expect(log.join('\n')).toContain('nothing has come from the peer for 400 ms')
  })

  test('is killed and starts again at its address: all are told, and ask whom they find there', async () => {
    const anyNonce = messengerKinds.map(({ create }) =>
      heartbeatAsker(create, osd.heartbeatFront, { anyNonce: true, options: { maxBackoffMs: 500 } }),
    )
    const log: string[] = []
    const exact = messengerKinds.map(({ create }) =>
      heartbeatAsker(create, osd.heartbeatBack, { log, options: { maxBackoffMs: 500 } }),
    )
    await Promise.all([...anyNonce, ...exact].map((asker) => asker.ask(10, 10)))
    expect([...anyNonce, ...exact].map(({ resets }) => resets)).toEqual([0, 0, 0, 0, 0, 0])
    // It takes the questions that are on their way with it.
    cluster.signal('osd.0', 'SIGSTOP')
    const answers = anyNonce.map((asker) => asker.ask(10, 10))
    for (const asker of exact) void asker.ask(1, 1)
    await cluster.restartOsd()
    const restarted = await cluster.osdAddresses()
    expect(restarted.heartbeatBack.replace(/\/.*/, '')).toBe(osd.heartbeatBack.replace(/\/.*/, ''))
    expect(restarted.heartbeatBack).not.toBe(osd.heartbeatBack)

    await Promise.all(answers)
    for (const asker of anyNonce) expectAllAnswered(asker, 20)
    expect(Math.min(...[...anyNonce, ...exact].map(({ resets }) => resets))).toBeGreaterThan(0)
    // Who asks for the one that has died gets no answer from the one that is there now.
    const another = `expected ${osd.heartbeatBack}, got ${restarted.heartbeatBack}`
    const turnedAway = (): number => log.filter((text) => text.includes(another)).length
    await expect.poll(turnedAway, { timeout: 20_000 }).toBeGreaterThanOrEqual(3)
    for (const asker of exact) expectAllAnswered(asker, 10)
    const informed = messengerKinds.map(({ create }) => heartbeatAsker(create, restarted.heartbeatBack))
    await Promise.all(informed.map((asker) => asker.ask(10, 10)))
    for (const asker of informed) expectAllAnswered(asker, 10)
  })
})
