import { ClassPool } from './class-pool.ts'
import { type ClassQueue } from './class-queue.ts'
import { QueueArgumentError } from './errors.ts'
import { type CompareKeys, OrderedList } from './ordered-list.ts'
import { present } from './present.ts'

/** While a class is in use, idle ones are welcome up to this many more than there are in use. */
const SPARE_IDLE_CLASSES = 4
/** While none is, idle classes are kept up to this number. */
const MAX_IDLE_CLASSES = 64
const MIN_HINTS = 16
/** 2^32 divided by the golden ratio: multiplying by it spreads keys that follow a pattern. */
const GOLDEN = 0x9e3779b1

/**
 * The classes of one priority in key order.
 *
 * A class that runs empty is usually wanted again soon. So it becomes idle: it keeps its place, and the round robin
 * steps over it. It may be filled again, or take the key of a new class that belongs right beside it, which costs
 * no more than finding the place. When the round robin has stepped over idle classes and there are too many of them,
 * it gives those up; when the last class runs empty and there are too many, all are given up at once. Hence the
 * steps over idle classes are O(1) for each item, amortised, and a burst of keys leaves little behind. What is given
 * up goes to a pool.
 *
 * For keys that are numbers a table of hints, indexed by a hash of the key, finds most classes without a search.
 */
export class ClassTable<T, K> {
  readonly #pool: ClassPool<T, K>
  readonly #classes: OrderedList<K, ClassQueue<T, K>>
  #inUse = 0
  /** The class that was used last. */
  #recent: ClassQueue<T, K> | undefined = undefined
  /** None while there are so few classes that a search is as good. */
  #hints: (ClassQueue<T, K> | undefined)[] | undefined = undefined
  #hintShift = 32 - Math.log2(MIN_HINTS)

  /** Takes classes from `pool`, and gives them back. */
  constructor(compareKeys: CompareKeys<K> | undefined, pool: ClassPool<T, K> = new ClassPool<T, K>()) {
    this.#pool = pool
    this.#classes = new OrderedList(compareKeys)
  }

  /** How many classes hold an item. */
  get inUse(): number {
    return this.#inUse
  }

  /** How many classes there are, in use or idle. */
  get count(): number {
    return this.#classes.count
  }

  /** The first class in key order, be it in use or idle. Its `after` leads to the others. */
  get first(): ClassQueue<T, K> | undefined {
    return this.#classes.first
  }

  /** The class of this key, in use or idle. */
  find(key: K): ClassQueue<T, K> | undefined {
    const near = this.#classes.nearest(key)
    return near !== undefined && this.#classes.compare(key, near.key) === 0 ? near : undefined
  }

  /** The class of this key, into which the caller puts an item at once. Throws for a key without a place. */
  use(key: K): ClassQueue<T, K> {
    const recent = this.#recent
    const found = recent !== undefined && recent.key === key ? recent : this.#lookUp(key)
    if (found.size === 0) this.#inUse++
    return found
  }

