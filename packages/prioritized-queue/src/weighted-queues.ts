import { type CompareKeys } from './ordered-list.ts'
import { SubQueueStore } from './sub-queue-store.ts'
import { type SubQueue } from './sub-queue.ts'
import { TokenBuckets } from './token-buckets.ts'
import { present } from './present.ts'

/** The sub-queues of items that are not strict, which share by priority and cost. */
export class WeightedQueues<T, K> {
  readonly #store: SubQueueStore<T, K>
  /** Those that hold an item, in ascending priority; the bucket of each has the same index. */
  readonly #queues: SubQueue<T, K>[] = []
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
    const index = eligible === -1 ? this.#queues.length - 1 : eligible
    const queue = present(this.#queues[index])
    const cost = queue.frontCost
    const item = queue.shift()
    if (eligible !== -1) this.#buckets.take(index, cost)
    this.#update(queue, index)
    this.#buckets.distribute(cost)
    return item
  }

  /** The sub-queues that hold an item, each with its tokens, in ascending priority. */
  *[Symbol.iterator](): Generator<[queue: SubQueue<T, K>, tokens: number]> {
    for (const [index, queue] of this.#queues.entries()) yield [queue, this.#buckets.tokensAt(index)]
  }

  /** Lets `remove` take items out of each sub-queue, in ascending priority. */
  removeFromEach(remove: (queue: SubQueue<T, K>) => void): void {
    for (const queue of [...this.#queues]) {
      remove(queue)
      this.#update(queue, this.#buckets.indexOf(queue.key))
    }
  }

  #add(queue: SubQueue<T, K>, cost: number): void {
    const index = this.#buckets.indexOf(queue.key)
    this.#store.add(queue)
    this.#buckets.insert(index, queue.key, cost)
    // Not with splice, which allocates: a high priority that is served at once comes and goes all the time.
    this.#queues.push(queue)
    for (let i = this.#queues.length - 1; i > index; i--) this.#queues[i] = present(this.#queues[i - 1])
    this.#queues[index] = queue
  }

  /** Makes good what the loss of items means for the bucket, and for the sub-queue if it was the last one. */
  #update(queue: SubQueue<T, K>, index: number): void {
    if (queue.size !== 0) {
      this.#buckets.setFrontCost(index, queue.frontCost)
      return
    }
    this.#store.delete(queue)
    this.#buckets.remove(index)
    for (let i = index + 1; i < this.#queues.length; i++) this.#queues[i - 1] = present(this.#queues[i])
    this.#queues.pop()
  }
}
