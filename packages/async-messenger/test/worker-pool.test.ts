import { expect, test } from 'vitest'
import { WorkerPool } from '../src/worker-pool.ts'

test('the worker with the fewest sockets is chosen, the first of several', () => {
  const pool = new WorkerPool(3, 'epoll')
  const [one, two, three] = [pool.getWorker(), acquired(pool), acquired(pool)]
  expect(one).toBe(two)
  expect(three).not.toBe(two)
  acquired(pool)
  expect(pool.references).toEqual([1, 1, 1])
  expect(pool.getWorker()).toBe(one)
  pool.close()
})

function acquired(pool: WorkerPool): ReturnType<WorkerPool['getWorker']> {
  const worker = pool.getWorker()
  worker.acquire(-1)
  return worker
}

test.each([0, 25, 1.5, NaN])('%d workers are refused with a word', (count) => {
  expect(() => new WorkerPool(count, 'epoll')).toThrow(`workers: expected an integer from 1 to 24, got ${count}`)
})
