const MIN_CAPACITY = 2
/** A ring that has had room for so many keeps it, so that short bursts, which come again and again, cost no memory. */
const KEPT_CAPACITY = 64

/**
 * Items and their costs in a ring, whose capacity is a power of two.
 *
 * It doubles when it is full and, while it has room for more than 64, halves when more than three quarters of it are free,
 * so that each item pays for O(1) copies and a burst leaves no large ring behind. A slot is cleared when its item leaves.
 */
export class ItemRing<T> {
  /** An item and behind it its cost, and so on: one array is half the memory of two that are as short as most are. */
  #slots: unknown[] = emptySlots(MIN_CAPACITY)
  /** Index into `#slots`, which is even. */
  #head = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** How many items there is room for. */
  get capacity(): number {
    return this.#slots.length / 2
  }

  push(item: T, cost: number): void {
    if (this.#count * 2 === this.#slots.length) this.#resize(this.#count * 2)
    const slot = this.#slotOf(this.#count++)
    this.#slots[slot] = item
    this.#slots[slot + 1] = cost
  }

  unshift(item: T, cost: number): void {
    if (this.#count * 2 === this.#slots.length) this.#resize(this.#count * 2)
    this.#head = this.#slotOf(-1)
    this.#slots[this.#head] = item
    this.#slots[this.#head + 1] = cost
    this.#count++
  }

  /** Takes the item at the front. Only while there is one. */
  shift(): T {
    const item = this.#slots[this.#head] as T
    this.#slots[this.#head] = undefined
    this.#head = this.#slotOf(1)
    this.#count--
    const capacity = this.capacity
    if (this.#count * 4 < capacity && capacity > KEPT_CAPACITY) this.#resize(capacity / 2)
    return item
  }

  /** The item `index` places behind the front. Only while there is one. */
  at(index: number): T {
    return this.#slots[this.#slotOf(index)] as T
  }

  /** The cost of the item `index` places behind the front. Only while there is one. */
  costAt(index: number): number {
    return this.#slots[this.#slotOf(index) + 1] as number
  }

  #slotOf(index: number): number {
    return (this.#head + 2 * index) & (this.#slots.length - 1)
  }

  #resize(capacity: number): void {
    const slots = emptySlots(capacity)
    for (let i = 0; i < this.#count; i++) {
      slots[2 * i] = this.at(i)
      slots[2 * i + 1] = this.costAt(i)
    }
    this.#slots = slots
    this.#head = 0
  }
}

/** Most rings are short and resized often, and a literal is made several times as fast as an array is filled. */
function emptySlots(capacity: number): unknown[] {
  if (capacity === MIN_CAPACITY) return [undefined, 0, undefined, 0]
  if (capacity === 2 * MIN_CAPACITY) return [undefined, 0, undefined, 0, undefined, 0, undefined, 0]
  return new Array<unknown>(2 * capacity).fill(undefined)
}
