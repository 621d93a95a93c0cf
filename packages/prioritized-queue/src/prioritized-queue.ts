import { EmptyQueueError, QueueArgumentError } from './errors.ts'
import { type OpQueue } from './op-queue.ts'
import { type CompareKeys } from './ordered-list.ts'
import { StrictQueues } from './strict-queues.ts'
import { type SubQueue } from './sub-queue.ts'
import { WeightedQueues } from './weighted-queues.ts'

/** The two limits of a `PrioritizedQueue`, in the unit of the costs; both are unsigned 32-bit integers. */
export interface PrioritizedQueueLimits {
  /**
   * The most tokens that one priority can save up, and the most that an item is taken to cost. Ceph's messenger has
   * 16,777,216 (`ms_pq_max_tokens_per_priority`).
   */
  maxTokensPerSubqueue: number
  /** The least that an item is taken to cost. Ceph's messenger has 65,536 (`ms_pq_min_cost`). */
  minCost: number
}

/** The limits, and the order of the keys, which may be left out if `<` orders them. */
export type PrioritizedQueueOptions<K = number> = PrioritizedQueueLimits &
  ([K] extends [number | bigint | string] ? { compareKeys?: CompareKeys<K> } : { compareKeys: CompareKeys<K> })

/** The state of one priority. */
export interface SubQueueDump {
  priority: number
  tokens: number
  maxTokens: number
  /** How many items. */
  size: number
  /** How many keys have an item here. */
  numKeys: number
  /** What the item is taken to cost that this priority serves next. */
  firstItemCost: number
}

/** The state of a `PrioritizedQueue`; priorities ascend in both lists. */
export interface PrioritizedQueueDump {
  totalPriority: number
  maxTokensPerSubqueue: number
  minCost: number
  /** The strict ones. */
  highQueues: SubQueueDump[]
  queues: SubQueueDump[]
}

/**
 * A queue that serves strict items by priority and shares the rest fairly.
 *
 * Strict items go first, the highest priority before all others. What they leave is shared by token buckets: the
 * lowest priority that has saved up more tokens than its next item costs is served, or else the highest; and every
 * item served gives each waiting priority tokens in proportion to its number, at least one. Within one priority
 * each key has its turn, one item at a time, in key order; within one key it is first in, first out.
 *
 * Each operation is amortised O(1) in the number of queued items. It is O(log n) in the number of keys of one
 * priority for a key that was not waiting there, O(log n) in the number of distinct strict priorities for one that
 * was not waiting, and O(n) in the number of distinct weighted ones, each of which gets its tokens.
 *
 * Memory follows the queue down. Of what it has been, an empty queue keeps for each priority below 256 that was ever
 * used at most 64 keys; for strict items and for weighted ones 256 records each, which hold no key and no item, for
 * keys to come; and room for the tokens of the most weighted priorities that ever waited at once.
 *
 * Ceph: src/common/PrioritizedQueue.h, PrioritizedQueue
 */
export class PrioritizedQueue<T, K = number> implements OpQueue<T, K> {
  readonly name = 'PrioritizedQueue'
  readonly #maxTokens: number
  readonly #minCost: number
  readonly #strict: StrictQueues<T, K>
  readonly #weighted: WeightedQueues<T, K>
  #length = 0

  /** Throws `QueueArgumentError` if a limit is not an unsigned 32-bit integer. */
  constructor(options: PrioritizedQueueOptions<K>) {
    this.#maxTokens = checkedUint32('maxTokensPerSubqueue', options.maxTokensPerSubqueue)
    this.#minCost = checkedUint32('minCost', options.minCost)
    const { compareKeys } = options as { compareKeys?: CompareKeys<K> }
    this.#strict = new StrictQueues(compareKeys)
    this.#weighted = new WeightedQueues(this.#maxTokens, compareKeys)
  }

