import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mustWait } from '../src/throttle-rule.ts'
import { type Throttle } from '../src/throttle.ts'
import { openThrottleThreads, type ThrottleThreads } from './throttle-threads.ts'

// What threads may see of a throttle they share, as plainly as it can be said: a count, a line of threads, and in each
// thread a line of those who wait. The model says who may be let in, and when a thread must have been woken.

const THREADS = 4

interface ModelWaiter {
  readonly count: number
  readonly leaving: AbortController
}

class Model {
  readonly threads: ThrottleThreads
  #max: number
  #current = 0
  readonly #line: number[] = []
  readonly #waiters: ModelWaiter[][] = Array.from({ length: THREADS }, () => [])

  constructor(max: number) {
    this.#max = max
    this.threads = openThrottleThreads(max, THREADS, (wakeFd) => {
      expect(this.#waiters[wakeFd]).not.toHaveLength(0)
      expect(this.threads.woken).not.toContain(wakeFd)
    })
  }

  getOrFail(thread: number, count: number): void {
    const isFree = this.#line.length === 0 && !mustWait(count, this.#current, this.#max)
    expect(this.#throttle(thread).getOrFail(count)).toBe(isFree)
    if (isFree) this.#current += count
  }

  getWhenRoom(thread: number, count: number): void {
    const isFree = this.#line.length === 0 && !mustWait(count, this.#current, this.#max)
    const waiter = { count, leaving: new AbortController() }
    const own = this.#waitersOf(thread)
    if (!isFree && own.push(waiter) === 1) this.#line.push(thread)
    const onGranted = (): void => {
      if (isFree) this.#current += count
      else this.#grant(thread, waiter)
    }
    expect(this.#throttle(thread).getWhenRoom(count, onGranted, waiter.leaving.signal)).toBe(!isFree)
  }

  abort(thread: number, index: number): void {
    const own = this.#waitersOf(thread)
    const waiter = own[index % Math.max(own.length, 1)]
    if (waiter === undefined) return
    this.#remove(thread, waiter)
    waiter.leaving.abort()
  }

  put(thread: number, count: number): void {
    const given = Math.min(count, this.#current)
    this.#current -= given
    this.#throttle(thread).put(given)
  }

  take(thread: number, count: number): void {
    this.#current += count
    expect(this.#throttle(thread).take(count)).toBe(this.#current)
  }

  resetMax(thread: number, max: number): void {
    this.#max = max
    this.#throttle(thread).resetMax(max)
  }

  /** One of those who were woken comes. */
  answer(index: number): void {
    const { woken } = this.threads
    const [wakeFd] = woken.splice(index % Math.max(woken.length, 1), 1)
    if (wakeFd !== undefined) this.#throttle(wakeFd).retry()
  }

  check(): void {
    const { throttles, woken } = this.threads
    for (const [thread, throttle] of throttles.entries()) {
      expect([throttle.current, throttle.max]).toEqual([this.#current, this.#max])
      expect(throttle.waiterCount).toBe(this.#waitersOf(thread).length)
    }
    // Whoever could be let in now has been, or his thread is about to come.
    const [next] = this.#line
    if (next === undefined) return
    const [first] = this.#waitersOf(next)
    if (!mustWait(first?.count ?? 0, this.#current, this.#max)) expect(woken).toContain(next)
  }

  /** All that was taken is given back, by one thread, until nobody waits. */
  drain(thread: number): void {
    while (this.#current > 0 || this.#line.length > 0) {
      this.threads.runWoken()
      this.check()
      this.put(thread, this.#current)
    }
  }

  #grant(thread: number, waiter: ModelWaiter): void {
    expect(this.#line[0]).toBe(thread)
    expect(this.#waitersOf(thread)[0]).toBe(waiter)
    expect(mustWait(waiter.count, this.#current, this.#max)).toBe(false)
    this.#current += waiter.count
    this.#remove(thread, waiter)
  }

  /** A thread whose first waiter goes is behind all others with the next. */
  #remove(thread: number, waiter: ModelWaiter): void {
    const own = this.#waitersOf(thread)
    const index = own.indexOf(waiter)
    own.splice(index, 1)
    if (index > 0) return
    this.#line.splice(this.#line.indexOf(thread), 1)
    if (own.length > 0) this.#line.push(thread)
  }

  #throttle(thread: number): Throttle {
    const throttle = this.threads.throttles[thread]
    if (throttle === undefined) throw new Error(`thread: expected one of ${THREADS}, got ${thread}`)
    return throttle
  }

  #waitersOf(thread: number): ModelWaiter[] {
    const waiters = this.#waiters[thread]
    if (waiters === undefined) throw new Error(`thread: expected one of ${THREADS}, got ${thread}`)
    return waiters
  }
}

const thread = fc.nat(THREADS - 1)
const step = fc.oneof(
  fc.tuple(fc.constant('getOrFail' as const), thread, fc.nat(25)),
  { weight: 3, arbitrary: fc.tuple(fc.constant('getWhenRoom' as const), thread, fc.nat(25)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('put' as const), thread, fc.nat(25)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('answer' as const), fc.nat(3), fc.constant(0)) },
  fc.tuple(fc.constant('abort' as const), thread, fc.nat(5)),
  fc.tuple(fc.constant('take' as const), thread, fc.nat(5)),
  fc.tuple(fc.constant('resetMax' as const), thread, fc.nat(25)),
)

test('whatever threads do, they are let in by the rule, in turn, and woken when they can be', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.array(step, { maxLength: 60 }), thread, (max, steps, drainer) => {
      const model = new Model(max)
      for (const [method, first, second] of steps) {
        model[method](first, second)
        model.check()
      }
      model.drain(drainer)
    }),
    { numRuns: 500 },
  )
})
