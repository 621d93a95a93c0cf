import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { takePorts } from '@msgr-tooling/vitest-preset/own-ports'
import { Keyring, PrincipalName, saveKeyring } from '@msgr/auth'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { DemoSummary } from '../src/demo-summary.ts'
import type { PingResult } from '../src/ping-command.ts'
import { childrenOf, CommandProcess, isAlive, isStopped } from './command-process.ts'

const started: CommandProcess[] = []

/** Nobody else is there, not even at the ports of an OSD that a test has ended. */
const ports = await takePorts()

function run(...args: readonly string[]): CommandProcess {
  return start(args)
}

function start(args: readonly string[], env?: Readonly<Record<string, string>>): CommandProcess {
  const process = new CommandProcess(args, env)
  started.push(process)
  return process
}

function runDemo(options: string, env?: Readonly<Record<string, string>>): CommandProcess {
  return start(['demo', '--ports', `${ports.min}-${ports.max}`, ...options.split(' ')], env)
}

/** A folder that is gone when the test has finished. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cli-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  return folder
}

afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all(started.splice(0).map(({ ended }) => ended))
})

// What processes there are, and in what state, is read from /proc.
describe.skipIf(process.platform !== 'linux')('demo (needs Linux)', () => {
  test('goes through its whole script and leaves nothing behind', { timeout: 120_000 }, async () => {
    const demo = runDemo('--osds 3 --messenger simple --json --seed 7')
    await expect.poll(() => childrenOf(demo.child.pid!).length, { timeout: 60_000 }).toBe(4)
    const children = new Set<number>()
    const watching = setInterval(() => {
      for (const pid of childrenOf(demo.child.pid!)) children.add(pid)
    }, 50)
    const exitCode = await demo.ended
    clearInterval(watching)
    const summary = JSON.parse(demo.output) as DemoSummary
    expect(summary.steps.filter(({ ok }) => !ok)).toEqual([])
    expect([exitCode, summary.ok, summary.steps.length]).toEqual([0, true, 9])
    expect(summary.detections.map(({ what, findings }) => [what, ...new Set(findings)])).toEqual([
      ['killed', 'refused'],
      ['hung', 'silence'],
    ])
    expect(summary.comebacks.map(({ what }) => what)).toEqual(['restarted', 'woken'])
    expect(summary.pings.sent).toBe(summary.pings.answered + summary.pings.missed)
    expect([...children].filter(isAlive)).toEqual([])
    expect(children.size).toBe(5)
  })

  test('does the same with heartbeats on threads', { timeout: 120_000 }, async () => {
    const demo = runDemo('--osds 3 --messenger async --op-threads 2 --json --wire v2')
    expect(await demo.ended).toBe(0)
    const summary = JSON.parse(demo.output) as DemoSummary
    expect(summary.steps.filter(({ ok }) => !ok)).toEqual([])
  })

  test('does the same over version 2 with cephx, and leaves no secret behind', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder()
    const secrets = (): string[] => readdirSync(folder).filter((name) => name.startsWith('heartbeat-'))
    const demo = runDemo('--osds 3 --messenger simple --json --wire v2 --auth cephx', { TMPDIR: folder })
    await expect.poll(secrets, { timeout: 60_000 }).toHaveLength(1)
    expect(await demo.ended).toBe(0)
    const summary = JSON.parse(demo.output) as DemoSummary
    expect(summary.steps.filter(({ ok }) => !ok)).toEqual([])
    expect(secrets()).toEqual([])
  })

  test('leaves nothing behind when it is killed, not even an OSD that hangs', { timeout: 120_000 }, async () => {
    const demo = runDemo('--osds 3 --messenger simple --plain')
    await demo.prints(/ hangs \(SIGSTOP\)/)
    const children = childrenOf(demo.child.pid!)
    await expect.poll(() => children.filter(isStopped).length, { timeout: 60_000 }).toBe(1)
    expect(children.filter(isAlive)).toHaveLength(4)
    demo.child.kill('SIGKILL')
    await expect.poll(() => children.filter(isAlive), { timeout: 60_000 }).toEqual([])
  })

  test('ends everything at a Ctrl-C, and says so', { timeout: 120_000 }, async () => {
    const demo = runDemo('--osds 3 --messenger simple --plain')
    await demo.prints(/everyone pings everyone/)
    const children = childrenOf(demo.child.pid!)
    expect(children).toHaveLength(4)
    demo.child.kill('SIGINT')
    expect(await demo.ended).toBe(130)
    expect(children.filter(isAlive)).toEqual([])
    expect(demo.output).toMatch(/called off: SIGINT\n$/)
  })
})

describe('osd and ping', () => {
  test('an OSD is found by its peer and by ping, and is missed when it has ended', { timeout: 120_000 }, async () => {
    const common = ['--messenger', 'simple', '--interval', '200', '--grace', '20000', '--json']
    const one = run('osd', '--id', '1', '--bind', `v1:127.0.0.1:${ports.min}`, ...common)
    await one.prints(/"listening".*\n/)
    const { front, back } = JSON.parse(one.output.split('\n')[0]!) as { front: string; back: string }

    const two = run('osd', '--id', '2', '--bind', '127.0.0.1', '--peers', `osd.1=${front}+${back}`, ...common)
    await two.prints(/\{"event":"up","peer":"osd.1 at/)

    const ping = run('ping', front, '--count', '3', '--interval', '1', '--json', '--messenger', 'simple')
    expect(await ping.ended).toBe(0)
    expect(JSON.parse(ping.output)).toMatchObject({ sent: 3, received: 3, lost: 0 } satisfies Partial<PingResult>)

    one.child.kill('SIGINT')
    expect(await one.ended).toBe(0)
    await two.prints(/\{"event":"down","peer":"osd.1 at.*"reason":"refused"/)
    two.child.kill('SIGTERM')
    expect(await two.ended).toBe(0)

    const lost = run('ping', front, '--count', '1', '--timeout', '100', '--json', '--messenger', 'simple')
    expect(await lost.ended).toBe(1)
    expect(JSON.parse(lost.output)).toEqual({ sent: 1, received: 0, lost: 1, rttMs: null })
  })

  test('an OSD with cephx lets in who has a key, and nobody else, and says so', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder()
    const [keyring, others] = [join(folder, 'keyring'), join(folder, 'others')]
    for (const path of [keyring, others]) {
      const keys = new Keyring()
      for (const name of ['osd.1', 'osd.2']) keys.generate(PrincipalName.parse(name))
      await saveKeyring(path, keys)
    }
    const secrets = ['--auth', 'cephx', '--keyring', keyring]
    const osd = run('osd', '--id', '1', '--bind', 'v2:127.0.0.1:0', '--json', ...secrets)
    await osd.prints(/listening/)
    const { front } = JSON.parse(osd.output) as { front: string }
    const ping = (...more: readonly string[]): CommandProcess =>
      run('ping', front, '--from', 'osd.2', '--count', '2', '--interval', '10', '--timeout', '1000', '--json', ...more)
    expect(await ping(...secrets).ended).toBe(0)
    expect(osd.output).not.toMatch('refused')
    expect(await ping().ended).toBe(1)
    await osd.prints(/osd\.1: .*refused: the peer did not prove who it is, by method 1/)
    expect(await ping('--auth', 'cephx', '--keyring', others).ended).toBe(1)
    await osd.prints(/refused: the peer did not prove who it is, by method 2/)
  })

  test('ping ends at a Ctrl-C, with its summary', { timeout: 120_000 }, async () => {
    const one = run('osd', '--id', '1', '--bind', '127.0.0.1', '--messenger', 'simple', '--json')
    await one.prints(/"listening".*\n/)
    const { front } = JSON.parse(one.output.split('\n')[0]!) as { front: string }
    const ping = run('ping', front, '--interval', '1', '--messenger', 'simple')
    await ping.prints(/seq=5 .*\n/)
    ping.child.kill('SIGINT')
    expect(await ping.ended).toBe(0)
    expect(ping.output).toMatch(/\d+ pings sent, \d+ received, 0 lost\nrtt min\/p50\/p99\/max = .* ms\n$/)
  })
})

test('what makes no sense is told, with exit code 2', async () => {
  const taken = run('osd', '--id', '1', '--bind', '127.0.0.1', '--messenger', 'simple', '--json')
  await taken.prints(/"listening".*\n/)
  const { front } = JSON.parse(taken.output.split('\n')[0]!) as { front: string }
  const address = front.replace(/^v1:|\/.*$/g, '')
  const cases = [
    { process: run('demo', '--osds', '1'), words: 'Expected an integer from 3' },
    { process: run(), words: 'Usage: heartbeat' },
    {
      process: run('osd', '--id', '2', '--bind', '127.0.0.1', '--auth', 'cephx', '--keyring', '/dev/null'),
      words: '/dev/null: expected a key for osd.2, got none',
    },
    {
      process: run('osd', '--id', '2', '--bind', address, '--messenger', 'simple'),
      words: `cannot listen at v1:${address}`,
    },
  ]
  for (const { process, words } of cases) {
    expect(await process.ended).toBe(2)
    expect(process.output).toContain(words)
  }
})
