import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CephCluster } from '../src/ceph-cluster.ts'

// Ours against the real client, on one cluster: what each says of the same command must be the same, field by field.

const CLI = fileURLToPath(new URL('../../../apps/ceph-status/dist/cli.js', import.meta.url))
const COMMANDS = [
  'status',
  'health',
  'health detail',
  'mon dump',
  'mon stat',
  'quorum_status',
  'osd dump',
  'osd tree',
  'osd pool ls',
  'osd pool ls detail',
  'osd getmaxosd',
  'osd crush rule dump',
  'auth ls',
  'config dump',
  'versions',
]
/** What passes between the two questions, and says nothing else. */
const TIMES = new Set(['age', 'quorum_age', 'election_epoch'])

const run = promisify(execFile)

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function ended(command: string, args: readonly string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as Ended
    return { code, stdout, stderr }
  }
}

/** The same without what only the clock decides. Numbers stay text: some are larger than JavaScript's. */
function comparable(json: string): unknown {
  const exact = json.replace(/([:[,]\s*)(-?\d{16,})(?=\s*[,}\]])/g, '$1"$2"')
  return JSON.parse(exact, (key, value: unknown) => (TIMES.has(key) ? undefined : value)) as unknown
}

describe.each(['none', 'cephx'] as const)('with %s', (auth) => {
  let cluster: CephCluster

  beforeAll(async () => {
    cluster = await CephCluster.start({}, { auth })
    await cluster.ceph('osd', 'pool', 'create', 'things', '8')
  }, 120_000)
  afterAll(async () => {
    await cluster.stop()
  })

  const ours = (...args: readonly string[]): Promise<Ended> =>
    ended(process.execPath, [CLI, '--conf', `${cluster.dir}/ceph.conf`, ...args])

  /** What ours prints, and what the real client printed before and after, once the cluster has not changed meanwhile. */
  const whatBothSay = async (words: readonly string[], options: readonly string[] = []): Promise<[Ended, unknown]> => {
    for (;;) {
      const real = async (): Promise<unknown> => comparable(await cluster.ceph('--format', 'json', ...words))
      const before = await real()
      const mine = await ours('--format', 'json', ...options, ...words)
      if (isDeepStrictEqual(before, await real())) return [mine, before]
    }
  }

  test.each(COMMANDS)('%s', { timeout: 120_000 }, async (command) => {
    const [mine, real] = await whatBothSay(command.split(' '))
    expect([mine.code, mine.stdout.split('\n').length, mine.stdout.endsWith('\n')]).toEqual([0, 2, true])
    expect(comparable(mine.stdout)).toEqual(real)
  })

  const modes = auth === 'none' ? ['crc'] : ['crc', 'secure']
  test.each(['v1', ...modes])('over version 1, or 2 in a mode: %s', { timeout: 120_000 }, async (way) => {
    const where = way === 'v1' ? [cluster.monAddr] : [cluster.monAddrs, '--mode', way]
    const [mine, real] = await whatBothSay(['osd', 'dump'], ['--mon-host', ...where])
    expect(comparable(mine.stdout)).toEqual(real)
  })

  test('a change is made, and watched', { timeout: 120_000 }, async () => {
    const child = execFile(process.execPath, [
      ...[CLI, '--conf', `${cluster.dir}/ceph.conf`, '--format', 'json', '--watch', '600', 'osd', 'dump'],
    ])
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    const lines = (): string[] => output.split('\n').slice(0, -1)
    await expect.poll(() => lines().length, { timeout: 30_000 }).toBe(1)
    const { code, stderr } = await ours('osd', 'set', 'noout')
    expect([code, stderr]).toEqual([0, 'noout is set\n'])
    // Long before the next look: the new map is what wakes it.
    await expect.poll(() => lines().at(-1), { timeout: 30_000 }).toContain('noout')
    child.kill('SIGINT')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect((await ours('osd', 'unset', 'noout')).code).toBe(0)
  })

  test('plain text is that of the real client, and goes where its does', { timeout: 60_000 }, async () => {
    expect((await ours('osd', 'pool', 'ls')).stdout).toBe(await cluster.ceph('osd', 'pool', 'ls'))
    expect((await ours('osd', 'crush', 'rule', 'ls')).stdout).toBe(await cluster.ceph('osd', 'crush', 'rule', 'ls'))
  })

  test('arguments and flags mean what they mean to the real client', { timeout: 60_000 }, async () => {
    const created = await ours('osd', 'pool', 'create', 'more', '--pg-num', '4', 'pgp_num=4', '--bulk')
    expect([created.code, created.stderr]).toEqual([0, "pool 'more' created\n"])
    const pools = JSON.parse(await cluster.ceph('osd', 'pool', 'ls', 'detail', '--format', 'json')) as {
      pool_name: string
      flags_names: string
    }[]
    expect(pools.find(({ pool_name }) => pool_name === 'more')?.flags_names).toContain('bulk')
    expect((await ours('osd', 'reweight', 'osd.0', '0.5')).stderr).toMatch(/^reweighted osd\.0 to 0\.5/)
    expect((await ours('osd', 'reweight', '0', '1')).code).toBe(0)
    expect((await ours('config', 'set', 'mon', 'mon_allow_pool_delete', 'true')).code).toBe(0)
    expect((await ours('osd', 'pool', 'rm', 'more', 'more')).stderr).toContain('EPERM')
    const removed = await ours('osd', 'pool', 'rm', 'more', 'more', '--yes-i-really-really-mean-it')
    expect([removed.code, removed.stderr]).toEqual([0, "pool 'more' removed\n"])
  })

  test('bytes come as they are, from files and to them', { timeout: 60_000 }, async () => {
    const path = join(cluster.dir, 'crushmap')
    await cluster.ceph('osd', 'getcrushmap', '-o', path)
    const crush = await readFile(path)
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [CLI, '--conf', join(cluster.dir, 'ceph.conf'), 'osd', 'getcrushmap'],
      { encoding: 'buffer' },
    )
    expect(stdout.equals(crush)).toBe(true)
    expect((await ours('osd', 'setcrushmap', '-i', path)).code).toBe(0)
  })

  test(
    'what the monitors refuse is told, with exit code 1; what is no command, with 2',
    { timeout: 60_000 },
    async () => {
      const refused = await ours('osd', 'pool', 'get', 'nothing', 'size')
      expect([refused.code, refused.stdout]).toEqual([1, ''])
      expect(refused.stderr).toContain("ENOENT: unrecognized pool 'nothing'")
      const nonsense = await ours('osd', 'dmp')
      expect([nonsense.code, nonsense.stdout]).toEqual([2, ''])
      const nobody = await ours('--timeout', '3', '--mon-host', 'v2:127.0.0.1:1', 'status')
      expect([nobody.code, nobody.stdout]).toEqual([1, ''])
      const manager = await ours('--timeout', '2', 'pg', 'stat')
      expect([manager.code, manager.stderr]).toEqual([1, expect.stringContaining('a manager answers this')])
    },
  )
})
