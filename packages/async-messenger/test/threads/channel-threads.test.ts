import { MessageChannel } from 'node:worker_threads'
import { beforeAll, describe, expect, test } from 'vitest'
import { Channel } from '../../src/threads/channel.ts'
import type { ChannelSideResult, ChannelSideTask } from '../programs/channel-sides.ts'
import { buildProgram, runThreads } from './program-threads.ts'
import { Sleeper } from './sleeper.ts'

describe('two threads', () => {
  let program = ''
  beforeAll(async () => {
    program = await buildProgram('channel-sides')
  })

  type Flow = Pick<ChannelSideTask, 'recordCount' | 'maxLength' | 'mostAhead' | 'mostDelay'>

  async function runFlow(flow: Flow, signal: AbortSignal): Promise<ChannelSideResult[]> {
    const { toThread, fromThread } = Channel.allocate()
    const { port1, port2 } = new MessageChannel()
    const [one, two] = [Sleeper.allocate(), Sleeper.allocate()]
    const sides: ChannelSideTask[] = [
      {
        ...flow,
        out: toThread,
        into: fromThread,
        port: port1,
        ownSleeper: one,
        otherSleeper: two,
        ownSeed: 11,
        otherSeed: 22,
      },
      {
        ...flow,
        out: fromThread,
        into: toThread,
        port: port2,
        ownSleeper: two,
        otherSleeper: one,
        ownSeed: 22,
        otherSeed: 11,
      },
    ]
    return (await runThreads(program, sides, signal)) as ChannelSideResult[]
  }

  function total(results: readonly ChannelSideResult[], key: keyof ChannelSideResult): number {
    return results.reduce((sum, result) => sum + result[key], 0)
  }

  const timeout = 60_000

  test('that sleep before nearly every record of the other are woken for each', { timeout }, async ({ signal }) => {
    const results = await runFlow({ recordCount: 10_000, maxLength: 100, mostAhead: 0, mostDelay: 300 }, signal)
    expect(total(results, 'sleepCount')).toBeGreaterThan(0)
  })

  test('that flood each other wait for room, and all comes through in order', { timeout }, async ({ signal }) => {
    const flow = { recordCount: 5_000, maxLength: 10_000, mostAhead: Infinity, mostDelay: 300 }
    const results = await runFlow(flow, signal)
    expect(total(results, 'congestedCount')).toBeGreaterThan(0)
  })
})
