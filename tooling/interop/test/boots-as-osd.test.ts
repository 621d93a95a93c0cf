import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthClient, PrincipalName } from '@msgr/auth'
import { Uuid } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec } from '@msgr/message'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CephCluster } from '../src/ceph-cluster.ts'
import { messengerKinds } from '../src/messenger-kinds.ts'
import { OsdInCluster } from '../src/osd-in-cluster.ts'
import { OsdWitness } from '../src/osd-witness.ts'

/** How the OSDs of ours talk: later wires and methods take other values here. */
const listen = EntityAddr.parse('v1:127.0.0.1:0/0')
const authOf = (id: number): AuthClient => new AuthClient(PrincipalName.parse(`osd.${id}`))

const GRACE_SECONDS = 6
const REAL_OSD = 0
const CHANNELS = ['front', 'back'] as const
/** At one in 0.95 s on average, on each channel. */
const PINGS_OF_A_MINUTE = 66

interface Member {
  readonly kind: string
  readonly osd: OsdInCluster
  readonly witness: OsdWitness
  readonly uuid: string
}

interface DumpedAddrs {
  readonly addrvec: readonly { readonly type: string; readonly addr: string; readonly nonce: number }[]
}

/** What `ceph osd dump` says of an OSD. */
interface DumpedOsd {
  readonly osd: number
  readonly uuid: string
  readonly up: number
  readonly in: number
  readonly up_from: number
  readonly public_addrs: DumpedAddrs
  readonly cluster_addrs: DumpedAddrs
  readonly heartbeat_back_addrs: DumpedAddrs
  readonly heartbeat_front_addrs: DumpedAddrs
}

let cluster: CephCluster
let members: readonly Member[] = []

beforeAll(async () => {
  cluster = await CephCluster.start({
    osd_heartbeat_interval: '1',
    osd_heartbeat_grace: String(GRACE_SECONDS),
    // Asks the monitor for maps when it has nobody to ping; 30 by default.
    osd_mon_heartbeat_interval: '2',
    osd_mon_report_interval: '1',
    osd_beacon_report_interval: '5',
    // Who sends no beacon for so long is taken for dead.
    mon_osd_report_timeout: '20',
    mon_osd_min_down_reporters: '1',
    mon_osd_reporter_subtree_level: 'osd',
    mon_osd_min_up_ratio: '0.1',
    debug_ms: '1',
  })
  const made: Member[] = []
  for (const { kind, choice } of messengerKinds) made.push(await register(kind, choice))
  members = made
  await Promise.all(members.map(({ osd }) => osd.start()))
}, 120_000)

afterAll(async () => {
  await Promise.all(members.map(({ osd }) => osd.stop()))
  await cluster.stop()
}, 30_000)

/** Tells the cluster of an OSD that is to come. */
async function register(kind: string, messenger: (typeof messengerKinds)[number]['choice']): Promise<Member> {
  const uuid = randomUUID()
  const id = Number(await cluster.ceph('osd', 'new', uuid))
  const witness = new OsdWitness()
  const osd = new OsdInCluster(
    {
      id,
      uuid: Uuid.parse(uuid),
      fsid: Uuid.parse(cluster.fsid),
      monAddr: EntityAddr.parse(cluster.monAddr),
      listen,
      auth: authOf(id),
      messenger,
      settings: { bindPortMin: 7500, bindPortMax: 7599 },
      heartbeatIntervalMs: 1000,
      heartbeatGraceMs: GRACE_SECONDS * 1000,
      beaconIntervalMs: 5000,
    },
    witness,
  )
  return { kind, osd, witness, uuid }
}

function all(wait: (member: Member) => Promise<void>): Promise<unknown> {
  return Promise.all(members.map(wait))
}

/** How many seconds it takes. */
async function secondsOf(wait: Promise<unknown>): Promise<string> {
  const begunMs = performance.now()
  await wait
  return ((performance.now() - begunMs) / 1000).toFixed(1)
}

async function dump(): Promise<readonly DumpedOsd[]> {
  return (JSON.parse(await cluster.ceph('osd', 'dump', '--format', 'json')) as { osds: DumpedOsd[] }).osds
}

/** The same, as one of ours reads the maps that it was sent. */
function viewOf({ osd }: Member): unknown {
  return osd.map.osds.map(({ id, upFrom, clientAddrs, clusterAddrs, heartbeatBackAddrs, heartbeatFrontAddrs }) => ({
    osd: id,
    up: osd.map.isUp(id) ? 1 : 0,
    up_from: upFrom,
    public_addrs: dumpOf(clientAddrs),
    cluster_addrs: dumpOf(clusterAddrs),
    heartbeat_back_addrs: dumpOf(heartbeatBackAddrs),
    heartbeat_front_addrs: dumpOf(heartbeatFrontAddrs),
  }))
}

function dumpOf(addrs: EntityAddrVec): DumpedAddrs {
  const addrvec = [...addrs].map(({ type, host, port, nonce }) => ({ type, addr: `${host}:${port}`, nonce }))
  return { addrvec }
}

async function linesOf(daemon: 'mon.a' | 'osd.0', pattern: RegExp): Promise<number> {
  const log = await readFile(join(cluster.dir, `${daemon}.log`), 'utf8')
  return log.split('\n').filter((line) => pattern.test(line)).length
}

