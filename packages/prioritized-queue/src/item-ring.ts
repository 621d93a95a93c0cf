const MIN_CAPACITY = 4

/**
 * Items and their costs in a ring, whose capacity is a power of two.
 *
 * It doubles when it is full and halves when three quarters of it are free, so that each item pays for O(1) copies
 * and a burst leaves no large ring behind. A slot is cleared when its item leaves.
 */
export class ItemRing<T> {
  #items: (T | undefined)[] = [undefined, undefined, undefined, undefined]
  #costs: number[] = [0, 0, 0, 0]
  #head = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** How many items fit before the next growth. */
  get capacity(): number {
    return this.#items.length
  }

  push(item: T, cost: number): void {
    if (this.#count === this.#items.length) this.#resize(this.#count * 2)
    const slot = (this.#head + this.#count) & (this.#items.length - 1)
    this.#items[slot] = item
    this.#costs[slot] = cost
    this.#count++
  }

  unshift(item: T, cost: number): void {
    if (this.#count === this.#items.length) this.#resize(this.#count * 2)
    const slot = (this.#head - 1) & (this.#items.length - 1)
    this.#items[slot] = item
    this.#costs[slot] = cost
    this.#head = slot
    this.#count++
  }

  /** The cost of the item that `shift` would give. Only while there is one. */
  get frontCost(): number {
    return this.#costs[this.#head] ?? 0
  }

  /** Takes the item at the front. Only while there is one. */
  shift(): T {
    const items = this.#items
    const item = items[this.#head] as T
    items[this.#head] = undefined
    this.#head = (this.#head + 1) & (items.length - 1)
    this.#count--
    if (items.length > MIN_CAPACITY && this.#count * 4 <= items.length) this.#resize(items.length / 2)
    return item
  }

  /** The item `index` places behind the front. Only while there is one. */
  at(index: number): T {
    return this.#items[(this.#head + index) & (this.#items.length - 1)] as T
  }

  /** The cost of the item `index` places behind the front. Only while there is one. */
  costAt(index: number): number {
    return this.#costs[(this.#head + index) & (this.#costs.length - 1)] ?? 0
  }

  #resize(capacity: number): void {
    const mask = this.#items.length - 1
    const items = new Array<T | undefined>(capacity).fill(undefined)
    const costs = new Array<number>(capacity).fill(0)
    for (let i = 0; i < this.#count; i++) {
      const slot = (this.#head + i) & mask
      items[i] = this.#items[slot]
      costs[i] = this.#costs[slot] ?? 0
    }
    this.#items = items
    this.#costs = costs
    this.#head = 0
  }
}