  /** Says that the last item of a class has left. */
  unuse(): void {
    this.#inUse--
    if (this.#inUse === 0 && this.#classes.count > MAX_IDLE_CLASSES) this.#clear()
  }

  /** The next class in use after this one, round and round. Only while there is one. */
  nextInUse(from: ClassQueue<T, K>): ClassQueue<T, K> {
    let next = this.#after(from)
    while (next.size === 0) next = this.#after(next)
    return next
  }

  /** Gives up the idle classes between this one and the next in use, as long as there are too many. */
  thinOutAfter(from: ClassQueue<T, K>): void {
    while (this.#classes.count > 2 * this.#inUse + SPARE_IDLE_CLASSES) {
      const idle = this.#after(from)
      if (idle.size !== 0 || idle === from) return
      this.#giveUp(idle)
    }
  }

  #lookUp(key: K): ClassQueue<T, K> {
    if (key === undefined) throw new QueueArgumentError('key', 'a key', key)
    const hint = typeof key === 'number' ? this.#hints?.[this.#slotOf(key)] : undefined
    if (hint?.key === key) this.#recent = hint
    else if (this.#inUse === 0) this.#recent = this.#renew(key)
    else this.#recent = this.#search(key)
    return this.#recent
  }

  /**
   * A class for a key that has none, while none is in use. The order of idle ones is of no use then: one of them
   * takes the key, and the others would only be in the way.
   */
  #renew(key: K): ClassQueue<T, K> {
    this.#checkKey(key)
    if (this.#classes.count > 1) this.#clear()
    const idle = this.#classes.first
    if (idle === undefined) return this.#add(key, undefined)
    this.#dropHint(idle)
    idle.key = key
    return idle
  }

  #search(key: K): ClassQueue<T, K> {
    const near = this.#classes.nearest(key)
    if (near !== undefined && this.#classes.compare(key, near.key) === 0) return this.#hinted(near)
    this.#checkKey(key)
    const spare = this.#idleBeside(key, near)
    if (spare === undefined) return this.#hinted(this.#add(key, near))
    // No other key lies between this idle class and the new one's place, so it can move there as it is.
    this.#dropHint(spare)
    spare.key = key
    return this.#hinted(spare)
  }

  #add(key: K, near: ClassQueue<T, K> | undefined): ClassQueue<T, K> {
    const added = this.#pool.take(key)
    this.#classes.insert(added, near)
    return added
  }

  #checkKey(key: K): void {
    if (this.#classes.compare(key, key) === 0) return
    throw new QueueArgumentError('key', 'a key that equals itself in the order of keys', key)
  }

  /** An idle class right before or after the place of a key that has none; `near` is one of those two neighbours. */
  #idleBeside(key: K, near: ClassQueue<T, K> | undefined): ClassQueue<T, K> | undefined {
    if (near === undefined || near.size === 0) return near
    const other = this.#classes.compare(key, near.key) < 0 ? near.before : near.after
    return other?.size === 0 ? other : undefined
  }

  #after(from: ClassQueue<T, K>): ClassQueue<T, K> {
    return from.after ?? present(this.#classes.first)
  }

  #giveUp(idle: ClassQueue<T, K>): void {
    this.#classes.remove(idle)
    if (this.#recent === idle) this.#recent = undefined
    this.#dropHint(idle)
    this.#pool.give(idle)
    if (this.#hints !== undefined && this.#hints.length > MIN_HINTS && this.#classes.count * 8 < this.#hints.length) {
      this.#resizeHints(this.#hints.length / 2)
    }
  }

  /** Gives up all classes, which are idle. */
  #clear(): void {
    let next = this.#classes.first
    this.#classes.clear()
    while (next !== undefined && !this.#pool.isFull) {
      const idle = next
      next = idle.after
      this.#pool.give(idle)
    }
    this.#recent = undefined
    this.#hints = undefined
  }

  #slotOf(key: number): number {
    return Math.imul(key, GOLDEN) >>> this.#hintShift
  }

  /** Sees to it that the class is found by a hint from now on, if its key is a number. */
  #hinted(found: ClassQueue<T, K>): ClassQueue<T, K> {
    if (typeof found.key !== 'number') return found
    const hintCount = this.#hints?.length ?? MIN_HINTS / 2
    if (this.#classes.count * 2 > hintCount) this.#resizeHints(hintCount * 2)
    else if (this.#hints !== undefined) this.#hints[this.#slotOf(found.key)] = found
    return found
  }

  #dropHint(of: ClassQueue<T, K>): void {
    if (this.#hints === undefined || typeof of.key !== 'number') return
    const slot = this.#slotOf(of.key)
    if (this.#hints[slot] === of) this.#hints[slot] = undefined
  }

  #resizeHints(count: number): void {
    const hints = new Array<ClassQueue<T, K> | undefined>(count).fill(undefined)
    this.#hints = hints
    this.#hintShift = 32 - Math.log2(count)
    for (let each = this.#classes.first; each !== undefined; each = each.after) {
      if (typeof each.key === 'number') hints[this.#slotOf(each.key)] = each
    }
  }
}