describe('OSDs of ours in a cluster of real Ceph, one of each kind of messenger', () => {
  test(
    'are held for up, and stay up for a minute in which the real OSD pings them',
    { timeout: 120_000 },
    async ({ annotate }) => {
      const upSeconds = await secondsOf(all(({ witness }) => witness.until(() => witness.ups.length === 1)))
      const before = await dump()
      for (const member of members) {
        const { osd, witness, uuid } = member
        const where = { public_addrs: dumpOf(new EntityAddrVec([osd.publicAddr])) }
        const entry = before.find((dumped) => dumped.osd === osd.id)
        expect(entry).toMatchObject({ uuid, up: 1, in: 1, up_from: witness.ups[0], ...where })
        await witness.until(() => osd.map.epoch >= Math.max(...before.map((dumped) => dumped.up_from)))
        expect(before).toMatchObject(viewOf(member) as object)
      }

      const minuteSeconds = await secondsOf(
        all(({ witness }) =>
          witness.until(() => CHANNELS.every((channel) => witness.pingsFrom(REAL_OSD, channel) >= PINGS_OF_A_MINUTE)),
        ),
      )
      await annotate(`up after ${upSeconds} s; ${PINGS_OF_A_MINUTE} pings on each channel in ${minuteSeconds} s`)
      expect(await dump()).toEqual(before)
      for (const { kind, osd, witness } of members) {
        const answers = new RegExp(`<== osd\\.${osd.id} .* osd_ping\\(ping_reply `)
        // The last ones may be under way.
        await expect.poll(() => linesOf('osd.0', answers)).toBeGreaterThanOrEqual(2 * PINGS_OF_A_MINUTE)
        expect(await linesOf('osd.0', new RegExp(`heartbeat_check: no reply from .* osd\\.${osd.id} `))).toBe(0)
        expect(witness).toMatchObject({ downs: [], reports: [], deathNotes: [] })
        expect(witness.answersBy(REAL_OSD)).toBeGreaterThan(PINGS_OF_A_MINUTE)
        const counts = [await linesOf('osd.0', answers), witness.answersBy(REAL_OSD)]
        await annotate(`${kind}: the real OSD got ${counts[0]} answers, and gave ${counts[1]}`)
      }
    },
  )

  test(
    'hang: the real OSD reports them and they are marked down; go on: they are up again',
    { timeout: 60_000 },
    async ({ annotate }) => {
      for (const { osd } of members) osd.hang()
      const downSeconds = await secondsOf(all(({ witness }) => witness.until(() => witness.downs.length === 1)))
      for (const { osd } of members) {
        const reported = new RegExp(` osd\\.${osd.id} reported failed by osd\\.0`)
        await expect.poll(() => linesOf('mon.a', reported)).toBeGreaterThan(0)
        const judged = new RegExp(` osd\\.${osd.id} failed .*\\(1 reporters from different osd`)
        expect(await linesOf('mon.a', judged)).toBe(1)
      }
      const isUp = async (): Promise<number[]> => (await dump()).map(({ up }) => up)
      expect(await isUp()).toEqual([1, 0, 0, 0])

      const upSeconds = await secondsOf(
        all(async ({ osd, witness }) => {
          const before = witness.pingsFrom(REAL_OSD, 'back')
          await osd.goOn()
          await witness.until(() => witness.ups.length === 2 && witness.pingsFrom(REAL_OSD, 'back') > before)
        }),
      )
      expect(await isUp()).toEqual([1, 1, 1, 1])
      for (const { witness } of members) expect(witness.ups[1]).toBeGreaterThan(witness.downs[0] ?? Infinity)
      await annotate(`down after ${downSeconds} s; up and pinged again after ${upSeconds} s`)
    },
  )

  test(
    'report the real OSD when it is stopped, and ping it again when it goes on',
    { timeout: 60_000 },
    async ({ annotate }) => {
      const isRealUp = ({ osd }: Member): boolean => osd.map.isUp(REAL_OSD)
      cluster.signalOsd('SIGSTOP')
      const downSeconds = await secondsOf(all((member) => member.witness.until(() => !isRealUp(member))))
      const reports = members.flatMap(({ witness }) => witness.reports)
      expect(reports.length).toBeGreaterThan(0)
      expect(new Set(reports)).toEqual(new Set(['osd.0 failed']))
      expect(await linesOf('mon.a', / osd\.0 reported failed by osd\.[123]/)).toBeGreaterThan(0)

      cluster.signalOsd('SIGCONT')
      const answered = members.map(({ witness }) => witness.answersBy(REAL_OSD))
      const upSeconds = await secondsOf(
        all(async (member) => {
          const before = answered[members.indexOf(member)] ?? Infinity
          const { witness } = member
          await witness.until(() => isRealUp(member) && witness.answersBy(REAL_OSD) > before + 2)
        }),
      )
      await annotate(`down after ${downSeconds} s; up and pinged again after ${upSeconds} s`)
    },
  )

  test('end: the real OSD finds nobody there and reports them at once', { timeout: 60_000 }, async ({ annotate }) => {
    const [first, ...others] = members
    if (first === undefined) throw new Error('there is no member')
    await first.witness.until(() => first.osd.isUp)
    const downSeconds = await secondsOf(
      Promise.all([
        first.osd.stop(),
        ...others.map(({ osd, witness }) => witness.until(() => !osd.map.isUp(first.osd.id))),
      ]),
    )
    const refused = new RegExp(` osd\\.${first.osd.id} reported immediately failed by osd\\.0`)
    await expect.poll(() => linesOf('mon.a', refused)).toBeGreaterThan(0)
    await annotate(`down after ${downSeconds} s`)
  })
})
