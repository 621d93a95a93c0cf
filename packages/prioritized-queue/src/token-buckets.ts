const MIN_CAPACITY = 8
/** Up to here a share is computed in floating point: see `distribute`. */
const MAX_FLOAT_PRODUCT = 2 ** 50

/**
 * The token buckets of the weighted sub-queues, in ascending priority: who may be served, and what each gets when
 * an item has been. They are flat arrays, since every item that is served gives something to every bucket.
 */
export class TokenBuckets {
  readonly #maxTokens: number
  #count = 0
  #totalPriority = 0
  #priorities = new Float64Array(MIN_CAPACITY)
  #frontCosts = new Float64Array(MIN_CAPACITY)
  #tokens = new Float64Array(MIN_CAPACITY)

  constructor(maxTokens: number) {
    this.#maxTokens = maxTokens
  }

  get count(): number {
    return this.#count
  }

  /** The sum of the priorities, each of which counts once however many items it has. */
  get totalPriority(): number {
    return this.#totalPriority
  }

  priorityAt(index: number): number {
    return this.#priorities[index] ?? 0
  }

  tokensAt(index: number): number {
    return this.#tokens[index] ?? 0
  }

  /**
   * The index of this priority, or the one at which to insert it. Looks from the top down, step by step: those that
   * come and go are the high ones, and `distribute` goes through all of them anyway.
   */
  indexOf(priority: number): number {
    const priorities = this.#priorities
    let index = this.#count
    while (index > 0 && (priorities[index - 1] ?? 0) >= priority) index--
    return index
  }

  /** Makes an empty bucket; those from `index` on move up. */
  insert(index: number, priority: number, frontCost: number): void {
    if (this.#count === this.#tokens.length) this.#grow()
    for (let i = this.#count; i > index; i--) this.#copy(i - 1, i)
    this.#priorities[index] = priority
    this.#frontCosts[index] = frontCost
    this.#tokens[index] = 0
    this.#count++
    this.#totalPriority += priority
  }

  /** Removes a bucket and its tokens; those behind it move down. */
  remove(index: number): void {
    this.#totalPriority -= this.#priorities[index] ?? 0
    this.#count--
    for (let i = index; i < this.#count; i++) this.#copy(i + 1, i)
  }

  /** Tells what the item costs that is next in the sub-queue of this bucket. */
  setFrontCost(index: number, cost: number): void {
    this.#frontCosts[index] = cost
  }

  /** The lowest priority that has more tokens than its next item costs; -1 if there is none. */
  findEligible(): number {
    const frontCosts = this.#frontCosts
    const tokens = this.#tokens
    const count = this.#count
    for (let i = 0; i < count; i++) {
      if ((frontCosts[i] ?? 0) < (tokens[i] ?? 0)) return i
    }
    return -1
  }

  take(index: number, cost: number): void {
    const tokens = this.#tokens[index] ?? 0
    this.#tokens[index] = tokens > cost ? tokens - cost : 0
  }

  /**
   * Gives every bucket its share of what an item cost, which is `floor(priority * cost / totalPriority) + 1`.
   *
   * The quotient is a multiple of 1 / totalPriority. Half of that is added to it, so a rounding error smaller than
   * that half moves it past no integer; three roundings of a quotient make less than that as long as
   * `priority * cost` is at most 2^50.
   *
   * Differs from Ceph: the product never wraps at 32 bits, as it would there for a priority and a cost far beyond
   * those of Ceph's own users.
   */
  distribute(cost: number): void {
    const total = this.#totalPriority
    if (total === 0) return
    const priorities = this.#priorities
    const tokens = this.#tokens
    const count = this.#count
    const maxTokens = this.#maxTokens
    if ((priorities[count - 1] ?? 0) * cost > MAX_FLOAT_PRODUCT) {
      this.#distributeExactly(cost)
      return
    }
    const ratio = cost / total
    const half = 0.5 / total
    for (let i = 0; i < count; i++) {
      const sum = (tokens[i] ?? 0) + Math.floor((priorities[i] ?? 0) * ratio + half) + 1
      tokens[i] = sum < maxTokens ? sum : maxTokens
    }
  }

  #distributeExactly(cost: number): void {
    const total = BigInt(this.#totalPriority)
    for (let i = 0; i < this.#count; i++) {
      const share = Number((BigInt(this.#priorities[i] ?? 0) * BigInt(cost)) / total) + 1
      this.#tokens[i] = Math.min((this.#tokens[i] ?? 0) + share, this.#maxTokens)
    }
  }

  #copy(from: number, to: number): void {
    this.#priorities[to] = this.#priorities[from] ?? 0
    this.#frontCosts[to] = this.#frontCosts[from] ?? 0
    this.#tokens[to] = this.#tokens[from] ?? 0
  }

  #grow(): void {
    this.#priorities = grown(this.#priorities)
    this.#frontCosts = grown(this.#frontCosts)
    this.#tokens = grown(this.#tokens)
  }
}

function grown(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2)
  larger.set(array)
  return larger
}
