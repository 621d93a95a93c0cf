import { isAvailable } from '@msgr/posix'
import { describe, expect, test } from 'vitest'
import type { Answers, Protocol } from '../src/asked.ts'
import { echoClientAnswers } from '../src/echo-client.ts'
import { LatencyDistribution } from '../src/latency.ts'
import { pingFloodAnswers } from '../src/ping-flood.ts'
import {
  handOverContestant,
  ordinaryEchoContestant,
  pingFloodContestant,
  type Ended,
  type ThreadsContestant,
  type ThreadsFigures,
} from '../src/threads-contestants.ts'
import { threadsServerAnswers } from '../src/threads-server.ts'
import { inProcess } from './in-process.ts'

const LOAD = { payloadBytes: 4096, connectionCount: 2, depth: 4 }

/** Both ends in this process: the figures mean nothing, all else is as ever. */
function ended<P extends Protocol<P> & { close: { argument: null; answer: null } }>(answers: Answers<P>): Ended<P> {
  return {
    ...inProcess(answers),
    stop: async () => {
      await answers.close(null)
    },
  }
}

async function figuresOf(contestant: ThreadsContestant): Promise<ThreadsFigures> {
  expect(await contestant.open()).toBeUndefined()
  await contestant.run(10)
  const figures = await contestant.run(30)
  await contestant.stop()
  for (const value of Object.values(figures.values)) expect(value).toBeGreaterThanOrEqual(0)
  return figures
}

describe.skipIf(!isAvailable())('with the server on threads', () => {
  const server = (opThreads: number) => ({ subject: 's', opThreads, server: ended(threadsServerAnswers()) })

  test.each([0, 1])('messages are counted, and what its threads use for them: %i of its own', async (opThreads) => {
    const contestant = ordinaryEchoContestant({ ...server(opThreads), client: ended(echoClientAnswers()) }, LOAD)
    const { values } = await figuresOf(contestant)
    expect(Object.keys(values)).toEqual(['main_thread_cpu_us_per_msg', 'server_cpu_us_per_msg', 'msgs_per_s'])
    expect(values['server_cpu_us_per_msg']).toBeGreaterThanOrEqual(values['main_thread_cpu_us_per_msg'] ?? Infinity)
    expect(values['msgs_per_s']).toBeGreaterThan(0)
  })

  test('every hand-over of a run is timed', async () => {
    const contestant = handOverContestant({ ...server(1), client: ended(echoClientAnswers()) }, LOAD)
    const { values, latencies } = await figuresOf(contestant)
    const distribution = new LatencyDistribution([latencies ?? ''])
    expect(values).toMatchObject({
      hand_over_p50_us: distribution.micros(50),
      hand_over_p99_us: distribution.micros(99),
    })
    // The clock is one for all threads: what is later on one is later on the other.
    expect(distribution.micros(0)).toBeGreaterThan(0)
    expect(distribution.micros(100)).toBeLessThan(30e6)
  })

  test('pings are counted, and what answers them', async () => {
    const contestant = pingFloodContestant(
      { ...server(2), client: ended(pingFloodAnswers()) },
      { connectionCount: 2, depth: 4 },
    )
    const { values } = await figuresOf(contestant)
    const names = ['pings_per_s', 'pings_per_cpu_s', 'pings_per_busiest_thread_s', 'load_idle_share']
    expect(Object.keys(values)).toEqual(names)
    // Of several threads the busiest alone has used no more than all of them.
    expect(values['pings_per_busiest_thread_s']).toBeGreaterThanOrEqual(values['pings_per_cpu_s'] ?? Infinity)
  })
})