  /** How many items are queued. */
  get length(): number {
    return this.#length
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /**
   * Queues a strict item: behind all strict items of a higher priority and ahead of everything weighted.
   *
   * Throws `QueueArgumentError`, and queues nothing, if the priority is not an unsigned 32-bit integer or the key
   * does not equal itself in the order of keys, as `NaN`.
   */
  enqueueStrict(key: K, priority: number, item: T): void {
    this.#strict.push(key, checkedUint32('priority', priority), item)
    this.#length++
  }

  /** As `enqueueStrict`, but ahead of what the same key has waiting at this priority. Its turn comes no sooner. */
  enqueueStrictFront(key: K, priority: number, item: T): void {
    this.#strict.unshift(key, checkedUint32('priority', priority), item)
    this.#length++
  }

  /**
   * Queues a weighted item. It is taken to cost at least `minCost` and at most `maxTokensPerSubqueue`; if those
   * contradict each other the latter wins. Throws as `enqueueStrict` does, and for a cost that is no unsigned
   * 32-bit integer.
   */
  enqueue(key: K, priority: number, cost: number, item: T): void {
    this.#weighted.push(key, checkedUint32('priority', priority), this.#clampedCost(cost), item)
    this.#length++
  }

  /** As `enqueue`, but ahead of what the same key has waiting at this priority. Its turn comes no sooner. */
  enqueueFront(key: K, priority: number, cost: number, item: T): void {
    this.#weighted.unshift(key, checkedUint32('priority', priority), this.#clampedCost(cost), item)
    this.#length++
  }

  /** Takes the next item. Throws `EmptyQueueError` if there is none. */
  dequeue(): T {
    if (this.#length === 0) throw new EmptyQueueError()
    this.#length--
    return this.#strict.isEmpty ? this.#weighted.shift() : this.#strict.shift()
  }

  /**
   * Removes all items of one key and returns how many there were. With `out` they are put at its head: the strict
   * ones from the highest priority to the lowest, then the weighted ones likewise, in their order within each.
   */
  removeByClass(key: K, out?: T[]): number {
    return this.#remove((queue, removed) => queue.removeClass(key, removed), out)
  }

  /**
   * Removes the items for which `predicate` is true and returns how many there were. With `out` they are put at its
   * head: the strict ones from the highest priority to the lowest, then the weighted ones likewise, within each
   * from the highest key to the lowest, in their order within each of those.
   *
   * `predicate` sees every item once, in the reverse of that order, before anything is removed. It must not touch
   * the queue; if it throws, nothing has been removed.
   */
  removeByFilter(predicate: (item: T) => boolean, out?: T[]): number {
    const verdicts = new Uint8Array(this.#length)
    let judged = 0
    const judge = (item: T): void => {
      verdicts[judged++] = predicate(item) ? 1 : 0
    }
    for (const [queue] of this.#weighted) queue.forEach(judge)
    for (const queue of this.#strict) queue.forEach(judge)

    let next = 0
    const isJudgedTrue = (): boolean => verdicts[next++] === 1
    return this.#remove((queue, removed) => queue.filter(isJudgedTrue, removed), out)
  }

  /** What Ceph's `dump_op_pq_state` shows, with its names in camel case. */
  dump(): PrioritizedQueueDump {
    return {
      totalPriority: this.#weighted.totalPriority,
      maxTokensPerSubqueue: this.#maxTokens,
      minCost: this.#minCost,
      highQueues: Array.from(this.#strict, (queue) => dumpOf(queue, 0, 0)),
      queues: Array.from(this.#weighted, ([queue, tokens]) => dumpOf(queue, tokens, this.#maxTokens)),
    }
  }

  #clampedCost(cost: number): number {
    const checked = checkedUint32('cost', cost)
    const atLeast = checked < this.#minCost ? this.#minCost : checked
    return atLeast > this.#maxTokens ? this.#maxTokens : atLeast
  }

  /** `remove` gives the items of one sub-queue backwards, so that all of them together are backwards too. */
  #remove(remove: (queue: SubQueue<T, K>, removed: T[]) => void, out: T[] | undefined): number {
    const removed: T[] = []
    const removeFrom = (queue: SubQueue<T, K>): void => remove(queue, removed)
    this.#weighted.removeFromEach(removeFrom)
    this.#strict.removeFromEach(removeFrom)
    this.#length -= removed.length
    if (out !== undefined) putAtHead(out, removed.reverse())
    return removed.length
  }
}

/**
 * The same number, held as an integer. An engine may hold a small integer that was computed as a floating-point number
 * the way it was computed, in memory of its own, and then every array of such costs would be one of pointers.
 */
function checkedUint32(argument: string, value: number): number {
  const integer = value >>> 0
  if (integer !== value) throw new QueueArgumentError(argument, 'an unsigned 32-bit integer', value)
  return integer
}

/** One element at a time: a call with a hundred thousand arguments would overflow the stack. */
function putAtHead<T>(out: T[], items: readonly T[]): void {
  const behind = out.splice(0)
  for (const item of items) out.push(item)
  for (const item of behind) out.push(item)
}

function dumpOf<T, K>(queue: SubQueue<T, K>, tokens: number, maxTokens: number): SubQueueDump {
  return {
    priority: queue.key,
    tokens,
    maxTokens,
    size: queue.size,
    numKeys: queue.keyCount,
    firstItemCost: queue.frontCost,
  }
}
