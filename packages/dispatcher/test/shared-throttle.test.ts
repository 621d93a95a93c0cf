import { expect, test } from 'vitest'
import { Throttle } from '../src/throttle.ts'
import { openThrottleThreads, type ThrottleThreads } from './throttle-threads.ts'

/** Has somebody wait for each of `counts`, in that order; tells who was served, by his name. */
function enter(
  { throttles }: ThrottleThreads,
  counts: readonly (readonly [name: string, thread: number, count: number])[],
): string[] {
  const served: string[] = []
  for (const [name, thread, count] of counts) throttles[thread]?.getWhenRoom(count, () => served.push(name))
  return served
}

function two(max: number): { threads: ThrottleThreads; a: Throttle; b: Throttle } {
  const threads = openThrottleThreads(max, 2)
  const [a, b] = threads.throttles
  if (a === undefined || b === undefined) throw new Error('expected two threads')
  return { threads, a, b }
}

test('threads share the count and the limit, and one gives back what another took', () => {
  const { a, b } = two(100)
  expect(a.getOrFail(30)).toBe(true)
  expect(b.take(20)).toBe(50)
  expect(b.put(40)).toBe(10)
  b.resetMax(20)
  expect([a.current, a.max, a.isPastMidpoint]).toEqual([10, 20, true])
  expect(a.getOrFail(11)).toBe(false)
  expect(b.getOrFail(10)).toBe(true)
})

test('what was taken and who waited before it was shared count on', () => {
  const throttle = new Throttle(10)
  const served: string[] = []
  throttle.take(10)
  throttle.getWhenRoom(4, () => served.push('a'))
  throttle.getWhenRoom(5, () => served.push('b'))
  const woken: number[] = []
  const memory = throttle.share({ wakeFd: 3, wake: (wakeFd) => woken.push(wakeFd) })
  const other = Throttle.attach(memory, { wakeFd: 4, wake: (wakeFd) => woken.push(wakeFd) })
  expect([other.current, other.max, other.waiterCount, throttle.waiterCount]).toEqual([10, 10, 0, 2])
  other.put(9)
  expect([served, woken]).toEqual([[], [3]])
  throttle.retry()
  expect([served, other.current]).toEqual([['a', 'b'], 10])
  expect(throttle.share({ wakeFd: 5, wake: () => undefined })).toBe(memory)
})

test('counts need no more than 53 bits, and get them', () => {
  const { a, b } = two(Number.MAX_SAFE_INTEGER)
  expect(a.getOrFail(Number.MAX_SAFE_INTEGER - 1)).toBe(true)
  expect(b.getOrFail(2)).toBe(false)
  expect(b.getOrFail(1)).toBe(true)
  expect([b.current, b.max]).toEqual([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])
  expect(a.put(Number.MAX_SAFE_INTEGER)).toBe(0)
})

test('0 stands for no limit', () => {
  const { a, b } = two(0)
  expect(a.getOrFail(1e9)).toBe(true)
  expect(b.getOrFail(1e12)).toBe(true)
})

test('a request larger than the limit is let through once the count is within it', () => {
  const { threads, a, b } = two(10)
  const served = enter(threads, [['large', 0, 20]])
  expect([served, b.current]).toEqual([['large'], 20])
  const later = enter(threads, [['next', 1, 20]])
  a.put(9)
  expect(threads.woken).toEqual([])
  a.put(1)
  threads.runWoken()
  expect([later, b.current]).toEqual([['next'], 30])
})

test('a thread is woken when there is room for the first who waits in it, once, and not before', () => {
  const { threads, a, b } = two(10)
  a.take(10)
  const served = enter(threads, [['b', 1, 5]])
  a.put(4)
  expect(threads.woken).toEqual([])
  a.put(1)
  a.put(1)
  a.put(1)
  expect([threads.woken, served]).toEqual([[1], []])
  threads.runWoken()
  expect([served, b.current, b.waiterCount]).toEqual([['b'], 8, 0])
  a.put(8)
  expect(threads.woken).toEqual([])
})

test('a thread that came can be woken again', () => {
  const { threads, a, b } = two(10)
  a.take(10)
  const served = enter(threads, [
    ['b', 1, 5],
    ['c', 1, 5],
  ])
  a.put(5)
  threads.runWoken()
  expect(served).toEqual(['b'])
  a.put(5)
  expect(threads.woken).toEqual([1])
  b.retry()
  expect(served).toEqual(['b', 'c'])
})

test('a larger limit wakes who waits in another thread, and lets in who waits here', () => {
  const { threads, a, b } = two(10)
  a.take(10)
  const served = enter(threads, [
    ['b', 1, 5],
    ['a', 0, 5],
  ])
  a.resetMax(15)
  threads.runWoken()
  expect([served, a.current]).toEqual([['b'], 15])
  a.resetMax(20)
  expect([served, b.current]).toEqual([['b', 'a'], 20])
})

