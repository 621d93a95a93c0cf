import { parentPort, workerData } from 'node:worker_threads'
import { RecordRing } from '../../src/threads/record-ring.ts'
import { randomNumbers } from '../threads/random-numbers.ts'
import { Sleeper } from '../threads/sleeper.ts'

// One side of a ring. Both sides draw the same lengths from the same seed, and every byte of a record follows from its
// number. A side sleeps when the ring says that the other will wake it, and wakes the other when the ring says so: if
// one of the two does so wrongly, both sleep for good.

export interface SideTask {
  readonly side: 'producer' | 'consumer'
  readonly ring: SharedArrayBuffer
  readonly producerSleeper: SharedArrayBuffer
  readonly consumerSleeper: SharedArrayBuffer
  /** Two counters: records published, records released. */
  readonly progress: SharedArrayBuffer
  readonly recordCount: number
  readonly minLength: number
  readonly maxLength: number
  /** The producer publishes only while at most so many are not released, and the consumer releases only if at least. */
  readonly mostAhead: number
  readonly leastBehind: number
  /** Each side dallies for a random time up to this before each record, so that they meet at every moment. No unit. */
  readonly mostDelay: number
}

export interface SideResult {
  readonly sleepCount: number
  readonly wakeCount: number
}

const SEED = 20_260_101
const task = workerData as SideTask
const ring = new RecordRing(task.ring)
const producerSleeper = new Sleeper(task.producerSleeper)
const consumerSleeper = new Sleeper(task.consumerSleeper)
const progress = new Int32Array(task.progress)
const random = randomNumbers(SEED)
const delay = randomNumbers(task.side === 'producer' ? 1 : 2)
let sleepCount = 0
let wakeCount = 0

function drawLength(): number {
  return task.minLength + random(task.maxLength - task.minLength + 1)
}

function byteOf(record: number, index: number): number {
  return (record * 7 + (record >> 8) + index) & 255
}

/** For spinning: a thread that slept here would come too late to meet the other at its most delicate moment. */
function countAhead(): number {
  return Atomics.load(progress, 0) - Atomics.load(progress, 1)
}

function dally(): void {
  for (let left = delay(task.mostDelay + 1); left > 0; left--) countAhead()
}

function produce(): void {
  for (let record = 0; record < task.recordCount; record++) {
    const length = drawLength()
    while (countAhead() > task.mostAhead);
    dally()
    let offset = ring.reserve(length)
    for (; offset < 0; offset = ring.reserve(length)) {
      if (!ring.awaitRoom(length)) continue
      sleepCount++
      producerSleeper.sleep()
    }
    for (let i = 0; i < length; i++) ring.bytes[offset + i] = byteOf(record, i)
    const mustWake = ring.publish()
    Atomics.add(progress, 0, 1)
    if (!mustWake) continue
    wakeCount++
    consumerSleeper.wake()
  }
}

function consume(): void {
  for (let record = 0; record < task.recordCount; record++) {
    dally()
    let offset = ring.peek()
    for (; offset < 0; offset = ring.peek()) {
      if (!ring.fallAsleep()) continue
      sleepCount++
      consumerSleeper.sleep()
    }
    check(record, offset)
    while (countAhead() < Math.min(task.leastBehind, task.recordCount - record));
    dally()
    const mustWake = ring.release()
    Atomics.add(progress, 1, 1)
    if (!mustWake) continue
    wakeCount++
    producerSleeper.wake()
  }
}

function check(record: number, offset: number): void {
  const length = drawLength()
  if (ring.recordLength !== length) {
    throw new Error(`length of record ${record}: expected ${length}, got ${ring.recordLength}`)
  }
  for (let i = 0; i < length; i++) {
    const expected = byteOf(record, i)
    const got = ring.bytes[offset + i]
    if (got !== expected) throw new Error(`byte ${i} of record ${record}: expected ${expected}, got ${got}`)
  }
}

if (task.side === 'producer') produce()
else consume()
parentPort?.postMessage({ sleepCount, wakeCount } satisfies SideResult)
