import { ClassPool } from './class-pool.ts'
import { type CompareKeys } from './ordered-list.ts'
import { BITMAP_PRIORITIES } from './priority-bitmap.ts'
import { SubQueue } from './sub-queue.ts'

/** A sub-queue of one of Ceph's priorities, once made, is kept for the next time. */
const KEPT_PRIORITIES = BITMAP_PRIORITIES

/**
 * Finds the sub-queue of a priority. Those of high priorities are held only while they hold an item.
 *
 * All sub-queues share one pool of classes.
 */
export class SubQueueStore<T, K> {
  readonly #compareKeys: CompareKeys<K> | undefined
  readonly #pool = new ClassPool<T, K>()
  readonly #kept: (SubQueue<T, K> | undefined)[] = new Array<undefined>(KEPT_PRIORITIES).fill(undefined)
  readonly #others = new Map<number, SubQueue<T, K>>()

  constructor(compareKeys: CompareKeys<K> | undefined) {
    this.#compareKeys = compareKeys
  }

  /** The sub-queue of this priority. It may be empty; once it is not, `add` has to be told. */
  get(priority: number): SubQueue<T, K> {
    if (priority < KEPT_PRIORITIES) return (this.#kept[priority] ??= this.#make(priority))
    return this.#others.get(priority) ?? this.#make(priority)
  }

  /** Holds a sub-queue that got its first item. */
  add(filled: SubQueue<T, K>): void {
    if (filled.key >= KEPT_PRIORITIES) this.#others.set(filled.key, filled)
  }

  /** Lets go of a sub-queue that gave its last item. */
  delete(emptied: SubQueue<T, K>): void {
    if (emptied.key >= KEPT_PRIORITIES) this.#others.delete(emptied.key)
  }

  #make(priority: number): SubQueue<T, K> {
    return new SubQueue<T, K>(priority, this.#compareKeys, this.#pool)
  }
}
