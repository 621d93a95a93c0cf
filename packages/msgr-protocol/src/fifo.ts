const INITIAL_CAPACITY = 8
/** A ring up to this size is kept: a queue that is filled and emptied in turns would resize it each time. */
const KEPT_CAPACITY = 128

/**
 * First in, first out, in a ring that doubles when full and, if it is large, halves when mostly empty: O(1) amortised.
 * Each item has a weight, and the sum of them is known.
 */
export class Fifo<T> {
  #items: (T | undefined)[] = new Array<T | undefined>(INITIAL_CAPACITY)
  #weights: number[] = new Array<number>(INITIAL_CAPACITY).fill(0)
  #head = 0
  #length = 0
  #weight = 0

  get length(): number {
    return this.#length
  }

  /** What all items weigh together. */
  get weight(): number {
    return this.#weight
  }

  /** What the first item weighs; 0 if there is none. */
  get firstWeight(): number {
    return this.#length === 0 ? 0 : this.#weightIn(this.#head)
  }

  push(item: T, weight = 0): void {
    if (this.#length === this.#items.length) this.#resize(this.#items.length * 2)
    const at = this.#slot(this.#length)
    this.#items[at] = item
    this.#weights[at] = weight
    this.#weight += weight
    this.#length++
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#clearSlot(this.#head)
    this.#head = this.#slot(1)
    this.#length--
    if (this.#length * 4 < this.#items.length && this.#items.length > KEPT_CAPACITY) {
      this.#resize(this.#items.length / 2)
    }
    return item
  }

  /** Takes the item that was pushed last. */
  pop(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#clearSlot(this.#slot(this.#length - 1))
    this.#length--
    return item
  }

  /** The item that `index` others precede. */
  at(index: number): T | undefined {
    return index < this.#length ? this.#items[this.#slot(index)] : undefined
  }

  /** The item that was pushed last weighs this from now on. There must be one. */
  reweighLast(weight: number): void {
    const at = this.#slot(this.#length - 1)
    this.#weight += weight - this.#weightIn(at)
    this.#weights[at] = weight
  }

  clear(): void {
    this.#items = new Array<T | undefined>(INITIAL_CAPACITY)
    this.#weights = new Array<number>(INITIAL_CAPACITY).fill(0)
    this.#head = 0
    this.#length = 0
    this.#weight = 0
  }

  #slot(index: number): number {
    return (this.#head + index) & (this.#items.length - 1)
  }

  #weightIn(slot: number): number {
    return this.#weights[slot] ?? 0
  }

  #clearSlot(at: number): T | undefined {
    const item = this.#items[at]
    this.#items[at] = undefined
    this.#weight -= this.#weightIn(at)
    return item
  }

  #resize(capacity: number): void {
    const items = new Array<T | undefined>(capacity)
    const weights = new Array<number>(capacity).fill(0)
    for (let i = 0; i < this.#length; i++) {
      items[i] = this.#items[this.#slot(i)]
      weights[i] = this.#weightIn(this.#slot(i))
    }
    this.#items = items
    this.#weights = weights
    this.#head = 0
  }
}
