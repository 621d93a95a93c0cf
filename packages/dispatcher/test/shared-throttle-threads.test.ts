import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'tsup'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { Throttle } from '../src/throttle.ts'
import { GIVER, MAIN, StressCells, type StressTask } from './stress-cells.ts'

const LIMIT = 100
const packageRoot = fileURLToPath(new URL('..', import.meta.url))
const outDir = join(packageRoot, 'node_modules', '.cache', 'test-programs')

beforeAll(async () => {
  await build({
    config: false,
    entry: [join(packageRoot, 'test', 'programs', 'throttle-thread.ts')],
    outDir,
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    silent: true,
  })
})

/** A throttle, and threads that share it. */
function openStress(): {
  throttle: Throttle
  cells: StressCells
  start: (task: Pick<StressTask, 'role' | 'thread' | 'takers' | 'rounds'>) => Worker
} {
  const cells = new StressCells()
  const throttle = new Throttle(LIMIT)
  const throttleMemory = throttle.share({
    wakeFd: MAIN,
    wake: (thread) => {
      cells.wake(thread)
    },
  })
  const start = (task: Pick<StressTask, 'role' | 'thread' | 'takers' | 'rounds'>): Worker => {
    const workerData: StressTask = { ...task, throttleMemory, cellMemory: cells.memory }
    const worker = new Worker(join(outDir, 'throttle-thread.mjs'), { workerData })
    onTestFinished(async () => {
      await worker.terminate()
    })
    return worker
  }
  return { throttle, cells, start }
}

/** How often a thread slept, once it has come to its end. */
async function finished(worker: Worker): Promise<number> {
  const [[sleepCount]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [[number], unknown]
  return sleepCount
}

test('four threads never hold more than the limit together, lose no count, and are all let in', async () => {
  const { throttle, cells, start } = openStress()
  const takers = [0, 1, 2, 3].map((thread) => start({ role: 'random', thread, takers: 4, rounds: 20_000 }))
  const giver = start({ role: 'giver', thread: GIVER, takers: 4, rounds: 0 })
  const sleepCounts = await Promise.all([...takers, giver].map(finished))
  expect(Math.min(...sleepCounts.slice(0, 4))).toBeGreaterThan(0)
  expect([throttle.current, cells.held, cells.finishedCount]).toEqual([0, 0, 4])
  expect(cells.mostHeld).toBeLessThanOrEqual(LIMIT)
  expect(throttle.getOrFail(LIMIT)).toBe(true)
})

test('one that wants all there is gets it, however many small requests other threads make', async () => {
  const { throttle, cells, start } = openStress()
  const small = [0, 1, 2].map((thread) => start({ role: 'small', thread, takers: 3, rounds: 0 }))
  const large = start({ role: 'large', thread: 3, takers: 3, rounds: 500 })
  await Promise.all([...small, large].map(finished))
  expect([throttle.current, cells.held, cells.mostHeld]).toEqual([0, 0, LIMIT])
})

test('a thread that was ended in line holds the others up until it is evicted', async () => {
  const { throttle, start } = openStress()
  const sleeper = start({ role: 'sleeper', thread: 0, takers: 0, rounds: 0 })
  await once(sleeper, 'message')
  expect(throttle.getOrFail(1)).toBe(false)
  await sleeper.terminate()
  let isLetIn = false
  throttle.getWhenRoom(LIMIT - 5, () => {
    isLetIn = true
  })
  expect(isLetIn).toBe(false)
  expect(throttle.evict(0)).toBe(true)
  expect([isLetIn, throttle.current]).toEqual([true, LIMIT - 5])
})
