import { describe, expect, expectTypeOf, test } from 'vitest'
import { EmptyQueueError, PrioritizedQueue, QueueArgumentError, type CompareKeys } from '../src/index.ts'

/** `prio:tokens/size` of each weighted priority. */
function state<T, K>(queue: PrioritizedQueue<T, K>): string {
  return queue
    .dump()
    .queues.map(({ priority, tokens, size }) => `${priority}:${tokens}/${size}`)
    .join(' ')
}

function drain<T, K>(queue: PrioritizedQueue<T, K>): T[] {
  const items: T[] = []
  while (!queue.isEmpty) items.push(queue.dequeue())
  return items
}

describe('the algorithm, step by step', () => {
  test('two priorities share by cost', () => {
    const queue = new PrioritizedQueue<string, string>({ maxTokensPerSubqueue: 50, minCost: 10 })
    for (let n = 1; n <= 6; n++) queue.enqueue('A', 1, 10, `L${n}`)
    for (let n = 1; n <= 6; n++) queue.enqueue('A', 3, 20, `H${n}`)
    expect(queue.dump().totalPriority).toBe(4)
    const steps = Array.from({ length: 12 }, () => `${queue.dequeue()} ${state(queue)}`.trim())
    expect(steps).toEqual([
      'H1 1:6/6 3:16/5',
      'H2 1:12/6 3:32/4',
      'L1 1:5/5 3:40/4',
      'H3 1:11/5 3:36/3',
      'L2 1:4/4 3:44/3',
      'H4 1:10/4 3:40/2', // ten tokens and a cost of ten: not more than it costs, so priority 1 has to wait
      'H5 1:16/4 3:36/1',
      'L3 1:9/3 3:44/1',
      'H6 1:30/3',
      'L4 1:31/2',
      'L5 1:32/1',
      'L6',
    ])
    expect(queue.isEmpty).toBe(true)
  })

  test('strict items go first, and a cost of the maximum is never paid for', () => {
    const queue = new PrioritizedQueue<string, string>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (let n = 1; n <= 4; n++) {
      queue.enqueue('c1', 10, 5, `a${n}`)
      queue.enqueue('c2', 20, 30, `b${n}`)
      queue.enqueue('c3', 70, 500, `c${n}`)
    }
    queue.enqueueStrict('x', 1, 's1')
    queue.enqueueStrict('x', 9, 's2')
    queue.enqueueStrictFront('x', 9, 's3')
    expect([queue.dequeue(), queue.dequeue(), queue.dequeue()]).toEqual(['s3', 's2', 's1'])
    const steps = Array.from({ length: 10 }, () => `${queue.dequeue()} ${state(queue)}`)
    expect(steps).toEqual([
      'c1 10:11/4 20:21/4 70:71/3',
      'a1 10:7/3 20:23/4 70:75/3',
      'a2 10:3/2 20:25/4 70:79/3',
      'c2 10:14/2 20:46/4 70:100/2',
      'a3 10:10/1 20:48/4 70:100/2',
      'a4 20:50/4 70:100/2',
      'b1 20:27/3 70:100/2',
      'c3 20:50/3 70:100/1',
      'b2 20:27/2 70:100/1',
      'c4 20:100/2',
    ])
    expect(drain(queue)).toEqual(['b3', 'b4'])
  })

  test('keys take turns in key order, and a key inserted behind the cursor waits for the next round', () => {
    const queue = new PrioritizedQueue<string>({ maxTokensPerSubqueue: 50, minCost: 1 })
    for (const key of [3, 1, 2]) for (const n of [1, 2, 3]) queue.enqueue(key, 0, 1, `${key}.${n}`)
    expect([queue.dequeue(), queue.dequeue(), queue.dequeue(), queue.dequeue()]).toEqual(['3.1', '1.1', '2.1', '3.2'])
    queue.enqueue(0, 0, 1, '0.1')
    queue.enqueueFront(2, 0, 1, '2.0')
    expect(drain(queue)).toEqual(['1.2', '2.0', '3.3', '0.1', '1.3', '2.2', '2.3'])
  })

  test('removeByClass gives strict items before weighted ones, high priorities before low ones', () => {
    const queue = new PrioritizedQueue<string, string>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (const priority of [1, 5]) {
      for (const n of [1, 2]) {
        queue.enqueue('k', priority, 1, `n${priority}.${n}`)
        queue.enqueue('z', priority, 1, `z${priority}.${n}`)
      }
    }
    for (const priority of [2, 7]) for (const n of [1, 2]) queue.enqueueStrict('k', priority, `s${priority}.${n}`)
    const out = ['was there']
    expect(queue.removeByClass('k', out)).toBe(8)
    expect(out).toEqual(['s7.1', 's7.2', 's2.1', 's2.2', 'n5.1', 'n5.2', 'n1.1', 'n1.2', 'was there'])
    expect(drain(queue)).toEqual(['z5.1', 'z5.2', 'z1.1', 'z1.2'])
  })
})

