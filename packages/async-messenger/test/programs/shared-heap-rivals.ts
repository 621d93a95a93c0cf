import { parentPort, workerData } from 'node:worker_threads'
import { SharedHeap } from '../../src/threads/shared-heap.ts'
import { randomNumbers } from '../threads/random-numbers.ts'

// One of two threads that give back the same blocks, each block at the same moment, and post how many were refused.

export interface RivalTask {
  readonly heap: SharedArrayBuffer
  /** One counter: arrivals at a block. */
  readonly arrivals: SharedArrayBuffer
  readonly offsets: readonly number[]
  readonly seed: number
}

const task = workerData as RivalTask
const heap = new SharedHeap(task.heap)
const arrivals = new Int32Array(task.arrivals)
const delay = randomNumbers(task.seed)
let refusedCount = 0

for (const [index, offset] of task.offsets.entries()) {
  Atomics.add(arrivals, 0, 1)
  while (Atomics.load(arrivals, 0) < 2 * (index + 1));
  for (let left = delay(20); left > 0; left--) Atomics.load(arrivals, 0)
  try {
    heap.free(offset)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    refusedCount++
  }
}
parentPort?.postMessage(refusedCount)
