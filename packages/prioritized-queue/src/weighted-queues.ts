import { type CompareKeys } from './ordered-list.ts'
import { SubQueueStore } from './sub-queue-store.ts'
import { type SubQueue } from './sub-queue.ts'
import { TokenBuckets } from './token-buckets.ts'

/** The sub-queues of items that are not strict, which share by priority and cost. */
export class WeightedQueues<T, K> {
  readonly #store: SubQueueStore<T, K>
  /** A bucket for each sub-queue that holds an item. */
  readonly #buckets: TokenBuckets

  constructor(maxTokens: number, compareKeys: CompareKeys<K> | undefined) {
    this.#store = new SubQueueStore(compareKeys)
    this.#buckets = new TokenBuckets(maxTokens)
  }

  get totalPriority(): number {
    return this.#buckets.totalPriority
  }

  push(key: K, priority: number, cost: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.push(key, cost, item)
    if (queue.size === 1) this.#add(queue, cost)
  }

  unshift(key: K, priority: number, cost: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.unshift(key, cost, item)
    if (queue.size === 1) this.#add(queue, cost)
    else this.#buckets.setFrontCost(this.#buckets.indexOf(priority), queue.frontCost)
  }

  /**
   * Takes the next item: of the lowest priority that can pay for one, or else of the highest, which then pays
   * nothing. Only while there is one.
   */
  shift(): T {
    const eligible = this.#buckets.findEligible()
    const index = eligible === -1 ? this.#buckets.count - 1 : eligible
    const queue = this.#queueAt(index)
    const cost = queue.frontCost
    const item = queue.shift()
    if (eligible !== -1) this.#buckets.take(index, cost)
    this.#update(queue, index)
    this.#buckets.distribute(cost)
    return item
  }

  /** The sub-queues that hold an item, each with its tokens, in ascending priority. */
  *[Symbol.iterator](): Generator<[queue: SubQueue<T, K>, tokens: number]> {
    for (let i = 0; i < this.#buckets.count; i++) yield [this.#queueAt(i), this.#buckets.tokensAt(i)]
  }

  /** Lets `remove` take items out of each sub-queue, in ascending priority. */
  removeFromEach(remove: (queue: SubQueue<T, K>) => void): void {
    for (const [queue] of [...this]) {
      remove(queue)
      this.#update(queue, this.#buckets.indexOf(queue.key))
    }
  }

  #queueAt(index: number): SubQueue<T, K> {
    return this.#store.get(this.#buckets.priorityAt(index))
  }

  #add(queue: SubQueue<T, K>, cost: number): void {
    this.#store.add(queue)
    this.#buckets.insert(this.#buckets.indexOf(queue.key), queue.key, cost)
  }

  /** Makes good what the loss of items means for the bucket, and for the sub-queue if it was the last one. */
  #update(queue: SubQueue<T, K>, index: number): void {
    if (queue.size !== 0) {
      this.#buckets.setFrontCost(index, queue.frontCost)
    } else {
      this.#store.delete(queue)
      this.#buckets.remove(index)
    }
  }
}
