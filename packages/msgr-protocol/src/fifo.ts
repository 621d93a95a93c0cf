const INITIAL_CAPACITY = 8

/** First in, first out, in a ring that doubles when full and halves when mostly empty: O(1) amortised. */
export class Fifo<T> {
  #ring: (T | undefined)[] = new Array<T | undefined>(INITIAL_CAPACITY)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: T): void {
    if (this.#length === this.#ring.length) this.#resize(this.#ring.length * 2)
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = item
    this.#length++
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#ring[this.#head]
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#length--
    if (this.#length * 4 < this.#ring.length && this.#ring.length > INITIAL_CAPACITY) {
      this.#resize(this.#ring.length / 2)
    }
    return item
  }

  /** Takes the item that was pushed last. */
  pop(): T | undefined {
    if (this.#length === 0) return undefined
    const at = (this.#head + this.#length - 1) & (this.#ring.length - 1)
    const item = this.#ring[at]
    this.#ring[at] = undefined
    this.#length--
    return item
  }

  /** The item that `index` others precede. */
  at(index: number): T | undefined {
    return index < this.#length ? this.#ring[(this.#head + index) & (this.#ring.length - 1)] : undefined
  }

  clear(): void {
    this.#ring = new Array<T | undefined>(INITIAL_CAPACITY)
    this.#head = 0
    this.#length = 0
  }

  #resize(capacity: number): void {
    const ring = new Array<T | undefined>(capacity)
    for (let i = 0; i < this.#length; i++) ring[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)]
    this.#ring = ring
    this.#head = 0
  }
}
