import { PrioritizedQueue } from '@msgr/prioritized-queue'
import type { Contest, ContestCase, Contestant } from './contest.ts'
import { loadHeap, type HeapName, type QueuedItem } from './peer-heaps.ts'

/** How many items wait, and what tells them apart. */
interface QueueShape {
  readonly priorities: number
  readonly keys: number
  readonly queued: number
}

/** A queue as the contest sees it. */
interface ContestQueue {
  enqueue(item: QueuedItem): void
  dequeue(): QueuedItem
}

const LIMITS = { maxTokensPerSubqueue: 16_777_216, minCost: 65_536 }
const DRAWN_COUNT = 1 << 16
const MAX_COST = 200_000
/** Turns that the proof looks at. */
const PROVED_COUNT = 5000

/**
 * One operation is one item in and one out, while the queue stays as long as it is: the item that came out goes in
 * again, with a key, a priority and a cost drawn beforehand. All items are objects of their own, as messages are.
 */
function holdOf(queue: ContestQueue, { priorities, keys, queued }: QueueShape): () => QueuedItem {
  const random = xorshift(12345)
  const drawn = Array.from({ length: DRAWN_COUNT }, () => ({
    key: random() % keys,
    priority: (random() % priorities) + 1,
    cost: random() % MAX_COST,
  }))
  let seq = 0
  const draw = (item: QueuedItem): QueuedItem => {
    const next = drawn[seq & (DRAWN_COUNT - 1)]
    if (next === undefined) throw new Error('drawn: expected one for each turn')
    item.key = next.key
    item.priority = next.priority
    item.cost = next.cost
    item.seq = seq++
    return item
  }
  for (let index = 1; index < queued; index++) queue.enqueue(draw({ key: 0, priority: 0, cost: 0, seq: 0 }))
  let item: QueuedItem = { key: 0, priority: 0, cost: 0, seq: 0 }
  return () => {
    queue.enqueue(draw(item))
    item = queue.dequeue()
    return item
  }
}

/** What all that promise it must agree on: the order of priorities, and of the items themselves. */
interface QueuePromise {
  readonly isByPriority: boolean
  readonly isInOrder: boolean
}

function contestantOf(make: () => ContestQueue, shape: QueueShape, promise: QueuePromise): Contestant {
  const hold = holdOf(make(), shape)
  // A queue that is shared by cost takes its time to get from an even mix to the one that it keeps.
  for (let index = 0; index < 4 * shape.queued; index++) hold()
  return {
    operate: hold,
    prove: () => {
      const proved = holdOf(make(), shape)
      const items = Array.from({ length: PROVED_COUNT }, () => ({ ...proved() }))
      return {
        ...(promise.isByPriority && { priorities: items.map(({ priority }) => priority).join(' ') }),
        ...(promise.isInOrder && { order: items.map(({ seq }) => seq).join(' ') }),
      }
    },
  }
}

function ours(enqueue: (queue: PrioritizedQueue<QueuedItem>, item: QueuedItem) => void): () => ContestQueue {
  return () => {
    const queue = new PrioritizedQueue<QueuedItem>(LIMITS)
    return { enqueue: (item) => enqueue(queue, item), dequeue: () => queue.dequeue() }
  }
}

const strict = ours((queue, item) => queue.enqueueStrict(item.key, item.priority, item))
const weighted = ours((queue, item) => queue.enqueue(item.key, item.priority, item.cost, item))

/** A heap is not first in, first out among equals, and a queue has to be: with a sequence number it is. */
async function heap(name: HeapName, shape: QueueShape, isFifo: boolean): Promise<Contestant> {
  const compare = isFifo
    ? (a: QueuedItem, b: QueuedItem) => b.priority - a.priority || a.seq - b.seq
    : (a: QueuedItem, b: QueuedItem) => b.priority - a.priority
  const make = await loadHeap(name)
  // Among items of several keys the order is ours alone: heaps know no keys.
  const promise = { isByPriority: true, isInOrder: isFifo && shape.keys === 1 }
  return contestantOf(() => make(compare), shape, promise)
}

function caseOf(name: string, shape: QueueShape): ContestCase {
  const isOneKey = shape.keys === 1
  return {
    name,
    subjects: {
      'prioritized-queue': () => {
        // By cost, every priority has its share: no other queue has that order.
        const isStrictAnyway = shape.priorities === 1
        return contestantOf(weighted, shape, { isByPriority: isStrictAnyway, isInOrder: isStrictAnyway && isOneKey })
      },
      'prioritized-queue-strict': () => contestantOf(strict, shape, { isByPriority: true, isInOrder: isOneKey }),
      'heap-js': () => heap('heap-js', shape, true),
      'heap-js-unordered': () => heap('heap-js', shape, false),
      tinyqueue: () => heap('tinyqueue', shape, true),
      'tinyqueue-unordered': () => heap('tinyqueue', shape, false),
      fastpriorityqueue: () => heap('fastpriorityqueue', shape, true),
      'fastpriorityqueue-unordered': () => heap('fastpriorityqueue', shape, false),
      '@datastructures-js/priority-queue': () => heap('@datastructures-js/priority-queue', shape, true),
      '@datastructures-js/priority-queue-unordered': () => heap('@datastructures-js/priority-queue', shape, false),
    },
  }
}

/** A heap that hands out equals in any order, the last one first at worst, and so lets items starve. */
function unordered(name: string): string {
  return `${name}-unordered`
}

function xorshift(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const shapes = [1, 8, 64].flatMap((priorities) => [1, 1000].map((keys) => ({ priorities, keys, queued: 1000 })))

/** `PrioritizedQueue`, by cost and strict, against heaps, with and without what makes them queues. */
export const queueContest: Contest = {
  name: 'queue',
  ours: ['prioritized-queue', 'prioritized-queue-strict'],
  lesser: ['heap-js', 'tinyqueue', 'fastpriorityqueue', '@datastructures-js/priority-queue'].map(unordered),
  cases: [
    ...shapes.map((shape) => caseOf(`p${shape.priorities}-k${shape.keys}`, shape)),
    caseOf('p8-k1000-100000-queued', { priorities: 8, keys: 1000, queued: 100_000 }),
  ],
}
