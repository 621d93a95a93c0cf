import { expect, test } from 'vitest'
import { BenchError } from '../src/errors.ts'
import type { EchoEnds } from '../src/echo-ends.ts'
import { takeIdleRounds } from '../src/idle-rounds.ts'
import { endsInProcess } from './in-process.ts'

const PLAN = { connectionCount: 10, roundCount: 2, keepaliveCount: 3, keepaliveIntervalMs: 5000 }

/** Ends whose server tells these numbers for its memory, one after the other. */
function endsWithMemory(memory: number[], log: string[], subject: string): EchoEnds {
  const ends = endsInProcess(() => void log.push(`stop ${subject}`))
  return {
    server: {
      ask: (kind, argument) => {
        if (kind === 'rssBytes') return Promise.resolve(memory.shift() as never)
        return ends.server.ask(kind, argument)
      },
    },
    client: {
      ask: (kind, argument) => {
        if (kind === 'keepalive') log.push(`keepalive ${subject}`)
        return ends.client.ask(kind, argument)
      },
    },
    stop: async () => {
      await ends.client.ask('close', null)
      await ends.server.ask('close', null)
      await ends.stop()
    },
  }
}

test('each round looks at memory before and after; the last one keeps all connections alive', async () => {
  const log: string[] = []
  const memories: Record<string, number[][]> = {
    // Before, after, and after the keepalives of the last round.
    'node-net': [
      [1000, 2000],
      [1000, 3000, 3050],
    ],
    'simple-messenger': [
      [0, 50_000],
      [0, 40_000, 39_000],
    ],
  }
  const { series, unavailable, failed } = await takeIdleRounds(['node-net', 'simple-messenger'], PLAN, {
    open: (subject) => endsWithMemory(memories[subject]?.shift() ?? [], log, subject),
    tell: () => undefined,
    wait: (ms) => {
      log.push(`wait ${ms}`)
      return Promise.resolve()
    },
  })
  expect(series).toEqual([
    { subject: 'node-net', rssBytesPerConnection: [100, 200], growthBytesPerConnection: 5 },
    { subject: 'simple-messenger', rssBytesPerConnection: [5000, 4000], growthBytesPerConnection: -100 },
  ])
  expect([unavailable.size, failed.size]).toEqual([0, 0])
  const keepalives = ['wait 5000', 'keepalive node-net', 'keepalive simple-messenger']
  const stops = ['stop node-net', 'stop simple-messenger']
  expect(log.slice(0, -2)).toEqual([...stops, ...keepalives, ...keepalives, ...keepalives])
  expect(log.slice(-2).sort()).toEqual(stops)
})

test('a subject that fails, or is not to be had, does not keep the others from it', async () => {
  const { series, unavailable, failed } = await takeIdleRounds(['absent', 'broken', 'node-net'], PLAN, {
    open: (subject) => {
      const ends = endsWithMemory([0, 10, 10], [], subject)
      if (subject === 'absent')
        return { ...ends, server: { ask: () => Promise.resolve({ unavailable: 'no' } as never) } }
      const failing = (): Promise<never> => Promise.reject(new BenchError('ERR_BENCH_CONNECTION', 'was lost'))
      return subject === 'broken' ? { ...ends, server: { ask: failing }, stop: () => Promise.resolve() } : ends
    },
    tell: () => undefined,
    wait: () => Promise.resolve(),
  })
  expect(series.map(({ subject }) => subject)).toEqual(['node-net'])
  expect([...unavailable]).toEqual([['absent', 'no']])
  expect([...failed]).toEqual([['broken', 'was lost']])
})
