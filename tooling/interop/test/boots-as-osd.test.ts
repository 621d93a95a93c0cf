import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CryptoKey, Keyring, PrincipalName } from '@msgr/auth'
import { Uuid } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec } from '@msgr/message'
import type { MessengerChoice } from '@msgr-apps/heartbeat-demo'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CephCluster, type ClusterAuth } from '../src/ceph-cluster.ts'
import { messengerKinds } from '../src/messenger-kinds.ts'
import { identifyOsd } from '../src/osd-identity.ts'
import { OsdInCluster } from '../src/osd-in-cluster.ts'
import { OsdWitness } from '../src/osd-witness.ts'

/** How everybody in the cluster talks: the wire, by the type of the address, the method, and if in clear or not. */
interface Dialect {
  readonly dialect: string
  readonly listen: string
  readonly auth: ClusterAuth
  /** Version 2 has a choice. */
  readonly mode?: 'crc' | 'secure'
  /** How many heartbeats the real OSD sends, on each channel, at one in 0.95 s on average. */
  readonly pings: number
}

const v1 = { listen: 'v1:127.0.0.1:0/0' } as const
const v2 = { listen: 'v2:127.0.0.1:0/0' } as const
const dialects: readonly Dialect[] = [
  { dialect: 'v1, none', ...v1, auth: 'none', pings: 66 },
  { dialect: 'v1, cephx', ...v1, auth: 'cephx', pings: 12 },
  { dialect: 'v2, none', ...v2, auth: 'none', mode: 'crc', pings: 12 },
  { dialect: 'v2, cephx', ...v2, auth: 'cephx', mode: 'crc', pings: 12 },
  { dialect: 'v2, cephx, encrypted', ...v2, auth: 'cephx', mode: 'secure', pings: 12 },
]

const GRACE_SECONDS = 6
const REAL_OSD = 0
const CHANNELS = ['front', 'back'] as const

/** What makes real Ceph take its decisions within seconds. */
const HASTE = {
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
}

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
let members: readonly Member[]

async function startAll(given: Dialect): Promise<void> {
  members = []
  const { auth, mode } = given
  cluster = await CephCluster.start({ ...HASTE, ...(mode !== undefined && modesOf(mode)) }, { auth })
  for (const { kind, choice } of messengerKinds) members = [...members, await register(kind, choice, given)]
  await Promise.all(members.map(({ osd }) => osd.start()))
}

/** Makes real daemons talk so to everybody. */
function modesOf(mode: string): Record<string, string> {
  const sides = ['cluster', 'service', 'mon_cluster', 'mon_service']
  return Object.fromEntries(sides.map((side) => [`ms_${side}_mode`, mode]))
}

/** What the real OSD writes when it has dialled the heartbeat address of one of ours over version 2. */
function openedPattern({ osd }: Member, mode: string): RegExp {
  const at = osd.heartbeats.addresses.back.toString()
  return new RegExp(`--2- .*>> ${at} .* ${mode} :-1 s=READY .*ready entity=osd\\.${osd.id} `)
}

async function stopAll(): Promise<void> {
  await Promise.all(members.map(({ osd }) => osd.stop()))
  await cluster.stop()
}

