import { describe, expect, test } from 'vitest'
import type { StressRequest } from '../src/make-plan.ts'
import { POLICY_PAIR_NAMES } from '../src/policy-pair.ts'
import { PRESET_NAMES } from '../src/presets.ts'
import type { MessengerChoice } from '../src/messenger-choice.ts'
import type { Sabotage } from '../src/stress-plan.ts'
import { runInProcess } from './in-process.ts'

const simple: MessengerChoice = { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' }
const threads: MessengerChoice = { ...simple, type: 'async', opThreads: 1 }
const messengers: readonly (readonly [string, MessengerChoice])[] = [
  ['simple', simple],
  ['simple, version 2 in clear', { ...simple, wire: 'v2-crc' }],
  ['simple, version 2 encrypted', { ...simple, wire: 'v2-secure' }],
  ...(process.platform === 'linux'
    ? ([
        ['async (epoll)', { type: 'async', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' }],
        [
          'async (epoll, 3 workers), version 2 in clear',
          { type: 'async', driver: 'epoll', workers: 3, opThreads: 0, wire: 'v2-crc' },
        ],
        [
          'async (epoll), version 2 encrypted',
          { type: 'async', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v2-secure' },
        ],
        ['async (select)', { type: 'async', driver: 'select', workers: 1, opThreads: 0, wire: 'v1' }],
        ['async (1 thread)', threads],
        ['async (2 threads), version 2 encrypted', { ...threads, opThreads: 2, wire: 'v2-secure' }],
        [
          'async (select, 2 threads), version 2 in clear',
          { ...threads, driver: 'select', opThreads: 2, wire: 'v2-crc' },
        ],
      ] as const)
    : []),
]

describe.each(messengers)('%s', (_, messenger) => {
  test.each(POLICY_PAIR_NAMES)('%s: everything is there once and in order, or is told of', async (policy) => {
    const { client, server, clientRole, serverRole, leftCount } = await runInProcess({
      messenger,
      policy,
      messages: 1000,
      connections: 4,
      cutEvery: 20,
    })
    expect([...client.breaches, ...server.breaches]).toEqual([])
    const { sent, answered, told } = client.figures
    expect(sent).toBe(answered + told)
    expect(client.figures.cuts + server.figures.cuts).toBeGreaterThan(0)
    expect([clientRole.missing.count, serverRole.missing.count, leftCount]).toEqual([0, 0, 0])
    if (policy === 'lossyClient') {
      expect(told).toBeGreaterThan(0)
    } else {
      expect([sent, answered, server.figures.delivered]).toEqual([1000, 1000, 1000])
      expect(client.figures.reconnects + server.figures.reconnects).toBeGreaterThan(0)
      expect(new Map(clientRole.counts)).toEqual(new Map(serverRole.counts))
    }
  })
})

const dances = PRESET_NAMES.filter((name) => name !== 'plain' && name !== 'million')

test.each(dances)('%s: a short dance ends with every account even', async (preset) => {
  const { client, server, leftCount } = await runInProcess({ preset, steps: 300, delayMs: 20 })
  expect([...client.breaches, ...server.breaches]).toEqual([])
  const { sent, answered, told, forgiven } = client.figures
  expect(sent).toBeGreaterThan(50)
  expect(answered).toBeGreaterThan(0)
  expect(sent).toBe(answered + told + forgiven)
  expect(forgiven > 0).toBe(preset !== 'inject4')
  expect(leftCount).toBe(0)
})

const sabotaged: Partial<StressRequest> = { messenger: simple, messages: 300, connections: 1 }

test.each<[Sabotage, object, string]>([
  ['lose', { answered: 299 }, 'came early: expected'],
  ['double', { answered: 300, duplicated: 1 }, 'came twice: expected'],
  ['swap', { answered: 300, reordered: 1 }, 'came late: expected'],
  ['alter', { answered: 300, corrupt: 1 }, 'bytes, got'],
])('a reply that somebody tampers with is noticed: %s', async (sabotage, figures, words) => {
  const { client, clientRole } = await runInProcess({ ...sabotaged, sabotage })
  expect(client.figures).toMatchObject(figures)
  expect(client.breaches.join('\n')).toContain(words)
  expect(clientRole.missing.count).toBe(sabotage === 'lose' ? 1 : 0)
})

test('a run that is bounded by time stops sending and gets its replies', async () => {
  const { client } = await runInProcess({ seconds: 1, connections: 2, messenger: simple })
  expect(client.breaches).toEqual([])
  expect(client.figures.sent).toBeGreaterThan(0)
  expect(client.figures.answered).toBe(client.figures.sent)
})

test('more than a connection takes at a time waits, and nothing is lost', async () => {
  const payload = { kind: 'uniform', minBytes: 4_000_000, maxBytes: 5_000_000 } as const
  const { client, server } = await runInProcess({ messages: 60, connections: 1, messenger: simple, payload })
  expect([...client.breaches, ...server.breaches]).toEqual([])
  expect([client.figures.answered, server.figures.delivered]).toEqual([60, 60])
})