describe("the cases of Ceph's own suite", () => {
  test('capacity: the length counts strict and weighted items, up and down', () => {
    const queue = new PrioritizedQueue<string, string>({ maxTokensPerSubqueue: 50, minCost: 10 })
    expect([queue.isEmpty, queue.length]).toEqual([true, 0])
    queue.enqueueStrict('a', 0, 'strict')
    for (const key of ['a', 'b', 'c']) queue.enqueue(key, 0, 10, key)
    for (let left = 4; left > 0; left--) {
      expect([queue.isEmpty, queue.length]).toEqual([false, left])
      queue.dequeue()
    }
    expect([queue.isEmpty, queue.length]).toEqual([true, 0])
  })

  test('strict_pq: strict priorities come out in descending order', () => {
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 50, minCost: 10 })
    for (const priority of shuffled(100)) queue.enqueueStrict(priority, priority, priority)
    expect(drain(queue)).toEqual(Array.from({ length: 100 }, (_, i) => 99 - i))
  })

  test('lowest_among_eligible_otherwise_highest: then the free ones ascend, and the dear ones descend', () => {
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 100, minCost: 0 })
    for (const priority of shuffled(100)) queue.enqueue(0, priority, priority % 5 === 0 ? 100 : 0, priority)
    const all = Array.from({ length: 100 }, (_, i) => i)
    const free = all.filter((priority) => priority % 5 !== 0 && priority !== 99)
    const dear = all.filter((priority) => priority % 5 === 0).reverse()
    expect(drain(queue)).toEqual([99, ...free, ...dear])
  })

  test('fairness_by_class: half of the items of four keys are a quarter of each', () => {
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (const item of shuffled(100)) queue.enqueue(item % 4, 1, 1, item)
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 50; i++) counts[queue.dequeue() % 4]!++
    expect(counts.toSorted()).toEqual([12, 12, 13, 13])
  })

  test('remove_by_class: the items of one key go, all others stay', () => {
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (const item of shuffled(100)) queue.enqueue(item % 5, 1, 1, item)
    const out: number[] = []
    expect(queue.removeByClass(3, out)).toBe(20)
    expect(out.every((item) => item % 5 === 3)).toBe(true)
    expect(new Set(out).size).toBe(20)
    const left = drain(queue)
    expect(new Set(left).size).toBe(80)
    expect(left.some((item) => item % 5 === 3)).toBe(false)
  })
})

