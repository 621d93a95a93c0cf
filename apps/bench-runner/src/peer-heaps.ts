import { loadPeer } from './peers.ts'

/** What waits in a queue. */
export interface QueuedItem {
  key: number
  priority: number
  cost: number
  /** Grows by one with each item. */
  seq: number
}

export type HeapName = 'heap-js' | 'tinyqueue' | 'fastpriorityqueue' | '@datastructures-js/priority-queue'

type Compare = (a: QueuedItem, b: QueuedItem) => number

/** A heap of items, the least by the comparison first. */
interface ItemHeap {
  enqueue(item: QueuedItem): void
  dequeue(): QueuedItem
}

const makers: Readonly<Record<HeapName, () => Promise<(compare: Compare) => ItemHeap>>> = {
  'heap-js': async () => {
    interface Heap {
      push(item: QueuedItem): boolean
      pop(): QueuedItem
    }
    const peer = await loadPeer<{ Heap: new (compare: Compare) => Heap }>('heap-js')
    return (compare) => {
      const heap = new peer.Heap(compare)
      return { enqueue: (item) => void heap.push(item), dequeue: () => heap.pop() }
    }
  },
  tinyqueue: async () => {
    interface TinyQueue {
      push(item: QueuedItem): void
      pop(): QueuedItem
    }
    const peer = await loadPeer<{ default: new (items: QueuedItem[], compare: Compare) => TinyQueue }>('tinyqueue')
    return (compare) => {
      const heap = new peer.default([], compare)
      return { enqueue: (item) => heap.push(item), dequeue: () => heap.pop() }
    }
  },
  fastpriorityqueue: async () => {
    interface FastPriorityQueue {
      add(item: QueuedItem): void
      poll(): QueuedItem
    }
    type IsBefore = (a: QueuedItem, b: QueuedItem) => boolean
    const peer = await loadPeer<{ default: new (isBefore: IsBefore) => FastPriorityQueue }>('fastpriorityqueue')
    return (compare) => {
      const heap = new peer.default((a, b) => compare(a, b) < 0)
      return { enqueue: (item) => heap.add(item), dequeue: () => heap.poll() }
    }
  },
  '@datastructures-js/priority-queue': async () => {
    interface PriorityQueue {
      enqueue(item: QueuedItem): unknown
      dequeue(): QueuedItem
    }
    const peer = await loadPeer<{ PriorityQueue: new (compare: Compare) => PriorityQueue }>(
      '@datastructures-js/priority-queue',
    )
    return (compare) => {
      const heap = new peer.PriorityQueue(compare)
      return { enqueue: (item) => void heap.enqueue(item), dequeue: () => heap.dequeue() }
    }
  },
}

/** Makes heaps of that package. Throws `BenchError` if it is not installed. */
export function loadHeap(name: HeapName): Promise<(compare: Compare) => ItemHeap> {
  return makers[name]()
}
