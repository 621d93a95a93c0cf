import { type CompareKeys, OrderedList } from './ordered-list.ts'
import { present } from './present.ts'
import { SubQueueStore } from './sub-queue-store.ts'
import { type SubQueue } from './sub-queue.ts'

/** The sub-queues of strict items: always the highest priority first. */
export class StrictQueues<T, K> {
  readonly #store: SubQueueStore<T, K>
  /** Those that hold an item, and the one that lingers. */
  readonly #queues = new OrderedList<number, SubQueue<T, K>>()
  /** The one that ran empty last. It stays until another does, since the next item is often for it again. */
  #lingering: SubQueue<T, K> | undefined = undefined
  #length = 0

  constructor(compareKeys: CompareKeys<K> | undefined) {
    this.#store = new SubQueueStore(compareKeys)
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  push(key: K, priority: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.push(key, 0, item)
    this.#length++
    if (queue.size === 1) this.#use(queue)
  }

  unshift(key: K, priority: number, item: T): void {
    const queue = this.#store.get(priority)
    queue.unshift(key, 0, item)
    this.#length++
    if (queue.size === 1) this.#use(queue)
  }

  /** Takes the next item of the highest priority. Only while there is one. */
  shift(): T {
    let queue = present(this.#queues.last)
    if (queue.size === 0) queue = present(queue.before)
    const item = queue.shift()
    this.#length--
    if (queue.size === 0) this.#unuse(queue)
    return item
  }

  /** The sub-queues that hold an item, in ascending priority. */
  *[Symbol.iterator](): Generator<SubQueue<T, K>> {
    for (let queue = this.#queues.first; queue !== undefined; queue = queue.after) if (queue.size > 0) yield queue
  }

  /** Lets `remove` take items out of each sub-queue, in ascending priority. */
  removeFromEach(remove: (queue: SubQueue<T, K>) => void): void {
    for (const queue of [...this]) {
      const sizeBefore = queue.size
      remove(queue)
      this.#length -= sizeBefore - queue.size
      if (queue.size === 0) this.#unuse(queue)
    }
  }

  /** Takes note of a sub-queue's first item. */
  #use(queue: SubQueue<T, K>): void {
    if (queue === this.#lingering) {
      this.#lingering = undefined
      return
    }
    this.#store.add(queue)
    this.#queues.insert(queue, this.#queues.nearest(queue.key))
  }

  /** Takes note of the loss of a sub-queue's last item. */
  #unuse(queue: SubQueue<T, K>): void {
    if (this.#lingering !== undefined) {
      this.#store.delete(this.#lingering)
      this.#queues.remove(this.#lingering)
    }
    this.#lingering = queue
  }
}