describe('limits and tokens', () => {
  test('a maximum below the minimum wins', () => {
    const queue = new PrioritizedQueue<string>({ maxTokensPerSubqueue: 5, minCost: 10 })
    queue.enqueue(1, 1, 7, 'item')
    expect(queue.dump().queues[0]?.firstItemCost).toBe(5)
  })

  test('tokens are lost when a priority runs empty', () => {
    const queue = new PrioritizedQueue<string>({ maxTokensPerSubqueue: 100, minCost: 1 })
    queue.enqueue(1, 1, 100, 'low 1')
    queue.enqueue(1, 2, 90, 'high 1')
    queue.enqueue(1, 2, 90, 'high 2')
    expect(queue.dequeue()).toBe('high 1')
    expect(state(queue)).toBe('1:31/1 2:61/1')
    expect([queue.dequeue(), queue.dequeue()]).toEqual(['high 2', 'low 1'])
    queue.enqueue(1, 1, 10, 'low 2')
    expect(state(queue)).toBe('1:0/1')
  })

  test('priority 0 alone gets no tokens, and beside another one token for each item', () => {
    const queue = new PrioritizedQueue<string>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (const item of ['a', 'b', 'c']) queue.enqueue(1, 0, 100, item)
    queue.dequeue()
    expect(state(queue)).toBe('0:0/2')
    for (const item of ['d', 'e']) queue.enqueue(1, 7, 50, item)
    expect(queue.dequeue()).toBe('d')
    expect(state(queue)).toBe('0:1/2 7:51/1')
  })

  test('shares of the largest priorities and costs are exact', () => {
    const largest = 2 ** 32 - 1
    const queue = new PrioritizedQueue<string>({ maxTokensPerSubqueue: largest, minCost: 0 })
    for (const priority of [largest - 2, largest])
      for (const n of [1, 2]) queue.enqueue(1, priority, largest - 1, `${n}`)
    queue.dequeue()
    const share = (priority: number): number =>
      Number((BigInt(priority) * BigInt(largest - 1)) / BigInt(2 * largest - 2)) + 1
    expect(queue.dump().queues.map(({ tokens }) => tokens)).toEqual([share(largest - 2), share(largest)])
  })
})

describe('removeByFilter', () => {
  function filled(): PrioritizedQueue<string> {
    const queue = new PrioritizedQueue<string>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (const priority of [1, 5]) {
      for (const key of [1, 2]) {
        for (const n of [1, 2]) queue.enqueue(key, priority, 10 * key, `w${priority}.${key}.${n}`)
      }
    }
    for (const key of [1, 2]) for (const n of [1, 2]) queue.enqueueStrict(key, 9, `s9.${key}.${n}`)
    return queue
  }

  test('puts what it removes at the head of out: from the top down, and by key from the highest', () => {
    const queue = filled()
    const out = ['was there']
    expect(queue.removeByFilter((item) => !item.startsWith('w5'), out)).toBe(8)
    expect(out).toEqual([
      ...['s9.2.1', 's9.2.2', 's9.1.1', 's9.1.2'],
      ...['w1.2.1', 'w1.2.2', 'w1.1.1', 'w1.1.2'],
      'was there',
    ])
    expect(queue.dump().totalPriority).toBe(5)
    expect(drain(queue)).toEqual(['w5.1.1', 'w5.2.1', 'w5.1.2', 'w5.2.2'])
  })

  test('removes nothing if the predicate throws at the last item', () => {
    const queue = filled()
    const before = queue.dump()
    let asked = 0
    const out: string[] = []
    const predicate = (): boolean => {
      asked++
      if (asked === queue.length) throw new Error('no idea')
      return true
    }
    expect(() => queue.removeByFilter(predicate, out)).toThrow('no idea')
    expect(out).toEqual([])
    expect(queue.dump()).toEqual(before)
    expect(drain(queue)).toEqual(drain(filled()))
  })

  test('charges what the item costs that is next afterwards', () => {
    const queue = new PrioritizedQueue<string>({ maxTokensPerSubqueue: 100, minCost: 1 })
    queue.enqueue(1, 1, 10, 'first')
    queue.enqueue(1, 1, 70, 'second')
    queue.removeByFilter((item) => item === 'first')
    expect(queue.dump().queues[0]?.firstItemCost).toBe(70)
  })
})

