import { parentPort, workerData } from 'node:worker_threads'
import { RecordRing } from '../../src/threads/record-ring.ts'
import { SharedHeap } from '../../src/threads/shared-heap.ts'
import { randomNumbers } from '../threads/random-numbers.ts'
import { Sleeper } from '../threads/sleeper.ts'

// A thread that takes blocks, writes the block's number all over each and hands them to the others in turn, through a
// ring for each. These keep a few, and give them back in any order, once they have seen that nobody else wrote there.

export interface HeapTask {
  /** 'owner', or the index of the ring that it takes its blocks from. */
  readonly role: 'owner' | number
  readonly heap: SharedArrayBuffer
  readonly rings: readonly SharedArrayBuffer[]
  readonly sleepers: readonly SharedArrayBuffer[]
  /** One counter: blocks that were given back. */
  readonly freed: SharedArrayBuffer
  readonly blockCount: number
  readonly maxWords: number
  readonly mostKept: number
}

export interface HeapResult {
  /** How often the owner found no room. */
  readonly fullCount: number
  readonly takenBytesAtEnd: number
  readonly wholeHeapAtEnd: number
}

interface Block {
  readonly offset: number
  readonly wordCount: number
  readonly number: number
}

const RECORD_LENGTH = 12
const task = workerData as HeapTask
const heap = new SharedHeap(task.heap)
const freed = new Int32Array(task.freed)
const rings = task.rings.map((memory) => new RecordRing(memory))
const sleepers = task.sleepers.map((memory) => new Sleeper(memory))

function wordsOf(offset: number, count: number): Int32Array {
  return new Int32Array(heap.bytes.buffer, heap.bytes.byteOffset + offset, count)
}

function own(): HeapResult {
  const random = randomNumbers(11)
  let fullCount = 0
  for (let number = 1; number <= task.blockCount; number++) {
    // As large as two draws say, so that most blocks are small.
    const wordCount = random(random(task.maxWords) + 1) + 1
    let freedBefore = Atomics.load(freed, 0)
    let offset = heap.take(4 * wordCount)
    while (offset < 0) {
      fullCount++
      Atomics.wait(freed, 0, freedBefore)
      freedBefore = Atomics.load(freed, 0)
      offset = heap.take(4 * wordCount)
    }
    wordsOf(offset, wordCount).fill(number)
    handOver({ offset, wordCount, number })
  }
  for (let count = 0; count < task.blockCount; count = Atomics.load(freed, 0)) Atomics.wait(freed, 0, count)
  const takenBytesAtEnd = heap.takenBytes
  return { fullCount, takenBytesAtEnd, wholeHeapAtEnd: heap.take(heap.bytes.length) }
}

function handOver({ offset, wordCount, number }: Block): void {
  const index = number % rings.length
  const ring = rings[index]!
  const at = ring.reserve(RECORD_LENGTH)
  if (at < 0) throw new Error('expected room for every block that the heap has')
  ring.view.setInt32(at, offset)
  ring.view.setInt32(at + 4, wordCount)
  ring.view.setInt32(at + 8, number)
  if (ring.publish()) sleepers[index]!.wake()
}

function giveBack(index: number): void {
  const random = randomNumbers(100 + index)
  const ring = rings[index]!
  const kept: Block[] = []
  let expectedCount = Math.floor(task.blockCount / rings.length)
  if (index !== 0 && index <= task.blockCount % rings.length) expectedCount++
  while (expectedCount > 0) {
    const at = ring.peek()
    if (at < 0) {
      // The owner may wait for what is kept here.
      for (const block of kept.splice(0)) checkAndFree(block)
      if (ring.fallAsleep()) sleepers[index]!.sleep()
      continue
    }
    kept.push({
      offset: ring.view.getInt32(at),
      wordCount: ring.view.getInt32(at + 4),
      number: ring.view.getInt32(at + 8),
    })
    ring.release()
    expectedCount--
    if (kept.length < task.mostKept) continue
    checkAndFree(...kept.splice(random(kept.length), 1))
  }
  for (const block of kept) checkAndFree(block)
}

function checkAndFree(...blocks: readonly Block[]): void {
  for (const { offset, wordCount, number } of blocks) {
    for (const word of wordsOf(offset, wordCount)) {
      if (word !== number) throw new Error(`block ${number} at ${offset}: expected its number all over, got ${word}`)
    }
    heap.free(offset)
    Atomics.add(freed, 0, 1)
    Atomics.notify(freed, 0)
  }
}

if (task.role === 'owner') {
  parentPort?.postMessage(own())
} else {
  giveBack(task.role)
  parentPort?.postMessage(undefined)
}
