import { ItemRing } from './item-ring.ts'
import { type OrderedNode } from './ordered-list.ts'
import { present } from './present.ts'

/**
 * The items of one key at one priority: first in, first out.
 *
 * The front item lives in the object itself, since most keys have one item waiting; only what is behind it needs a
 * ring. The links belong to the `OrderedList` and the `ClassTable` that the object is in.
 */
export class ClassQueue<T, K> implements OrderedNode<K, ClassQueue<T, K>> {
  key: K
  size = 0
  /** The cost of the item that `shift` would give; meaningless while the queue is empty. */
  frontCost = 0
  #front: T | undefined = undefined
  #rest: ItemRing<T> | undefined = undefined

  after: ClassQueue<T, K> | undefined = undefined
  before: ClassQueue<T, K> | undefined = undefined
  parent: ClassQueue<T, K> | undefined = undefined
  left: ClassQueue<T, K> | undefined = undefined
  right: ClassQueue<T, K> | undefined = undefined
  weight = 0

  constructor(key: K) {
    this.key = key
  }

  push(item: T, cost: number): void {
    if (this.size++ === 0) {
      this.#front = item
      this.frontCost = cost
    } else {
      this.#rest ??= new ItemRing()
      this.#rest.push(item, cost)
    }
  }

  unshift(item: T, cost: number): void {
    if (this.size++ !== 0) {
      this.#rest ??= new ItemRing()
      this.#rest.unshift(this.#front as T, this.frontCost)
    }
    this.#front = item
    this.frontCost = cost
  }

  /** Takes the front item. Only for a queue that is not empty. */
  shift(): T {
    const item = this.#front as T
    if (--this.size === 0) {
      this.#front = undefined
    } else {
      const rest = present(this.#rest)
      this.frontCost = rest.costAt(0)
      this.#front = rest.shift()
    }
    return item
  }

  /** The item `index` places behind the front. Only while there is one. */
  at(index: number): T {
    return index === 0 ? (this.#front as T) : present(this.#rest).at(index - 1)
  }

  /** Moves the items for which `test` is true to `removed`. Asks, and moves, from the last item to the first. */
  filter(test: (item: T) => boolean, removed: T[]): void {
    const kept = new ItemRing<T>()
    for (let i = this.size - 1; i >= 0; i--) {
      const item = this.at(i)
      if (test(item)) removed.push(item)
      else kept.unshift(item, i === 0 ? this.frontCost : present(this.#rest).costAt(i - 1))
    }
    if (kept.count === this.size) return
    this.clear()
    if (kept.count === 0) return
    this.size = kept.count
    this.frontCost = kept.costAt(0)
    this.#front = kept.shift()
    this.#rest = kept
  }

  /** Drops all items, and the ring that they may have been in. */
  clear(): void {
    this.size = 0
    this.#front = undefined
    this.#rest = undefined
  }

  /** Makes a queue that is empty and in no list any more forget its key and its neighbours. */
  forgetPlace(): void {
    this.key = undefined as K
    this.after = this.before = this.parent = this.left = this.right = undefined
  }
}