describe('misuse', () => {
  const limits = { maxTokensPerSubqueue: 100, minCost: 1 }

  test('dequeue of an empty queue throws', () => {
    const queue = new PrioritizedQueue<string>(limits)
    expect(() => queue.dequeue()).toThrow(EmptyQueueError)
    expect(() => queue.dequeue()).toThrow(expect.objectContaining({ code: 'ERR_MSGR_QUEUE_EMPTY' }))
    queue.enqueue(1, 1, 1, 'item')
    expect(queue.dequeue()).toBe('item')
  })

  test.each([-1, 0.5, 2 ** 32, NaN, Infinity])('%s is no priority, cost or limit, and changes nothing', (value) => {
    const queue = new PrioritizedQueue<string>(limits)
    const error = (argument: string): unknown =>
      expect.objectContaining({ code: 'ERR_MSGR_QUEUE_ARGUMENT', argument, value })
    expect(() => queue.enqueueStrict(1, value, 'item')).toThrow(error('priority'))
    expect(() => queue.enqueueStrictFront(1, value, 'item')).toThrow(error('priority'))
    expect(() => queue.enqueue(1, value, 1, 'item')).toThrow(error('priority'))
    expect(() => queue.enqueueFront(1, value, 1, 'item')).toThrow(error('priority'))
    expect(() => queue.enqueue(1, 1, value, 'item')).toThrow(error('cost'))
    expect(() => queue.enqueueFront(1, 1, value, 'item')).toThrow(error('cost'))
    expect(() => new PrioritizedQueue({ ...limits, minCost: value })).toThrow(error('minCost'))
    expect(() => new PrioritizedQueue({ ...limits, maxTokensPerSubqueue: value })).toThrow(
      error('maxTokensPerSubqueue'),
    )
    expect(queue.dump()).toEqual(new PrioritizedQueue<string>(limits).dump())
  })

  test('the error says what was expected and what came', () => {
    const queue = new PrioritizedQueue<string>(limits)
    expect(() => queue.enqueueStrict(1, -1, 'item')).toThrow('priority: expected an unsigned 32-bit integer, got -1')
  })

  test('a key without a place in the order is refused, whatever is queued', () => {
    const queue = new PrioritizedQueue<string>(limits)
    for (let n = 0; n < 3; n++) {
      expect(() => queue.enqueueStrict(NaN, 9, 'item')).toThrow(QueueArgumentError)
      expect(() => queue.enqueue(NaN, 300, 1, 'item')).toThrow(QueueArgumentError)
      expect(queue.length).toBe(2 * n)
      expect(queue.removeByClass(NaN)).toBe(0)
      queue.enqueueStrict(n, 9, 'item')
      queue.enqueue(n, 300, 1, 'item')
    }
    expect(drain(queue)).toHaveLength(6)
  })

  test('a key that is missing is refused', () => {
    const queue = new PrioritizedQueue<string, string>(limits)
    const missing = undefined as unknown as string
    expect(() => queue.enqueueStrict(missing, 9, 'item')).toThrow(QueueArgumentError)
    expect(queue.isEmpty).toBe(true)
  })
})