/** Tells the cluster of an OSD that is to come. Its key is the one that the cluster has given it, or another. */
async function register(
  kind: string,
  messenger: MessengerChoice,
  { auth, listen }: Dialect,
  otherKey?: CryptoKey,
): Promise<Member> {
  const uuid = randomUUID()
  const id = await cluster.registerOsd(uuid)
  const name = PrincipalName.parse(`osd.${id}`)
  const key = otherKey ?? Keyring.parse(await readFile(cluster.keyring)).keyOf(name)
  const witness = new OsdWitness()
  const where = EntityAddr.parse(listen)
  const osd = new OsdInCluster(
    {
      id,
      uuid: Uuid.parse(uuid),
      fsid: Uuid.parse(cluster.fsid),
      monAddr: EntityAddrVec.parse(cluster.monAddrs).pickAddr(where.type),
      listen: where,
      identity: identifyOsd(name, auth === 'none' ? undefined : key, (error) => {
        witness.refused(error)
      }),
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

describe.each(dialects)('OSDs of ours in a cluster of real Ceph, one of each kind of messenger: $dialect', (given) => {
  beforeAll(() => startAll(given), 120_000)
  afterAll(stopAll, 30_000)

  test('are held for up, and stay up while the real OSD pings them', { timeout: 120_000 }, async ({ annotate }) => {
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

    const pingedSeconds = await secondsOf(
      all(({ witness }) =>
        witness.until(() => CHANNELS.every((channel) => witness.pingsFrom(REAL_OSD, channel) >= given.pings)),
      ),
    )
    await annotate(`up after ${upSeconds} s; ${given.pings} pings on each channel in ${pingedSeconds} s`)
    expect(await dump()).toEqual(before)
    for (const member of members) {
      const { kind, osd, witness } = member
      if (given.mode !== undefined) {
        expect(await linesOf('osd.0', openedPattern(member, given.mode))).toBeGreaterThan(0)
      }
      const answers = new RegExp(`<== osd\\.${osd.id} ${osd.publicAddr.type}:.* osd_ping\\(ping_reply `)
      // The last ones may be under way.
      await expect.poll(() => linesOf('osd.0', answers)).toBeGreaterThanOrEqual(2 * given.pings)
      expect(await linesOf('osd.0', new RegExp(`heartbeat_check: no reply from .* osd\\.${osd.id} `))).toBe(0)
      expect(witness).toMatchObject({ downs: [], reports: [], deathNotes: [] })
      expect(witness.answersBy(REAL_OSD)).toBeGreaterThan(given.pings)
      const counts = [await linesOf('osd.0', answers), witness.answersBy(REAL_OSD)]
      await annotate(`${kind}: the real OSD got ${counts[0]} answers, and gave ${counts[1]}`)
    }
  })

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
      cluster.signal('osd.0', 'SIGSTOP')
      const downSeconds = await secondsOf(all((member) => member.witness.until(() => !isRealUp(member))))
      const reports = members.flatMap(({ witness }) => witness.reports)
      expect(reports.length).toBeGreaterThan(0)
      expect(new Set(reports)).toEqual(new Set(['osd.0 failed']))
      expect(await linesOf('mon.a', / osd\.0 reported failed by osd\.[123]/)).toBeGreaterThan(0)

      cluster.signal('osd.0', 'SIGCONT')
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
    const { osd, witness } = first
    const pings = CHANNELS.map((channel) => witness.pingsFrom(REAL_OSD, channel))
    const isPingedAgain = (): boolean => CHANNELS.every((at, i) => witness.pingsFrom(REAL_OSD, at) > (pings[i] ?? 0))
    await witness.until(() => osd.isUp && isPingedAgain())
    // So that nobody else reports it.
    for (const other of others) other.osd.hang()
    const downSeconds = await secondsOf(
      Promise.all([osd.stop(), ...others.map((other) => other.witness.until(() => !other.osd.map.isUp(osd.id)))]),
    )
    await Promise.all(others.map((other) => other.osd.goOn()))
    const refused = new RegExp(` osd\\.${osd.id} failed .*connection refused reported by osd\\.0`)
    await expect.poll(() => linesOf('mon.a', refused)).toBeGreaterThan(0)
    await annotate(`down after ${downSeconds} s`)
  })

  if (given.auth === 'cephx') {
    test('one that does not know its key is refused by the monitor', async () => {
      const key = CryptoKey.generate()
      const { osd, witness } = await register(
        'stranger',
        { type: 'simple', driver: 'epoll', wire: 'v1', auth: { method: 'none' } },
        given,
        key,
      )
      onTestFinished(() => osd.stop())
      await osd.start()
      const refusal = { code: 'ERR_MSGR_AUTH_REFUSED', result: -13 }
      await expect(witness.until(() => osd.isUp)).rejects.toMatchObject(refusal)
    })
  }
})
