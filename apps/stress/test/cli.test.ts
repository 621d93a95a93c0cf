import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import type { FloodSummary } from '../src/flood-summary.ts'
import type { StressSummary } from '../src/stress-summary.ts'

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const started: StressCommandProcess[] = []

/** The built program, run as its user runs it. */
class StressCommandProcess {
  readonly child: ChildProcess
  readonly ended: Promise<number | NodeJS.Signals>
  output = ''

  constructor(args: string) {
    if (!existsSync(CLI)) throw new Error('the program is not built: run "npm run build" in the root first')
    this.child = spawn(process.execPath, [CLI, ...args.split(' ')], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        resolve(signal ?? code ?? -1)
      })
    })
    started.push(this)
  }

  get summary(): StressSummary {
    return JSON.parse(this.output.trim().split('\n').at(-1) ?? '') as StressSummary
  }

  /** The processes it has started that are still there. Linux only. */
  get children(): number[] {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.map(Number).filter((pid) => fieldsOf(pid)?.[1] === String(this.child.pid))
  }
}

/** The fields of /proc/PID/stat that follow the name: state, parent and more. */
function fieldsOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  const state = fieldsOf(pid)?.[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all(started.splice(0).map(({ ended }) => ended))
})

const messengers = [
  'simple',
  ...(process.platform === 'linux' ? ['async', 'async --driver select', 'async --op-threads 2'] : []),
]

test.each(messengers)('%s: a run between processes keeps every promise', { timeout: 120_000 }, async (messenger) => {
  const run = new StressCommandProcess(`--messenger ${messenger} --messages 3000 --cut-every 50 --json --seed 5`)
  expect([await run.ended, run.output.trim().split('\n').length]).toEqual([0, 1])
  const { summary } = run
  expect(summary).toMatchObject({ ok: true, sent: 3000, delivered: 3000, answered: 3000, lost: 0, processes: 4 })
  expect(summary.cuts).toBeGreaterThan(0)
  expect(summary.reconnects).toBeGreaterThan(0)
  expect(summary.peakRssBytes).toBeGreaterThan(summary.rssBytesAtTenth)
})

test.each(['lose', 'double'])(
  'a run in which a reply is tampered with (%s) fails, and tells how to repeat it',
  { timeout: 120_000 },
  async (sabotage) => {
    const run = new StressCommandProcess(`--messenger simple --messages 1000 --sabotage ${sabotage} --seed 5`)
    expect(await run.ended).toBe(1)
    expect(run.output).toMatch(/✘ client\.\d with osd\.\d: reply \d+ of priority \d+/)
    expect(run.output).toMatch(/again: --seed 5\n$/)
  },
)

test('a run that is stuck fails, and tells how every connection is', { timeout: 120_000 }, async () => {
  // Every read and every write breaks its socket, so no connection is ever open.
  const run = new StressCommandProcess('--messenger simple --cut-every 1 --messages 10 --patience 1 --json')
  expect(await run.ended).toBe(1)
  expect(run.output).toMatch(/client\.0 with osd\.0: not open, \d+ queued, 0 unacknowledged, sent/)
  expect(run.summary.breaches[0]).toBe('stuck: nothing has moved for 1 s')
})

test('a flood does good peers no harm', { timeout: 120_000 }, async () => {
  const run = new StressCommandProcess('--messenger simple --flood huge --seconds 2 --attackers 4 --json')
  expect(await run.ended).toBe(0)
  const summary = JSON.parse(run.output) as FloodSummary
  expect(summary).toMatchObject({ flood: 'huge', ok: true, lost: 0, newPeersAfter: 20, breaches: [] })
  expect(summary.attack.closed).toBeGreaterThan(0)
})

test('what makes no sense is told, with exit code 2', { timeout: 60_000 }, async () => {
  for (const args of ['--payload 5', '--steps 4', '--messenger simple --op-threads 1']) {
    const run = new StressCommandProcess(args)
    expect(await run.ended).toBe(2)
    expect(run.output).toMatch(/^error: /)
  }
})

// What processes there are is read from /proc.
describe.skipIf(process.platform !== 'linux')('nothing is left behind (needs Linux)', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGKILL', 'SIGKILL'],
  ] as const)('after %s', { timeout: 120_000 }, async (signal, end) => {
    const run = new StressCommandProcess('--messenger simple --seconds 600 --json')
    await expect.poll(() => run.children.length, { timeout: 60_000 }).toBe(4)
    const { children } = run
    run.child.kill(signal)
    expect(await run.ended).toBe(end)
    await expect.poll(() => children.filter(isAlive), { timeout: 60_000 }).toEqual([])
  })

  test('if one of its processes is killed, the run says so and ends', { timeout: 120_000 }, async () => {
    const run = new StressCommandProcess('--messenger simple --seconds 600 --json')
    await expect.poll(() => run.children.length, { timeout: 60_000 }).toBe(4)
    const { children } = run
    process.kill(children[0]!, 'SIGKILL')
    expect(await run.ended).toBe(1)
    expect(run.output).toMatch(/^error: (server|client) process \d ended with SIGKILL/)
    expect(children.filter(isAlive)).toEqual([])
  })
})