test('nobody takes while somebody waits in another thread, even if there is room for him', () => {
  const { threads, a, b } = two(10)
  a.take(5)
  const served = enter(threads, [
    ['large', 1, 8],
    ['small', 0, 1],
  ])
  expect(a.getOrFail(1)).toBe(false)
  expect(served).toEqual([])
  b.put(3)
  // That was on his own thread, so it needed no waking; the other thread's turn came only then.
  expect([served, threads.woken]).toEqual([['large'], []])
  b.put(1)
  threads.runWoken()
  expect(served).toEqual(['large', 'small'])
})

test('a thread whose first waiter was served goes to the end of the line', () => {
  const threads = openThrottleThreads(10, 3)
  threads.throttles[0]?.take(10)
  const served = enter(threads, [
    ['a1', 0, 5],
    ['a2', 0, 5],
    ['a3', 0, 5],
    ['b1', 1, 5],
    ['b2', 1, 5],
    ['c1', 2, 5],
  ])
  for (let i = 0; i < 6; i++) {
    threads.throttles[2]?.put(5)
    threads.runWoken()
  }
  expect(served).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
})

test('many who wait in one thread are all let in by one that gives back', () => {
  const { threads, a, b } = two(20_000)
  a.take(20_000)
  let served = 0
  for (let i = 0; i < 20_000; i++) b.getWhenRoom(1, () => served++)
  a.put(20_000)
  threads.runWoken()
  expect([served, a.current, b.waiterCount]).toEqual([20_000, 20_000, 0])
})

test('who leaves the line lets another thread have its turn', () => {
  const { threads, a, b } = two(10)
  a.take(5)
  const leaving = new AbortController()
  a.getWhenRoom(8, () => undefined, leaving.signal)
  const served = enter(threads, [
    ['b', 1, 2],
    ['a', 0, 3],
  ])
  leaving.abort()
  // There is room for both, but the next one of the first thread has a newer ticket than the other thread.
  expect([served, threads.woken]).toEqual([[], [1]])
  threads.runWoken()
  expect([served, b.current]).toEqual([['b', 'a'], 10])
})

test('who leaves from behind another of his thread changes nothing', () => {
  const { threads, a } = two(10)
  a.take(8)
  const leaving = new AbortController()
  const served = enter(threads, [['a', 0, 5]])
  a.getWhenRoom(1, () => served.push('leaving'), leaving.signal)
  enter(threads, [['b', 1, 2]])
  leaving.abort()
  expect([served, threads.woken]).toEqual([[], []])
  a.put(8)
  threads.runWoken()
  expect(served).toEqual(['a'])
})

test('from inside a callback the throttle can be used as from outside', () => {
  const { threads, a, b } = two(10)
  a.take(10)
  const served: string[] = []
  a.getWhenRoom(4, () => {
    served.push('first')
    // Others of this thread wait: this one is behind them.
    expect(a.getOrFail(1)).toBe(false)
    a.getWhenRoom(2, () => served.push('third'))
    a.put(4)
  })
  a.getWhenRoom(6, () => served.push('second'))
  b.put(8)
  threads.runWoken()
  expect([served, a.current]).toEqual([['first', 'second', 'third'], 10])
})

test('a promise waits for room of other threads', async () => {
  const { threads, a, b } = two(10)
  expect(await a.get(10)).toBe(false)
  const waiting = b.get(5)
  a.put(10)
  threads.runWoken()
  expect(await waiting).toBe(true)
})

test('a thread that leaves drops who waits in it, and gives up its turn and its place', async () => {
  const { threads, a, b } = two(10)
  a.take(5)
  const waiting = b.get(8)
  const dropped: string[] = []
  b.getWhenRoom(1, () => dropped.push('b'))
  const served = enter(threads, [['a', 0, 2]])
  b.detach()
  await expect(waiting).rejects.toThrow('the wait for room was ended')
  expect(threads.woken).toEqual([0])
  threads.runWoken()
  b.retry()
  expect([served, dropped, b.waiterCount, a.current]).toEqual([['a'], [], 0, 7])
  // It can still take and give back what needs no waiting.
  expect(b.put(7)).toBe(0)
  expect(b.getOrFail(10)).toBe(true)
  expect(() => b.getWhenRoom(1, () => undefined)).toThrow('expected a thread that takes part, got one that left')
  expect(b.waiterCount).toBe(0)
  b.detach()
  expect(threads.attach(1).current).toBe(10)
})

