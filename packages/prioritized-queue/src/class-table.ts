import { ClassQueue } from './class-queue.ts'
import { QueueArgumentError } from './errors.ts'
import { type CompareKeys, OrderedList } from './ordered-list.ts'
import { present } from './present.ts'

/** So many more idle classes than classes in use are kept at most. */
const SPARE_IDLE_CLASSES = 4
const MIN_HINTS = 16
/** 2^32 divided by the golden ratio: multiplying by it spreads keys that follow a pattern. */
const GOLDEN = 0x9e3779b1

/**
 * The classes of one priority in key order.
 *
 * A class that runs empty is usually wanted again soon. So it becomes idle: it keeps its place, and the round robin
 * steps over it. It may be filled again, or take the key of a new class that belongs right beside it, which costs
 * no more than finding the place. There are never more than `SPARE_IDLE_CLASSES` idle ones beyond the number in
 * use; the one that has been listed for longest goes first. Hence the steps over idle classes are O(1) for each
 * item, amortised, and a burst of keys leaves nothing behind.
 *
 * For keys that are numbers a table of hints, indexed by a hash of the key, finds most classes without a search.
 */
export class ClassTable<T, K> {
  readonly #classes: OrderedList<K, ClassQueue<T, K>>
  #inUse = 0
  /** The class that was used last, if its key is not a number. */
  #recent: ClassQueue<T, K> | undefined = undefined
  #hints: (ClassQueue<T, K> | undefined)[] = new Array<undefined>(MIN_HINTS).fill(undefined)
  #hintShift = 32 - Math.log2(MIN_HINTS)
  /** Every idle class, in the order in which they became so; and some that have been filled again since. */
  #firstIdle: ClassQueue<T, K> | undefined = undefined
  #lastIdle: ClassQueue<T, K> | undefined = undefined

  constructor(compareKeys: CompareKeys<K> | undefined) {
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

  /** Says that the last item of a class has left. The class may be gone afterwards, and others with it. */
  unuse(emptied: ClassQueue<T, K>): void {
    this.#inUse--
    if (!emptied.isListedIdle) {
      emptied.isListedIdle = true
      if (this.#lastIdle === undefined) this.#firstIdle = emptied
      else this.#lastIdle.nextIdle = emptied
      this.#lastIdle = emptied
    }
    while (this.#classes.count > 2 * this.#inUse + SPARE_IDLE_CLASSES) this.#giveUpFirstIdle()
  }

  /** The next class in use after this one, round and round. Only while there is one. */
  nextInUse(from: ClassQueue<T, K>): ClassQueue<T, K> {
    let next = from.after ?? this.#classes.first
    while (next === undefined || next.size === 0) next = next?.after ?? this.#classes.first
    return next
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
    if (near?.size === 0) {
      // No other key lies between this idle class and the new one's place, so it can move there as it is.
      this.#dropHint(near)
      near.key = key
      return near
    }
    const made = new ClassQueue<T, K>(key)
    this.#classes.insert(made, near)
    return made
  }

  /** Takes the first class off the list of idle ones, and out of the table unless it has been filled again. */
  #giveUpFirstIdle(): void {
    const idle = present(this.#firstIdle)
    this.#firstIdle = idle.nextIdle
    if (this.#firstIdle === undefined) this.#lastIdle = undefined
    idle.nextIdle = undefined
    idle.isListedIdle = false
    if (idle.size !== 0) return

    this.#classes.remove(idle)
    if (this.#recent === idle) this.#recent = undefined
    this.#dropHint(idle)
    if (this.#hints.length > MIN_HINTS && this.#classes.count * 8 < this.#hints.length) {
      this.#resizeHints(this.#hints.length / 2)
    }
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
