import { type CompareKeys, OrderedList } from './ordered-list.ts'
import { SubQueueStore } from './sub-queue-store.ts'
import { type SubQueue } from './sub-queue.ts'
import { present } from './present.ts'

/** The sub-queues of strict items: always the highest priority first. */
export class StrictQueues<T, K> {
  readonly #store: SubQueueStore<T, K>
  /** Those that hold an item. */
  readonly #queues = new OrderedList<number, SubQueue<T, K>>()

  constructor(compareKeys: CompareKeys<K> | undefined) {
    this.#store = new SubQueueStore(compareKeys)
  }

  get isEmpty(): boolean {
    return this.#queues.last === undefined
  }

  push(key: K, priority: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.push(key, 0, item)
    if (queue.size === 1) this.#add(queue)
  }

  unshift(key: K, priority: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.unshift(key, 0, item)
    if (queue.size === 1) this.#add(queue)
  }

  /** Takes the next item of the highest priority. Only while there is one. */
  shift(): T {
    const queue = present(this.#queues.last)
    const item = queue.shift()
    if (queue.size === 0) this.#delete(queue)
    return item
  }

  /** The sub-queues that hold an item, in ascending priority. */
  *[Symbol.iterator](): Generator<SubQueue<T, K>> {
    for (let queue = this.#queues.first; queue !== undefined; queue = queue.after) yield queue
  }

  /** Lets `remove` take items out of each sub-queue, in ascending priority. */
  removeFromEach(remove: (queue: SubQueue<T, K>) => void): void {
    for (const queue of [...this]) {
      remove(queue)
      if (queue.size === 0) this.#delete(queue)
    }
  }

  #add(queue: SubQueue<T, K>): void {
    this.#store.add(queue)
    this.#queues.insert(queue, this.#queues.nearest(queue.key))
  }

  #delete(queue: SubQueue<T, K>): void {
    this.#store.delete(queue)
    this.#queues.remove(queue)
  }
}
