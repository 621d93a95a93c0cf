import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { parseCommandLine, type CommandLine } from '../src/command-line.ts'
import { formatHeartbeatAddress } from '../src/peer-list.ts'

function parse(...args: string[]): CommandLine {
  return parseCommandLine(args, { help: ignore, complain: ignore })
}

function ignore(): void {
  // Only errors matter here.
}

/** What a bad command line is told, and its exit code. */
function refusal(...args: string[]): { text: string; exitCode: number } {
  let text = ''
  const output = { help: (words: string) => (text += words), complain: (words: string) => (text += words) }
  try {
    parseCommandLine(args, output)
  } catch (error) {
    if (error instanceof CommanderError) return { text, exitCode: error.exitCode }
    throw error
  }
  throw new Error('it was not refused')
}

function demo(...args: string[]): CommandLine & { command: 'demo' } {
  const commandLine = parse('demo', ...args)
  if (commandLine.command !== 'demo') throw new Error('no demo')
  return commandLine
}

function ping(...args: string[]): CommandLine & { command: 'ping' } {
  const commandLine = parse('ping', ...args)
  if (commandLine.command !== 'ping') throw new Error('no ping')
  return commandLine
}

function osd(...args: string[]): CommandLine & { command: 'osd' } {
  const commandLine = parse('osd', ...args)
  if (commandLine.command !== 'osd') throw new Error('no osd')
  return commandLine
}

describe('demo', () => {
  test('needs no options', () => {
    const { options, view } = demo()
    expect(view).toBe('auto')
    expect(options).toMatchObject({ osdCount: 5, intervalMs: 600, graceMs: 2000, minReporters: 2, fastFail: true })
    expect(options.minMessageSize).toBe(2000)
  })

  test('takes all of them', () => {
    const args = '--messenger simple --driver select --osds 7 --json --seed 42 --interval 100 --grace 900'.split(' ')
    const more = '--min-reporters 3 --no-fast-fail --min-size 0 --ports 9000-9099'.split(' ')
    const { options, view } = demo(...args, ...more)
    expect(view).toBe('json')
    expect(options).toMatchObject({
      osdCount: 7,
      messenger: {
        type: 'simple',
        driver: 'select',
        opThreads: 0,
        wire: 'v1',
        ports: { min: 9000, max: 9099 },
        auth: { method: 'none' },
      },
      seed: 42,
      intervalMs: 100,
      graceMs: 900,
      minReporters: 3,
      fastFail: false,
      minMessageSize: 0,
    })
  })

  test('runs on threads if it is told so', () => {
    expect(demo('--messenger', 'async', '--op-threads', '24').options.messenger.opThreads).toBe(24)
  })

  test('makes another choice each time, unless it is told the seed', () => {
    const seeds = Array.from({ length: 20 }, () => demo().options.seed)
    expect(new Set(seeds).size).toBeGreaterThan(15)
  })

  test.each([
    [['--osds', '2'], 'Expected an integer from 3 to 100'],
    [['--ports', '6800'], 'Expected two ports such as 6800-7300, from 1 to 65535'],
    [['--ports', '0-10'], 'Expected two ports'],
    [['--ports', '7000-65536'], 'Expected two ports'],
    [['--ports', '7001-7000'], 'Expected two ports'],
    [['--osds', '5.5'], 'Expected an integer from 3 to 100'],
    [['--osds', '3', '--min-reporters', '3'], '3 OSDs are too few for 3 reporters'],
    [['--interval', '600', '--grace', '500'], 'a grace of 500 ms is too short'],
    [['--messenger', 'tcp'], 'Allowed choices are simple, async'],
    [['--driver', 'kqueue'], 'Allowed choices are epoll, select'],
    [['--op-threads', '25'], 'Expected an integer from 0 to 24'],
    [['--op-threads', '2', '--messenger', 'simple'], '--op-threads 2 needs --messenger async'],
    [['--seed', '-1'], 'Expected an integer from 0'],
    [['--nonsense'], "unknown option '--nonsense'"],
    [['extra'], 'too many arguments'],
  ])('%j is refused', (args, words) => {
    const { text, exitCode } = refusal('demo', ...args)
    expect(text).toContain(words)
    expect(text).toContain('--help tells what there is')
    expect(exitCode).not.toBe(0)
  })
})

