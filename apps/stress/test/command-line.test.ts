import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { parseCommandLine, type StressCommand } from '../src/command-line.ts'

const silent = { help: () => undefined, complain: () => undefined }

type Run = Extract<StressCommand, { kind: 'run' }>

function parse(text: string): Run {
  return parseCommandLine(text === '' ? [] : text.split(' '), silent) as Run
}

test('without any option it is a plain run', () => {
  expect(parse('')).toMatchObject({ preset: 'plain', json: false, patienceMs: 60_000 })
  expect(parse('').plan).toMatchObject({ inFlight: 64, processCount: 4, cutEvery: 0, sabotage: null, seconds: null })
})

test('every option has its place in the plan', () => {
  const { plan, json, patienceMs } = parse(
    '--messenger async --driver select --workers 3 --messages 7 --seconds 8 --connections 9 --processes 5 ' +
      '--in-flight 10 --policy lossyClient --cut-every 11 --delays 12 --payload 13-14 --seed 15 --patience 16 ' +
      '--sabotage swap --wire v2-secure --json',
  )
  expect([json, patienceMs]).toEqual([true, 16_000])
  expect(plan).toMatchObject({
    messenger: { type: 'async', driver: 'select', workers: 3, opThreads: 0, wire: 'v2-secure' },
    messages: 7,
    seconds: 8,
    rules: { connections: 9 },
    processCount: 5,
    inFlight: 10,
    policy: 'lossyClient',
    cutEvery: 11,
    delays: { messageMs: 12, handshakeMs: 100 },
    payload: { kind: 'uniform', minBytes: 13, maxBytes: 14 },
    seed: 15,
    sabotage: 'swap',
  })
  expect(parse('--preset inject --steps 17').plan.rules).toMatchObject({ steps: 17 })
})

test('delays need no number', () => {
  expect(parse('--delays').plan.delays).toEqual({ messageMs: 100, handshakeMs: 100 })
})

test('threads are asked for in the place of workers, and of the async messenger alone', () => {
  expect(parse('--messenger async').plan.messenger).toMatchObject({ workers: 1, opThreads: 0 })
  expect(parse('--messenger async --op-threads 24').plan.messenger).toMatchObject({ workers: 1, opThreads: 24 })
  expect(() => parse('--messenger simple --op-threads 2')).toThrow('--op-threads 2 needs --messenger async')
  expect(() => parse('--flood all --messenger simple --op-threads 2')).toThrow('--op-threads 2 needs')
})

test.each([
  '--preset none',
  '--messenger fast',
  '--driver poll',
  '--messages 0',
  '--messages 1e3',
  '--payload 5',
  '--payload 6-5',
  '--payload 0-16777217',
  '--processes 1',
  '--op-threads 25',
  '--workers 0',
  '--policy none',
  '--sabotage all',
  '--what',
  'what',
])('%s makes no sense', (text) => {
  expect(() => parse(text)).toThrow(CommanderError)
})

test('help tells of the presets', () => {
  let help = ''
  const output = { ...silent, help: (text: string) => (help += text) }
  expect(() => parseCommandLine(['--help'], output)).toThrow(CommanderError)
  expect(help).toContain('inject4')
})

test('a flood has its usual number of bad peers, and all of them are asked for at once', () => {
  const all = parseCommandLine(['--flood', 'all', '--seconds', '3', '--messenger', 'simple'], silent)
  const messenger = { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' }
  const counts = { handshakes: 10_000, slow: 500, deaf: 16, huge: 16, files: 400 }
  const plans = Object.entries(counts).map(([name, attackerCount]) => ({ name, attackerCount, seconds: 3, messenger }))
  expect(all).toEqual({ kind: 'flood', plans, json: false })
  const few = parseCommandLine(['--flood', 'slow', '--attackers', '7', '--json'], silent)
  expect(few).toMatchObject({ kind: 'flood', plans: [{ name: 'slow', attackerCount: 7, seconds: 10 }], json: true })
})
