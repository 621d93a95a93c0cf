import { type CompareKeys, OrderedList } from './ordered-list.ts'
import { present } from './present.ts'
import { BITMAP_PRIORITIES, PriorityBitmap } from './priority-bitmap.ts'
import { SubQueueStore } from './sub-queue-store.ts'
import { type SubQueue } from './sub-queue.ts'

/**
 * The sub-queues of strict items: always the highest priority first.
 *
 * A high priority that is served at once comes and goes with every item. So those of Ceph's priorities that wait are
 * bits of a set, and only the others are in a list.
 */
export class StrictQueues<T, K> {
  readonly #store: SubQueueStore<T, K>
  /** Ceph's priorities that hold an item. */
  readonly #low = new PriorityBitmap()
  /** The sub-queues of higher priorities that hold an item, and the one that lingers. */
  readonly #high = new OrderedList<number, SubQueue<T, K>>()
  /** The one of `#high` that ran empty last. It stays until another does: the next item is often for it again. */
  #lingering: SubQueue<T, K> | undefined = undefined
  /** The one of the highest priority that holds an item. */
  #top: SubQueue<T, K> | undefined = undefined

  constructor(compareKeys: CompareKeys<K> | undefined) {
    this.#store = new SubQueueStore(compareKeys)
  }

  get isEmpty(): boolean {
    return this.#top === undefined
  }

  push(key: K, priority: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.push(key, 0, item)
    if (queue.size === 1) this.#use(queue)
  }

  unshift(key: K, priority: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.unshift(key, 0, item)
    if (queue.size === 1) this.#use(queue)
  }

  /** Takes the next item of the highest priority. Only while there is one. */
  shift(): T {
    const queue = present(this.#top)
    const item = queue.shift()
    if (queue.size === 0) this.#unuse(queue)
    return item
  }

  /** The sub-queues that hold an item, in ascending priority. */
  *[Symbol.iterator](): Generator<SubQueue<T, K>> {
    for (const priority of this.#low) yield this.#store.get(priority)
    for (let queue = this.#high.first; queue !== undefined; queue = queue.after) if (queue.size > 0) yield queue
  }

  /** Lets `remove` take items out of each sub-queue, in ascending priority. */
  removeFromEach(remove: (queue: SubQueue<T, K>) => void): void {
    for (const queue of [...this]) {
      remove(queue)
      if (queue.size === 0) this.#unuse(queue)
    }
  }

  /** Takes note of a sub-queue's first item. */
  #use(queue: SubQueue<T, K>): void {
    if (this.#top === undefined || this.#top.key < queue.key) this.#top = queue
    if (queue.key < BITMAP_PRIORITIES) {
      this.#low.add(queue.key)
    } else if (queue === this.#lingering) {
      this.#lingering = undefined
    } else {
      this.#store.add(queue)
      this.#high.insert(queue, this.#high.nearest(queue.key))
    }
  }

  /** Takes note of the loss of a sub-queue's last item. */
  #unuse(queue: SubQueue<T, K>): void {
    if (queue.key < BITMAP_PRIORITIES) {
      this.#low.delete(queue.key)
    } else {
      if (this.#lingering !== undefined) {
        this.#store.delete(this.#lingering)
        this.#high.remove(this.#lingering)
      }
      this.#lingering = queue
    }
    if (queue === this.#top) this.#top = this.#highest()
  }

  #highest(): SubQueue<T, K> | undefined {
    const last = this.#high.last
    const high = last?.size === 0 ? last.before : last
    if (high !== undefined) return high
    const priority = this.#low.highest()
    return priority === -1 ? undefined : this.#store.get(priority)
  }
}
