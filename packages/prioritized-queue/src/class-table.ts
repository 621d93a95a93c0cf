import { ClassQueue } from './class-queue.ts'
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
 * steps over idle classes are O(1) for each item, amortised, and a burst of keys leaves little behind.
 *
 * For keys that are numbers a table of hints, indexed by a hash of the key, finds most classes without a search.
 */
export class ClassTable<T, K> {
  readonly #compareKeys: CompareKeys<K> | undefined
  #classes: OrderedList<K, ClassQueue<T, K>>
  #inUse = 0
  /** The class that was used last, if its key is not a number. */
  #recent: ClassQueue<T, K> | undefined = undefined
  #hints: (ClassQueue<T, K> | undefined)[] = new Array<undefined>(MIN_HINTS).fill(undefined)
  #hintShift = 32 - Math.log2(MIN_HINTS)

  constructor(compareKeys: CompareKeys<K> | undefined) {
    this.#compareKeys = compareKeys
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
    const found = typeof key === 'number' ? this.#useNumber(key) : this.#useOther(key)
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

  #useNumber(key: K & number): ClassQueue<T, K> {
    const hint = this.#hints[this.#slotOf(key)]
    if (hint?.key === key) return hint
    const found = this.#search(key)
    if (this.#classes.count * 2 > this.#hints.length) this.#resizeHints(this.#hints.length * 2)
    this.#hints[this.#slotOf(key)] = found
    return found
  }

  #useOther(key: K): ClassQueue<T, K> {
    if (key === undefined) throw new QueueArgumentError('key', 'a key', key)
    const recent = this.#recent
    if (recent?.key === key) return recent
    return (this.#recent = this.#search(key))
  }

  #search(key: K): ClassQueue<T, K> {
    const near = this.#classes.nearest(key)
    if (near !== undefined && this.#classes.compare(key, near.key) === 0) return near
    if (this.#classes.compare(key, key) !== 0) {
      throw new QueueArgumentError('key', 'a key that equals itself in the order of keys', key)
    }
    const spare = this.#idleBeside(key, near)
    if (spare !== undefined) {
      // No other key lies between this idle class and the new one's place, so it can move there as it is.
      this.#dropHint(spare)
      spare.key = key
      return spare
    }
    const made = new ClassQueue<T, K>(key)
    this.#classes.insert(made, near)
    return made
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
    if (this.#hints.length > MIN_HINTS && this.#classes.count * 8 < this.#hints.length) {
      this.#resizeHints(this.#hints.length / 2)
    }
  }

  #clear(): void {
    this.#classes = new OrderedList(this.#compareKeys)
    this.#recent = undefined
    this.#resizeHints(MIN_HINTS)
  }

  #slotOf(key: number): number {
    return Math.imul(key, GOLDEN) >>> this.#hintShift
  }

  #dropHint(of: ClassQueue<T, K>): void {
    if (typeof of.key !== 'number') return
    const slot = this.#slotOf(of.key)
    if (this.#hints[slot] === of) this.#hints[slot] = undefined
  }

  #resizeHints(count: number): void {
    this.#hints = new Array<undefined>(count).fill(undefined)
    this.#hintShift = 32 - Math.log2(count)
    for (let each = this.#classes.first; each !== undefined; each = each.after) {
      if (typeof each.key === 'number') this.#hints[this.#slotOf(each.key)] = each
    }
  }
}
