import {
  type OpQueue,
  type PrioritizedQueueDump,
  type PrioritizedQueueLimits,
  type SubQueueDump,
} from '../src/index.ts'

interface Entry<T> {
  cost: number
  item: T
}

interface NaiveClass<T> {
  key: number
  entries: Entry<T>[]
}

interface NaiveSubQueue<T> {
  priority: number
  tokens: number
  maxTokens: number
  classes: NaiveClass<T>[]
  /** Index into `classes`; it equals their number when there is none. */
  cursor: number
}

/**
 * The rules of the prioritized queue, written down as directly as they are described: sorted arrays, one step of the
 * description after the other, no thought for speed. It is the model that the real one is compared with.
 */
export class NaiveQueue<T> implements OpQueue<T> {
  readonly name = 'NaiveQueue'
  readonly #limits: PrioritizedQueueLimits
  readonly #high: NaiveSubQueue<T>[] = []
  readonly #normal: NaiveSubQueue<T>[] = []

  constructor(limits: PrioritizedQueueLimits) {
    this.#limits = limits
  }

  get length(): number {
    return [...this.#high, ...this.#normal].reduce((sum, queue) => sum + sizeOf(queue), 0)
  }

  get isEmpty(): boolean {
    return this.length === 0
  }

  enqueueStrict(key: number, priority: number, item: T): void {
    insert(this.#high, priority, 0, key, { cost: 0, item }, 'back')
  }

  enqueueStrictFront(key: number, priority: number, item: T): void {
    insert(this.#high, priority, 0, key, { cost: 0, item }, 'front')
  }

  enqueue(key: number, priority: number, cost: number, item: T): void {
    const max = this.#limits.maxTokensPerSubqueue
    insert(this.#normal, priority, max, key, { cost: this.#clamp(cost), item }, 'back')
  }

  enqueueFront(key: number, priority: number, cost: number, item: T): void {
    const max = this.#limits.maxTokensPerSubqueue
    insert(this.#normal, priority, max, key, { cost: this.#clamp(cost), item }, 'front')
  }

  dequeue(): T {
    const strict = this.#high.at(-1)
    if (strict !== undefined) {
      const { item } = pop(strict)
      this.#dropEmpty()
      return item
    }
    const payer = this.#normal.find((queue) => front(queue).cost < queue.tokens)
    const queue = payer ?? this.#normal.at(-1)
    if (queue === undefined) throw new Error('empty')
    const { cost, item } = pop(queue)
    if (payer !== undefined) payer.tokens = payer.tokens > cost ? payer.tokens - cost : 0
    this.#dropEmpty()
    this.#distribute(cost)
    return item
  }

  removeByClass(key: number, out?: T[]): number {
    const before = this.length
    for (const queue of [...this.#normal, ...this.#high]) {
      const index = queue.classes.findIndex((each) => each.key === key)
      const found = queue.classes[index]
      if (found === undefined) continue
      for (const { item } of [...found.entries].reverse()) out?.unshift(item)
      queue.classes.splice(index, 1)
      if (queue.cursor > index) queue.cursor--
      if (queue.cursor === queue.classes.length) queue.cursor = 0
    }
    this.#dropEmpty()
    return before - this.length
  }

  removeByFilter(predicate: (item: T) => boolean, out?: T[]): number {
    const before = this.length
    for (const queue of [...this.#normal, ...this.#high]) {
      for (let index = 0; index < queue.classes.length;) {
        const found = queue.classes[index]!
        for (let i = found.entries.length - 1; i >= 0; i--) {
          const { item } = found.entries[i]!
          if (!predicate(item)) continue
          out?.unshift(item)
          found.entries.splice(i, 1)
        }
        if (found.entries.length > 0) {
          index++
          continue
        }
        queue.classes.splice(index, 1)
        if (queue.cursor > index) queue.cursor--
      }
      if (queue.cursor === queue.classes.length) queue.cursor = 0
    }
    this.#dropEmpty()
    return before - this.length
  }

  dump(): PrioritizedQueueDump {
    return {
      totalPriority: this.#totalPriority,
      maxTokensPerSubqueue: this.#limits.maxTokensPerSubqueue,
      minCost: this.#limits.minCost,
      highQueues: this.#high.map(dumpOf),
      queues: this.#normal.map(dumpOf),
    }
  }

  get #totalPriority(): number {
    return this.#normal.reduce((sum, queue) => sum + queue.priority, 0)
  }

  #clamp(cost: number): number {
    return Math.min(Math.max(cost, this.#limits.minCost), this.#limits.maxTokensPerSubqueue)
  }

  #distribute(cost: number): void {
    const total = this.#totalPriority
    if (total === 0) return
    for (const queue of this.#normal) {
      const share = Number((BigInt(queue.priority) * BigInt(cost)) / BigInt(total)) + 1
      queue.tokens = Math.min(queue.tokens + share, queue.maxTokens)
    }
  }

  #dropEmpty(): void {
    for (const queues of [this.#high, this.#normal]) {
      const left = queues.filter((queue) => sizeOf(queue) > 0)
      queues.splice(0, queues.length, ...left)
    }
  }
}

function insert<T>(
  queues: NaiveSubQueue<T>[],
  priority: number,
  maxTokens: number,
  key: number,
  entry: Entry<T>,
  end: 'back' | 'front',
): void {
  let queue = queues.find((each) => each.priority === priority)
  if (queue === undefined) {
    queue = { priority, tokens: 0, maxTokens, classes: [], cursor: 0 }
    queues.push(queue)
    queues.sort((a, b) => a.priority - b.priority)
  }
  let found = queue.classes.find((each) => each.key === key)
  if (found === undefined) {
    const current = queue.classes[queue.cursor]
    found = { key, entries: [] }
    queue.classes.push(found)
    queue.classes.sort((a, b) => a.key - b.key)
    queue.cursor = current === undefined ? 0 : queue.classes.indexOf(current)
  }
  if (end === 'back') found.entries.push(entry)
  else found.entries.unshift(entry)
}

function front<T>(queue: NaiveSubQueue<T>): Entry<T> {
  return queue.classes[queue.cursor]!.entries[0]!
}

function pop<T>(queue: NaiveSubQueue<T>): Entry<T> {
  const found = queue.classes[queue.cursor]!
  const entry = found.entries.shift()!
  if (found.entries.length === 0) queue.classes.splice(queue.cursor, 1)
  else queue.cursor++
  if (queue.cursor === queue.classes.length) queue.cursor = 0
  return entry
}

function sizeOf<T>(queue: NaiveSubQueue<T>): number {
  return queue.classes.reduce((sum, each) => sum + each.entries.length, 0)
}

function dumpOf<T>(queue: NaiveSubQueue<T>): SubQueueDump {
  const { priority, tokens, maxTokens } = queue
  return {
    priority,
    tokens,
    maxTokens,
    size: sizeOf(queue),
    numKeys: queue.classes.length,
    firstItemCost: front(queue).cost,
  }
}
