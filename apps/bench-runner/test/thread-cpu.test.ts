import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { threadTimesOf, timesBetween } from '../src/thread-cpu.ts'

/** Uses the processor for so long, and says so. */
const BUSY = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', () => {
  const end = process.cpuUsage().user + 200_000
  while (process.cpuUsage().user < end);
  parentPort.postMessage('done')
})
parentPort.postMessage('ready')
`

test.skipIf(process.platform !== 'linux')('what a thread uses is counted as its own, and to no other', async () => {
  const worker = new Worker(BUSY, { eval: true })
  await once(worker, 'message')
  const before = threadTimesOf(process.pid)
  worker.postMessage('go')
  await once(worker, 'message')
  const used = timesBetween(before, threadTimesOf(process.pid))
  await worker.terminate()
  const sorted = Object.values(used).sort((a, b) => b.ranMicros - a.ranMicros)
  // The process as a whole has used 200 ms, and this thread was waiting.
  expect(sorted[0]?.ranMicros).toBeGreaterThan(100_000)
  expect(sorted[0]?.ranMicros).toBeGreaterThan(2 * (sorted[1]?.ranMicros ?? 0))
  expect(Object.keys(used)).toContain(String(process.pid))
})

test('threads that have begun or ended between two looks do not count', () => {
  const before = { 1: { ranMicros: 5, waitedMicros: 1 }, 2: { ranMicros: 7, waitedMicros: 0 } }
  const after = { 1: { ranMicros: 9, waitedMicros: 4 }, 3: { ranMicros: 1, waitedMicros: 0 } }
  expect(timesBetween(before, after)).toEqual({ 1: { ranMicros: 4, waitedMicros: 3 } })
})

test('a process that is not there has no times', () => {
  expect(() => threadTimesOf(2 ** 30)).toThrow(expect.objectContaining({ code: 'ERR_BENCH_UNAVAILABLE' }) as Error)
})