describe('ping', () => {
  test('needs an address', () => {
    const { options } = ping('[::1]:6805')
    expect(formatHeartbeatAddress(options.target)).toBe('v1:[::1]:6805')
    expect(options).toMatchObject({ count: undefined, intervalMs: 1000, timeoutMs: 2000, json: false })
    expect(options.fsid.isZero()).toBe(true)
    expect(refusal('ping').text).toContain("missing required argument 'addr'")
  })

  test('pings as someone whose number a real OSD can bear', () => {
    for (let i = 0; i < 50; i++) {
      const { from } = ping('127.0.0.1:6805').options
      expect(from.toString()).toMatch(/^osd\.1\d{4}$/)
    }
  })

  test('takes all options', () => {
    const fsid = '11111111-2222-3333-4444-555555555555'
    const args = `v1:127.0.0.1:6805/4021 --count 3 --interval 10 --timeout 20 --from osd.9 --fsid ${fsid} --json`.split(
      ' ',
    )
    const { options } = ping(...args)
    expect(options.fsid.toString()).toBe(fsid)
    expect(options.from.toString()).toBe('osd.9')
    expect(options).toMatchObject({ count: 3, intervalMs: 10, timeoutMs: 20, json: true })
    expect(options.target.anyNonce).toBe(false)
  })

  test.each([
    [['v2:127.0.0.1:6805'], 'expected a nonce'],
    [['127.0.0.1:6805', '--messenger', 'simple', '--op-threads', '1'], '--op-threads 1 needs --messenger async'],
    [['127.0.0.1:6805', '--auth', 'cephx'], '--auth cephx needs a --keyring'],
    [['127.0.0.1:6805', '--from', 'client.4'], 'Expected a name such as osd.9'],
    [['127.0.0.1:6805', '--fsid', 'mine'], 'expected a uuid'],
    [['127.0.0.1:6805', '--count', '0'], 'Expected an integer from 1'],
  ])('%j is refused', (args, words) => {
    expect(refusal('ping', ...args).text).toContain(words)
  })
})

describe('osd', () => {
  test('needs a number and an address, and takes the next port for its back', () => {
    const { options } = osd('--id', '3', '--bind', '10.0.0.1:6805')
    expect([options.bind.front.toString(), options.bind.back.toString()]).toEqual([
      'v1:10.0.0.1:6805/0',
      'v1:10.0.0.1:6806/0',
    ])
    expect(options).toMatchObject({ id: 3, peers: [], intervalMs: 1000, graceMs: 4000, json: false, bindOnce: true })
    expect(refusal('osd', '--bind', '10.0.0.1:6805').text).toContain("required option '--id <n>' not specified")
    expect(refusal('osd', '--id', '3').text).toContain("required option '--bind <addr>' not specified")
  })

  test('takes peers, and any free ports', () => {
    const { options } = osd('--id', '3', '--bind', '127.0.0.1', '--peers', 'osd.1=10.0.0.1:1+10.0.0.1:2,10.0.0.2:1')
    expect(options.peers.map(({ id }) => id)).toEqual([1, undefined])
    expect([options.bind.front.port, options.bind.back.port]).toEqual([0, 0])
  })

  test('takes a back address of its own', () => {
    const { options } = osd('--id', '3', '--bind', '10.0.0.1:6805', '--bind-back', '10.1.0.1:6805')
    expect(options.bind.back.toString()).toBe('v1:10.1.0.1:6805/0')
  })

  test.each([
    [['--id', '3', '--bind', '-'], 'expected an address (v1:IP:PORT or v2:IP:PORT)'],
    [['--id', '3', '--bind', '10.0.0.1:1', '--messenger', 'simple', '--op-threads', '3'], '--op-threads 3 needs'],
    [['--id', '3', '--bind', '10.0.0.1:1', '--auth', 'cephx'], '--auth cephx needs a --keyring'],
    [['--id', '3', '--bind', 'here'], 'expected [v1:|v2:|any:]IP[:PORT][/NONCE]'],
    [['--id', '3', '--bind', '10.0.0.1:1', '--peers', 'nobody'], 'expected a file, or an address'],
    [['--id', '3', '--bind', '10.0.0.1:65535'], 'there is no port after 65535'],
  ])('%j is refused', (args, words) => {
    expect(refusal('osd', ...args).text).toContain(words)
  })
})

test('help is no error, and nothing is one', () => {
  expect(refusal('--help')).toMatchObject({ exitCode: 0 })
  expect(refusal('ping', '--help').text).toContain('real OSD')
  expect(refusal().exitCode).not.toBe(0)
  expect(refusal('pong').text).toContain("unknown command 'pong'")
})
