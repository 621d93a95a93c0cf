import { expect, test } from 'vitest'
import type { LaneJob, LaneResult } from '../src/lane-message.ts'
import { ThreadPool } from '../src/thread-pool.ts'

// A thread that does what the target's name says, with inputs of one byte: the number of its lane.
const PROGRAM = `
import { parentPort, workerData } from 'node:worker_threads'
const head = new Int32Array(workerData, 0, 2)
const bytes = new Uint8Array(workerData, 8)
parentPort.on('message', (job) => {
  head[1] = 1
  bytes[0] = job.lane
  Atomics.add(head, 0, 1)
  if (job.target === 'hang') for (;;);
  if (job.target === 'throw') throw new TypeError('out of the thread')
  const kept = []
  if (job.target === 'memory') for (;;) kept.push(new Array(1000).fill(kept.length))
  parentPort.postMessage({ job, figures: { inputs: 1, signatures: 1, maxAllocatedBytes: 5 }, signatures: [job.lane], seconds: 1 })
})
`
const module = new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`)

async function resultsOf(
  jobs: readonly (readonly [target: string, lane: number])[],
  threads = 1,
): Promise<LaneResult[]> {
  const results: LaneResult[] = []
  const asked = jobs.map(([target, lane]): LaneJob => ({ target, lane, seed: 1, maxInputs: 1, maxSeconds: 1 }))
  // Patient enough for any machine, but for what is meant to hang.
  const hangSeconds = jobs.some(([target]) => target === 'hang') ? 1 : 60
  await new ThreadPool({ module, threads, hangSeconds, maxHeapMib: 32 }).run(asked, (result) => results.push(result))
  return results
}

test('every job is done, on one thread or on several', async () => {
  const jobs = Array.from({ length: 7 }, (_, lane) => ['fine', lane] as const)
  for (const threads of [1, 3]) {
    const results = await resultsOf(jobs, threads)
    expect(results.map(({ job }) => job.lane).sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(results.every(({ failure }) => failure === undefined)).toBe(true)
  }
})

test.each([
  ['hang', /no end within 1 s/],
  ['throw', /TypeError: out of the thread/],
  ['memory', /ERR_WORKER_OUT_OF_MEMORY|memory limit/],
])('a thread that does not come back (%s) is a failure of the input it was busy with', async (target, error) => {
  const results = await resultsOf([
    ['fine', 1],
    [target, 2],
    ['fine', 3],
  ])
  expect(results.map(({ failure }) => failure === undefined)).toEqual([true, false, true])
  expect(results[1]).toMatchObject({ figures: { inputs: 1 }, failure: { bytes: Uint8Array.of(2) } })
  expect(results[1]?.failure?.error).toMatch(error)
})
