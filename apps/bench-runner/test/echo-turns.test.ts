import { expect, test } from 'vitest'
import { takeTurns, type EchoEnds, type EchoPlan } from '../src/echo-turns.ts'
import { BenchError } from '../src/errors.ts'
import { packLatencies } from '../src/latency.ts'
import { endsInProcess } from './in-process.ts'

const CASE = { name: '64B-d2', payloadBytes: 64, connectionCount: 1, depth: 2 }
const length = (messageCount: number): { messageCount: number; durationMs: number } => {
  return { messageCount, durationMs: Infinity }
}
const PLAN: EchoPlan = { roundCount: 3, compile: length(200), warmUp: length(10), measure: length(100) }

/** Ends that say what they were asked. */
function tellingEnds(tell: (what: string) => void): EchoEnds {
  const ends = endsInProcess(() => {
    tell('stop')
  })
  return {
    ...ends,
    client: {
      ask: (kind, argument) => {
        tell(`${kind} ${JSON.stringify(argument)}`)
        return ends.client.ask(kind, argument)
      },
    },
  }
}

test('subjects take turns; the round that warms them up does not count', async () => {
  const turns: string[] = []
  const { series, unavailable } = await takeTurns(CASE, ['node-net', 'simple-messenger'], PLAN, {
    open: () => endsInProcess(),
    tell: (round, subject) => void turns.push(`${round} ${subject}`),
  })
  expect(turns).toEqual([0, 1, 2, 3].flatMap((round) => [`${round} node-net`, `${round} simple-messenger`]))
  expect(series.map(({ case: name, subject, rounds }) => [name, subject, rounds.length])).toEqual([
    ['64B-d2', 'node-net', 3],
    ['64B-d2', 'simple-messenger', 3],
  ])
  expect(unavailable.size).toBe(0)
})

test('each round connects anew, warms up and measures; the first one is deep and long', async () => {
  const asked: string[] = []
  await takeTurns(
    CASE,
    ['node-net'],
    { ...PLAN, roundCount: 1 },
    {
      open: () => tellingEnds((what) => void asked.push(what)),
      tell: () => undefined,
    },
  )
  expect(asked.map((what) => what.replace(/"address":"\d+"/, '"address":"*"'))).toEqual([
    'connect {"subject":"node-net","address":"*","payloadBytes":64,"connectionCount":1,"depth":64}',
    'run {"messageCount":10,"durationMs":null}',
    'run {"durationMs":null,"messageCount":200}',
    'close null',
    'connect {"subject":"node-net","address":"*","payloadBytes":64,"connectionCount":1,"depth":2}',
    'run {"messageCount":10,"durationMs":null}',
    'run {"messageCount":100,"durationMs":null}',
    'close null',
    'stop',
  ])
})

test.each([
  ['large messages are fewer', { payloadBytes: 0x10_0000, connectionCount: 1, depth: 4 }, 1, 200],
  ['very many bytes are not sent', { payloadBytes: 0x400_0000, connectionCount: 1, depth: 4 }, 1, 4],
  ['many connections share the depth', { payloadBytes: 64, connectionCount: 16, depth: 1 }, 4, 200],
])('in the round that warms up, %s', async (_, shape, depth, messageCount) => {
  const asked: { kind: string; argument: unknown }[] = []
  const note = (kind: string, argument: unknown, answer: unknown): Promise<never> => {
    asked.push({ kind, argument })
    return Promise.resolve(answer as never)
  }
  const figures = { messageCount: 1, elapsedMs: 1, cpuMicros: 1, latencies: packLatencies([1]) }
  const ends = {
    server: { ask: (kind: string, argument: unknown) => note(kind, argument, { address: '1' }) },
    client: { ask: (kind: string, argument: unknown) => note(kind, argument, figures) },
    stop: () => Promise.resolve(),
  }
  const plan = { ...PLAN, roundCount: 0 }
  await takeTurns({ name: 'case', ...shape }, ['node-net'], plan, { open: () => ends, tell: () => undefined })
  expect(asked.find(({ kind }) => kind === 'connect')?.argument).toMatchObject({ depth })
  const runs = asked.filter(({ kind }) => kind === 'run').map(({ argument }) => argument)
  expect(runs[1]).toMatchObject({ messageCount })
})

test('a subject whose threads begin anew has as long a beginning in each round', async () => {
  const lengths: unknown[] = []
  const figures = { messageCount: 1, elapsedMs: 1, cpuMicros: 1, latencies: packLatencies([1]) }
  const ends = {
    server: { ask: () => Promise.resolve({ address: '1' } as never) },
    client: {
      ask: (kind: string, argument: unknown) => {
        if (kind === 'run') lengths.push((argument as { messageCount: number }).messageCount)
        return Promise.resolve(figures as never)
      },
    },
    stop: () => Promise.resolve(),
  }
  const subjects = ['node-net', 'async-messenger-threads']
  await takeTurns(CASE, subjects, { ...PLAN, roundCount: 1 }, { open: () => ends, tell: () => undefined })
  expect(lengths).toEqual([...[10, 200], ...[10, 200], ...[10, 100], ...[200, 100]])
})

test('a subject that this machine has not is asked once and left out, with the reason', async () => {
  const turns: string[] = []
  const { series, unavailable } = await takeTurns(
    CASE,
    ['absent', 'node-net'],
    { ...PLAN, roundCount: 1 },
    {
      open: (subject) => {
        const ends = endsInProcess()
        if (subject !== 'absent') return ends
        return { ...ends, server: { ask: () => Promise.resolve({ unavailable: 'no shim' } as never) } }
      },
      tell: (round, subject) => void turns.push(`${round} ${subject}`),
    },
  )
  expect(turns).toEqual(['0 absent', '0 node-net', '1 node-net'])
  expect(series.map(({ subject }) => subject)).toEqual(['node-net'])
  expect([...unavailable]).toEqual([['absent', 'no shim']])
})

test('a subject that fails is asked nothing more and gives no figures; the others go on', async () => {
  const turns: string[] = []
  const { series, failed } = await takeTurns(CASE, ['broken', 'node-net'], PLAN, {
    open: (subject) => {
      const ends = endsInProcess()
      if (subject !== 'broken') return ends
      const failing = (): Promise<never> => Promise.reject(new BenchError('ERR_BENCH_REPLY', 'reply 7 was lost'))
      return { ...ends, server: { ask: failing } }
    },
    tell: (round, subject) => void turns.push(`${round} ${subject}`),
  })
  expect(turns).toEqual(['0 broken', '0 node-net', '1 node-net', '2 node-net', '3 node-net'])
  expect(series.map(({ subject }) => subject)).toEqual(['node-net'])
  expect([...failed]).toEqual([['broken', 'reply 7 was lost']])
})

test('the ends are stopped even if a round fails', async () => {
  const stopped: string[] = []
  const taking = takeTurns(CASE, ['node-net', 'nobody'], PLAN, {
    open: (subject) => endsInProcess(() => void stopped.push(subject)),
    tell: () => undefined,
  })
  await expect(taking).rejects.toThrow('there is no subject nobody')
  expect(stopped).toEqual(['node-net', 'nobody'])
})
