import { beforeAll, describe, expect, test } from 'vitest'
import { RecordRing } from '../../src/threads/record-ring.ts'
import type { SideResult, SideTask } from '../programs/record-ring-sides.ts'
import { buildProgram, runThreads } from './program-threads.ts'
import { Sleeper } from './sleeper.ts'

const CAPACITY = 4096
/** Four of these fill the ring. */
const MAX_LENGTH = CAPACITY / 4 - 8

describe('two threads', () => {
  let program = ''
  beforeAll(async () => {
    program = await buildProgram('record-ring-sides')
  })

  interface Flow {
    readonly recordCount: number
    readonly capacity?: number
    readonly minLength?: number
    readonly maxLength: number
    readonly mostAhead?: number
    readonly leastBehind?: number
    readonly mostDelay?: number
  }

  async function runFlow(flow: Flow, signal: AbortSignal): Promise<readonly [SideResult, SideResult]> {
    const { capacity = CAPACITY, ...rest } = flow
    const task: Omit<SideTask, 'side'> = {
      minLength: 0,
      mostAhead: Infinity,
      leastBehind: 0,
      mostDelay: 0,
      ...rest,
      ring: RecordRing.allocate(capacity),
      producerSleeper: Sleeper.allocate(),
      consumerSleeper: Sleeper.allocate(),
      progress: new SharedArrayBuffer(8),
    }
    const sides = (['producer', 'consumer'] as const).map((side): SideTask => ({ ...task, side }))
    const [producer, consumer] = (await runThreads(program, sides, signal)) as [SideResult, SideResult]
    return [producer, consumer]
  }

  const timeout = 120_000

  test.for([
    ['of any length', MAX_LENGTH],
    ['that are short', 64],
  ] as const)(
    '300,000 records %s come through, whoever has to wait for the other',
    { timeout },
    async ([, maxLength], { signal }) => {
      await runFlow({ recordCount: 300_000, maxLength }, signal)
    },
  )

  test('a consumer that falls asleep before nearly every record is woken for each', { timeout }, async ({ signal }) => {
    const flow: Flow = { recordCount: 100_000, maxLength: 16, mostAhead: 0, mostDelay: 100 }
    const [producer, consumer] = await runFlow(flow, signal)
    expect(consumer.sleepCount).toBeGreaterThan(0)
    expect(producer.wakeCount).toBeGreaterThanOrEqual(consumer.sleepCount)
    expect(producer.sleepCount).toBe(0)
  })

  test(
    'a producer that finds the ring full before nearly every record is woken for each',
    { timeout },
    async ({ signal }) => {
      const flow: Flow = {
        recordCount: 50_000,
        minLength: MAX_LENGTH,
        maxLength: MAX_LENGTH,
        leastBehind: 4,
        mostDelay: 100,
      }
      const [producer, consumer] = await runFlow(flow, signal)
      expect(producer.sleepCount).toBeGreaterThan(0)
      expect(consumer.wakeCount).toBeGreaterThanOrEqual(producer.sleepCount)
    },
  )
})