test('a thread that ended is taken out by another, with what it held', () => {
  const threads = openThrottleThreads(10, 3)
  const [a, b, c] = threads.throttles
  b?.take(6)
  const served = enter(threads, [
    ['b', 1, 5],
    ['c', 2, 4],
    ['a', 0, 6],
  ])
  expect(a?.evict(1)).toBe(true)
  threads.runWoken()
  expect([served, a?.current]).toEqual([['c', 'a'], 10])
  expect(a?.evict(1)).toBe(false)
  expect(c?.current).toBe(10)
})

test('what a thread that ended had given back, or passed on, is not given back for it', () => {
  const threads = openThrottleThreads(20, 3)
  const [a, b, c] = threads.throttles
  b?.take(9)
  b?.put(2)
  c?.take(1)
  expect(a?.evict(1, 3)).toBe(true)
  expect(a?.current).toBe(1 + 3)
  a?.put(3)
  // Who gets its place has taken nothing yet.
  threads.attach(1)
  expect(a?.evict(1)).toBe(true)
  expect(a?.current).toBe(1)
})

test('a thread that had given back for others what it never took leaves the count as it is', () => {
  const { a, b } = two(10)
  a.take(8)
  b.put(5)
  a.evict(1)
  expect(a.current).toBe(3)
  b.put(3)
})

test('a thread that ended while it woke another does not leave it asleep', () => {
  const { a, b, threads } = two(10)
  const ending = Throttle.attach(threads.memory, {
    wakeFd: 2,
    wake: () => {
      throw new Error('ended')
    },
  })
  a.take(10)
  const served = enter(threads, [['b', 1, 5]])
  expect(() => ending.put(5)).toThrow('ended')
  a.put(1)
  expect([threads.woken, b.waiterCount]).toEqual([[], 1])
  a.evict(2)
  threads.runWoken()
  expect(served).toEqual(['b'])
})

test('a thread that gets the place of one that left before it came is woken as any other', () => {
  const { threads, a, b } = two(10)
  a.take(10)
  enter(threads, [['b', 1, 5]])
  a.put(5)
  b.detach()
  const next = threads.attach(7)
  a.take(5)
  next.getWhenRoom(5, () => undefined)
  a.put(5)
  expect(threads.woken).toEqual([1, 7])
})

test('64 threads take part, and a place is free again when one leaves', () => {
  const threads = openThrottleThreads(10, 64)
  expect(() => threads.attach(64)).toThrow('threads that share a throttle: expected at most 64, got one more')
  // All stand in line, so that every place is seen to be told from every other.
  threads.throttles[0]?.take(10)
  const order = threads.throttles.map((_, i) => (i * 37) % 64)
  const served = enter(
    threads,
    order.map((i) => [String(i), i, 1]),
  )
  threads.throttles[5]?.put(10)
  for (let i = 0; i < 10; i++) {
    threads.runWoken()
    threads.throttles[i]?.put(served.length === 64 ? 0 : 10)
  }
  expect(served).toEqual(order.map(String))
  threads.throttles[40]?.detach()
  expect(threads.throttles[0]?.evict(63)).toBe(true)
  expect([threads.attach(64).max, threads.attach(65).max]).toEqual([10, 10])
  expect(() => threads.attach(66)).toThrow('at most 64')
})

test.each([
  [() => two(10).a.put(1), 'count to give back: expected at most 0, which is taken, got 1'],
  [() => two(10).threads.attach(1), 'wakeFd: expected a number that no other thread goes by, got 1'],
  [() => two(10).threads.attach(-1), 'wakeFd: expected an integer from 0 to 2147483647, got -1'],
  [() => two(10).threads.attach(2 ** 31), 'wakeFd: expected an integer from 0 to 2147483647, got 2147483648'],
  [() => two(10).a.take(0.5), 'count: expected a safe integer of at least 0, got 0.5'],
  [() => two(10).a.resetMax(-1), 'max: expected a safe integer of at least 0, got -1'],
  [() => two(10).a.evict(1, -1), 'passedOn: expected a safe integer of at least 0, got -1'],
  [
    () => Throttle.attach(new SharedArrayBuffer(2304), { wakeFd: 1, wake: () => undefined }),
    'memory: expected what share() gave, got 2304 other bytes',
  ],
  [() => new Throttle(1).detach(), "detach: expected a throttle that threads share, got one that is this thread's own"],
  [() => new Throttle(1).evict(1), "evict: expected a throttle that threads share, got one that is this thread's own"],
])('misuse of a shared one is an error that says what was expected', (misuse, text) => {
  expect(misuse).toThrow(text)
  expect(misuse).toThrow(expect.objectContaining({ code: 'ERR_DISPATCHER_THROTTLE' }))
})