describe('keys', () => {
  test('strings and bigints are ordered by <', () => {
    const strings = new PrioritizedQueue<string, string>({ maxTokensPerSubqueue: 100, minCost: 1 })
    strings.enqueueStrict('m', 1, 'm')
    for (const key of ['z', 'b', 'y', 'a']) strings.enqueueStrict(key, 1, key)
    expect(drain(strings)).toEqual(['m', 'y', 'z', 'a', 'b'])
    const bigints = new PrioritizedQueue<bigint, bigint>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (const key of [2n ** 64n, 5n, 2n ** 70n, 5n]) bigints.enqueueStrict(key, 1, key)
    expect(drain(bigints)).toEqual([2n ** 64n, 2n ** 70n, 5n, 5n])
  })

  test('keys that the comparator calls equal are one class, though they are different objects', () => {
    interface Peer {
      name: string
    }
    const byName: CompareKeys<Peer> = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
    const queue = new PrioritizedQueue<number, Peer>({ maxTokensPerSubqueue: 100, minCost: 1, compareKeys: byName })
    queue.enqueueStrict({ name: 'osd.1' }, 1, 1)
    queue.enqueueStrict({ name: 'osd.1' }, 1, 2)
    queue.enqueueStrict({ name: 'osd.0' }, 1, 3)
    queue.enqueueStrict({ name: 'osd.1' }, 1, 4)
    expect(queue.dump().highQueues[0]?.numKeys).toBe(2)
    const out: number[] = []
    expect(queue.removeByClass({ name: 'osd.1' }, out)).toBe(3)
    expect(out).toEqual([1, 2, 4])
    expect(drain(queue)).toEqual([3])
  })

  test('a comparator may order numbers its own way', () => {
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 9, minCost: 1, compareKeys: (a, b) => b - a })
    queue.enqueueStrict(5, 1, 5)
    for (const key of [7, 1, 3]) queue.enqueueStrict(key, 1, key)
    expect(drain(queue)).toEqual([5, 3, 1, 7])
  })

  test('a comparator that throws leaves the queue as it was', () => {
    const compareKeys = (a: string, b: string): number => {
      if (a === 'bad' || b === 'bad') throw new Error('cannot compare')
      return a < b ? -1 : a > b ? 1 : 0
    }
    const queue = new PrioritizedQueue<string, string>({ maxTokensPerSubqueue: 100, minCost: 1, compareKeys })
    for (const key of ['c', 'a', 'b']) queue.enqueue(key, 300, 1, key)
    const before = queue.dump()
    expect(() => queue.enqueue('bad', 300, 1, 'item')).toThrow('cannot compare')
    expect(() => queue.enqueue('bad', 301, 1, 'item')).toThrow('cannot compare')
    expect(queue.dump()).toEqual(before)
    expect(drain(queue)).toEqual(['c', 'a', 'b'])
  })

  test('a comparator is asked for exactly when < does not order the keys', () => {
    expectTypeOf<{ maxTokensPerSubqueue: number; minCost: number }>().toExtend<
      ConstructorParameters<typeof PrioritizedQueue<string, number>>[0]
    >()
    expectTypeOf<{ maxTokensPerSubqueue: number; minCost: number }>().not.toExtend<
      ConstructorParameters<typeof PrioritizedQueue<string, { name: string }>>[0]
    >()
  })
})

describe('what it costs', () => {
  // Comparisons are what a search is made of. With n keys there are n * log2(n) * 2 of them at most, on average.
  test.each(['ascending', 'descending', 'shuffled'] as const)('%s keys are found in O(log n)', (order) => {
    const count = 20_000
    const keys = {
      ascending: [...Array(count).keys()],
      descending: [...Array(count).keys()].reverse(),
      shuffled: shuffled(count),
    }
    let comparisons = 0
    const compareKeys = (a: number, b: number): number => {
      comparisons++
      return a - b
    }
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 100, minCost: 1, compareKeys })
    for (const key of keys[order]) queue.enqueueStrict(key, 1, key)
    expect(comparisons / count).toBeLessThan(2 * Math.log2(count))
    comparisons = 0
    drain(queue)
    expect(comparisons).toBe(0)
  })

  test('keys that are emptied and come again at once are found in O(log n) of those that wait', () => {
    let comparisons = 0
    const compareKeys = (a: number, b: number): number => {
      comparisons++
      return a - b
    }
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 100, minCost: 1, compareKeys })
    const waiting = 1000
    for (let key = 0; key < waiting; key++) queue.enqueueStrict(key, 1, key)
    comparisons = 0
    const turns = 20_000
    for (let i = 0; i < turns; i++) queue.enqueueStrict(queue.dequeue(), 1, i % waiting)
    expect(comparisons / turns).toBeLessThan(2 * Math.log2(2 * waiting))
  })

  test('a hundred thousand items can be removed at once', () => {
    const queue = new PrioritizedQueue<number>({ maxTokensPerSubqueue: 100, minCost: 1 })
    for (let i = 0; i < 200_000; i++) queue.enqueueStrict(i % 2, 1, i)
    const out: number[] = []
    expect(queue.removeByClass(1, out)).toBe(100_000)
    expect([out[0], out.at(-1)]).toEqual([1, 199_999])
    expect(queue.removeByFilter((item) => item >= 2, out)).toBe(99_999)
    expect([out[0], queue.length]).toEqual([2, 1])
  })
})

/** 0 … count - 1 in an order that is mixed, and the same each time. */
function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i).sort((a, b) => hash(a) - hash(b))
}

const hash = (i: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 0
