import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CephxAuthenticator } from '@msgr/auth'
import type { MessengerSettings } from '@msgr/messenger'
import { beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { CephCluster, type ClusterAuth, type DaemonName, type IpFamily } from '../src/ceph-cluster.ts'
import { joinCluster } from '../src/cluster-member.ts'
import {
  dialects,
  findOsd,
  OpenCell,
  targets,
  type Cell,
  type MatrixMessenger,
  type Stage,
  type Target,
} from '../src/matrix-cell.ts'
import { messengerKinds } from '../src/messenger-kinds.ts'
import { OldRevisionMessenger } from '../src/old-revision-messenger.ts'
import { ReceiptLog, type Receipts } from '../src/receipt-log.ts'

// Our messengers dial real daemons in every way there is. A cell of the matrix is a messenger, how it dials, and whom;
// the cells of one cluster run side by side.

const QUESTIONS = 2500
const AT_ONCE = 64
/** Fewer, where each break of a connection takes its time. */
const QUESTIONS_DESPITE_BREAKS = 500
const AT_ONCE_DESPITE_BREAKS = 8
/** One in so many reads and writes of ours fails, and of theirs. */
const BREAK_ONE_IN = 25
const THEY_BREAK_ONE_IN = '50'
/** Nothing here is worth a long wait. */
const HASTE = { initialBackoffMs: 10, maxBackoffMs: 200 }

/** What each daemon is asked, as it calls that itself. */
const KIND_OF_QUESTION: Readonly<Record<Target, string>> = {
  monitor: 'mon_get_version',
  public: 'command',
  'heartbeat front': 'osd_ping',
  'heartbeat back': 'osd_ping',
  cluster: 'command',
}

const messengers: readonly MatrixMessenger[] = [
  ...messengerKinds
    .filter(({ kind }) => kind !== 'async on select')
    .map(({ kind, create }) => ({ kind, revision: '2.1' as const, create })),
  { kind: 'simple at 2.0', revision: '2.0', create: (name, settings) => new OldRevisionMessenger(name, settings) },
]
const cells: readonly Cell[] = messengers.flatMap((messenger) =>
  dialects
    .filter(({ wire }) => wire === 'v2' || messenger.revision === '2.1')
    .flatMap((dialect) => targets.map((target) => ({ ...messenger, ...dialect, target }))),
)

interface Setting {
  readonly auth: ClusterAuth
  readonly family: IpFamily
}

const settings: readonly Setting[] = [
  { auth: 'none', family: 'ipv4' },
  { auth: 'none', family: 'ipv6' },
  { auth: 'cephx', family: 'ipv4' },
  { auth: 'cephx', family: 'ipv6' },
]

describe.each(settings)('real Ceph, authentication by $auth, over $family', ({ auth, family }) => {
  // Only keys make encryption possible.
  const possible = cells.filter(({ mode }) => auth === 'cephx' || mode !== 'secure')
  const impossible = cells.filter((cell) => !possible.includes(cell))
  let stage: Stage
  let logs: Readonly<Record<DaemonName, ReceiptLog>>

  beforeAll(async () => {
    stage = await setTheStage(auth, family)
    logs = {
      'mon.a': new ReceiptLog(logOf(stage, 'mon.a')),
      'osd.0': new ReceiptLog(logOf(stage, 'osd.0')),
    }
    return async () => {
      await Promise.all([stage.admin.mon.close(), stage.osd.mon.close()])
      await stage.cluster.stop()
    }
  }, 120_000)

  test.concurrent.for(possible)(
    '$kind, $dialect, $target: every question is received once and answered once, in order',
    async (cell, context) => {
      const { expect } = context
      const { asker, nonce, log } = await openCell(stage, cell, context)
      await asker.ask(QUESTIONS, AT_ONCE)
      expect(asker.answers).toEqual(numbersTo(QUESTIONS))
      expect({ unasked: asker.unasked, resets: asker.resets, log }).toEqual({ unasked: 0, resets: 0, log: [] })

      const count = async (): Promise<number> => countOf(await logs[daemonOf(cell)].of(nonce), cell)
      await expect.poll(count, { timeout: 10_000 }).toBe(QUESTIONS)
      const { wire, modes, revisions } = (await logs[daemonOf(cell)].of(nonce)) ?? {}
      expect({ wire, modes, revisions }).toEqual({
        wire: cell.wire,
        modes: new Set([modeAsTold(cell)]),
        revisions: new Set(cell.wire === 'v1' ? [] : [cell.revision]),
      })
    },
  )

  test.concurrent.for(impossible)(
    '$kind, $dialect, $target: refused, as there is no key to encrypt with',
    async (cell, context) => {
      const { expect } = context
      const { asker, nonce, log } = await openCell(stage, cell, context)
      asker.ask(1, 1).catch(() => undefined)
      await expect.poll(() => log.length, { timeout: 10_000 }).toBeGreaterThan(2)
      for (const text of log) {
        expect(text).toMatch(/the peer refuses our authorizer of method 1, with result -95: .* modes \[[12], [12]\]/)
      }
      expect(asker.answered).toBe(0)
      expect(await logs[daemonOf(cell)].of(nonce)).toBeUndefined()
    },
  )

  if (auth === 'cephx') {
    test.for(possible.filter(({ wire, target }) => wire === 'v1' && target !== 'monitor'))(
      '$kind, v1, $target: who does not sign messages is thrown out',
      async (cell, context) => {
        const client = (cell.target === 'public' ? stage.admin : stage.osd).identity.auth
        const authenticator = new CephxAuthenticator({ client, signMessages: false })
        const { asker, nonce, log } = await openCell(stage, cell, context, { authenticator })
        asker.ask(1, 1).catch(() => undefined)
        const thrownOut = new RegExp(`/${nonce} .* Signature check failed`)
        const told = (): Promise<string> => readFile(logOf(stage, 'osd.0'), 'utf8')
        await expect.poll(told, { timeout: 10_000 }).toMatch(thrownOut)
        await expect.poll(() => log.join(), { timeout: 10_000 }).toContain('the peer has closed the socket')
        expect(asker.answered).toBe(0)
        expect(await logs['osd.0'].of(nonce)).toBeUndefined()
      },
    )
  }

  describe('when things break', () => {
    test.concurrent.for(possible)(
      '$kind, $dialect, $target: we break our sockets, and get every answer in the end',
      { timeout: 60_000 },
      async (cell, context) => {
        const open = await openCell(stage, cell, context, { injectSocketFailures: BREAK_ONE_IN })
        await open.asker.ask(QUESTIONS_DESPITE_BREAKS, AT_ONCE_DESPITE_BREAKS)
        context.expect(open.log.join()).toContain('the socket was cut on purpose')
        await expectAllAnswered(open, logs[daemonOf(cell)], context)
      },
    )

    test.for(['mon.a', 'osd.0'] as const)(
      '%s breaks its sockets, and gives every answer in the end',
      { timeout: 90_000 },
      async (name, context) => {
        const { cluster } = stage
        const before = await cluster.countInjectedFailures(name)
        context.onTestFinished(() => cluster.setOption(name, 'ms_inject_socket_failures', '0'))
        await cluster.setOption(name, 'ms_inject_socket_failures', THEY_BREAK_ONE_IN)
        const asked = possible.filter((cell) => daemonOf(cell) === name)
        const open = await Promise.all(asked.map((cell) => openCell(stage, cell, context)))
        await Promise.all(open.map(({ asker }) => asker.ask(QUESTIONS_DESPITE_BREAKS, AT_ONCE_DESPITE_BREAKS)))
        for (const each of open) await expectAllAnswered(each, logs[name], context)
        const broken = (await cluster.countInjectedFailures(name)) - before
        expect(broken).toBeGreaterThan(0)
        const resets = open.map(({ asker }) => asker.resets)
        await context.annotate(`${broken} sockets broken by ${name}, resets told: ${resets.join(', ')}`)
      },
    )

    test('the monitor is killed: who waits for an answer is told, and gets it when it is back', async (context) => {
      const { cluster, admin } = stage
      const open = await Promise.all(possible.map((cell) => openCell(stage, cell, context)))
      await Promise.all(open.map(({ asker }) => asker.ask(10, 10)))
      // So that it takes all questions with it.
      cluster.signal('mon.a', 'SIGSTOP')
      const withMonitor = open.filter((each) => daemonOf(each.cell) === 'mon.a')
      const withOsd = open.filter((each) => daemonOf(each.cell) === 'osd.0')
      const answers = withMonitor.map(({ asker }) => asker.ask(20, 20))
      const version = admin.mon.getVersion('osdmap')
      await Promise.all(withOsd.map(({ asker }) => asker.ask(100, 10)))
      await cluster.restartMonitor()
      await Promise.all(answers)
      expect((await version).version).toBeGreaterThan(0)
      for (const { asker } of withMonitor) expect(asker).toMatchObject({ answered: 30, unasked: 0, resets: 1 })
      for (const { asker } of withOsd) expect(asker).toMatchObject({ answered: 110, unasked: 0, resets: 0 })
    })

    test('the OSD is killed: who waits for an answer is told, and gets it from the next', async (context) => {
      const { cluster } = stage
      const asked = possible.filter((cell) => daemonOf(cell) === 'osd.0')
      const open = await Promise.all(asked.map((cell) => openCell(stage, cell, context)))
      await Promise.all(open.map(({ asker }) => asker.ask(10, 10)))
      cluster.signal('osd.0', 'SIGSTOP')
      const answers = open.map(({ asker }) => asker.ask(20, 20))
      await cluster.restartOsd()
      const whereabouts = await findOsd(cluster)
      for (const each of open) each.follow(whereabouts)
      await Promise.all(answers)
      for (const { asker, cell } of open) {
        const resets = isLossless(cell) ? 0 : 1
        expect(asker, cell.target).toMatchObject({ answered: 30, unasked: 0, resets })
      }
    })
  })
})

function openCell(stage: Stage, cell: Cell, context: TestContext, more: MessengerSettings = {}): Promise<OpenCell> {
  const opening = OpenCell.open(stage, cell, { ...HASTE, ...more })
  context.onTestFinished(async () => (await opening).close())
  return opening
}

/** Connections between OSDs lose nothing and tell nothing: only those of all others are over when they break. */
function isLossless({ target }: Cell): boolean {
  return target === 'cluster'
}

/**
 * Something broke, yet each question was answered once, and in order. Over a lossless connection nobody was told, and the
 * daemon had each question once; over others, whoever asks was told to ask again.
 */
async function expectAllAnswered(
  { asker, cell, nonce, log }: OpenCell,
  receipts: ReceiptLog,
  { expect }: TestContext,
): Promise<void> {
  const { answers, unasked, resets } = asker
  const lossless = isLossless(cell)
  expect(answers).toEqual(numbersTo(QUESTIONS_DESPITE_BREAKS))
  expect(log.length, cell.target).toBeGreaterThan(0)
  expect({ unasked, isTold: resets > 0 }, cell.target).toEqual({ unasked: 0, isTold: !lossless })
  if (!lossless) return
  const received = async (): Promise<number> => countOf(await receipts.of(nonce), cell)
  await expect.poll(received, { timeout: 10_000 }).toBe(QUESTIONS_DESPITE_BREAKS)
}

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}

function daemonOf({ target }: Cell): DaemonName {
  return target === 'monitor' ? 'mon.a' : 'osd.0'
}

/** Version 1 knows no modes. */
function modeAsTold({ wire, mode }: Cell): string {
  return wire === 'v1' ? 'unknown' : mode
}

function countOf(receipts: Receipts | undefined, { target }: Cell): number {
  return receipts?.counts.get(KIND_OF_QUESTION[target]) ?? 0
}

function logOf({ cluster }: Stage, name: DaemonName): string {
  return join(cluster.dir, `${name}.log`)
}

async function setTheStage(auth: ClusterAuth, family: IpFamily): Promise<Stage> {
  const strict = { cephx_require_signatures: 'true', cephx_require_version: '2' }
  const options = { debug_ms: '1', ...(auth === 'cephx' && strict) }
  const cluster = await CephCluster.start(options, { auth, family })
  const osdId = await cluster.registerOsd(randomUUID())
  const admin = await joinCluster(cluster, auth, 'client.admin')
  const osd = await joinCluster(cluster, auth, `osd.${osdId}`)
  return { cluster, auth, family, osdId, whereabouts: await findOsd(cluster), admin, osd }
}
