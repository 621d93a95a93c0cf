import { type ClassPool } from './class-pool.ts'
import { type ClassQueue } from './class-queue.ts'
import { ClassTable } from './class-table.ts'
import { type CompareKeys, type OrderedNode } from './ordered-list.ts'
import { present } from './present.ts'

/**
 * The items of one priority: a queue for each key, and a cursor that serves one item of each key in turn, in key
 * order, whatever the items cost.
 *
 * Ceph: src/common/PrioritizedQueue.h, PrioritizedQueue::SubQueue
 */
export class SubQueue<T, K> implements OrderedNode<number, SubQueue<T, K>> {
  /** The priority. */
  key: number
  size = 0
  readonly #classes: ClassTable<T, K>
  /** The class whose turn it is: one that holds an item, or `undefined` when there is no item. */
  #cursor: ClassQueue<T, K> | undefined = undefined

  before: SubQueue<T, K> | undefined = undefined
  after: SubQueue<T, K> | undefined = undefined
  parent: SubQueue<T, K> | undefined = undefined
  left: SubQueue<T, K> | undefined = undefined
  right: SubQueue<T, K> | undefined = undefined
  weight = 0

  constructor(priority: number, compareKeys: CompareKeys<K> | undefined, pool?: ClassPool<T, K>) {
    this.key = priority
    this.#classes = new ClassTable(compareKeys, pool)
  }

  /** How many keys have an item here. */
  get keyCount(): number {
    return this.#classes.inUse
  }

  /** The cost of the item that `shift` would give. Only while there is one. */
  get frontCost(): number {
    return present(this.#cursor).frontCost
  }

  push(key: K, cost: number, item: T): void {
    const into = this.#classes.use(key)
    into.push(item, cost)
    if (this.size++ === 0) this.#cursor = into
  }

  /** Puts an item ahead of the others of its own key. The cursor stays: that key's turn comes no sooner. */
  unshift(key: K, cost: number, item: T): void {
    const into = this.#classes.use(key)
    into.unshift(item, cost)
    if (this.size++ === 0) this.#cursor = into
  }

  /** Takes the front item of the key whose turn it is, and passes the turn on. Only while there is one. */
  shift(): T {
    const from = present(this.#cursor)
    const item = from.shift()
    if (from.size === 0) this.#classes.unuse()
    this.size--
    this.#passTurn()
    return item
  }

  /** Moves the items of one key to `removed`, the last one first. */
  removeClass(key: K, removed: T[]): void {
    const found = this.#classes.find(key)
    if (found === undefined || found.size === 0) return
    for (let i = found.size - 1; i >= 0; i--) removed.push(found.at(i))
    this.size -= found.size
    found.clear()
    this.#classes.unuse()
    if (this.#cursor === found) this.#passTurn()
  }

  /** Moves the items for which `test` is true to `removed`: key by key, the last item of each key first. */
  filter(test: (item: T) => boolean, removed: T[]): void {
    for (let each = this.#classes.first; each !== undefined; each = each.after) {
      if (each.size === 0) continue
      const sizeBefore = each.size
      each.filter(test, removed)
      this.size -= sizeBefore - each.size
      if (each.size === 0) this.#classes.unuse()
    }
    if (this.#cursor?.size === 0) this.#passTurn()
  }

  /** Shows each item to `visit`, in the order in which `filter` asks about them. */
  forEach(visit: (item: T) => void): void {
    for (let each = this.#classes.first; each !== undefined; each = each.after) {
      for (let i = each.size - 1; i >= 0; i--) visit(each.at(i))
    }
  }

  #passTurn(): void {
    if (this.size === 0) {
      this.#cursor = undefined
      return
    }
    const from = present(this.#cursor)
    this.#cursor = this.#classes.nextInUse(from)
    this.#classes.thinOutAfter(from)
  }
}
