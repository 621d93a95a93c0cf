import { ThrottleError } from './errors.ts'
import { type ThrottleThread } from './shared-line.ts'
import { SharedThrottle } from './shared-throttle.ts'
import { mustWait } from './throttle-rule.ts'

interface Waiter {
  readonly count: number
  readonly onGranted: () => void
  /** Called if this thread leaves a shared throttle before. */
  readonly onDropped?: () => void
}

/**
 * A count with a limit, for what may be held at one time: bytes, messages. A request larger than the limit is let
 * through once the count is within it, or it would wait for ever. Those who wait are served in the order they came.
 *
 * `share` and `attach` make one throttle of several threads' throttles. Then threads take turns: each stands in line
 * for the first of its waiters, goes to the end of the line when he was served or left, and takes nothing while
 * another thread came before it.
 *
 * Ceph: src/common/Throttle.h, Throttle
 */
export class Throttle {
  #max: number
  #current = 0
  /** Holds the limit and the count in the place of the two above, once they are shared. */
  #shared: SharedThrottle | undefined = undefined
  /** While there are any, a shared throttle has this thread in its line, with the count of the first. */
  readonly #waiters = new Set<Waiter>()

  /** 0 stands for no limit. */
  constructor(max: number) {
    this.#max = checkCount('max', max)
  }

  /**
   * In another thread: the same throttle, through the memory that `share` gave. A thread that ends calls `detach`
   * before, or another calls `evict` for it.
   *
   * @throws ThrottleError, for other memory, for a `wakeFd` that is taken, and if 64 threads take part.
   */
  static attach(memory: SharedArrayBuffer, thread: ThrottleThread): Throttle {
    const throttle = new Throttle(0)
    throttle.#shared = SharedThrottle.attach(memory, thread)
    return throttle
  }

  get max(): number {
    return this.#shared === undefined ? this.#max : this.#shared.count.max
  }

  get current(): number {
    return this.#shared === undefined ? this.#current : this.#shared.count.current
  }

  /** How many wait in this thread. */
  get waiterCount(): number {
    return this.#waiters.size
  }

  /**
   * Moves the limit and the count into memory that threads share, and gives it, for `attach`. Called again it gives
   * the same memory, and has no use for `thread`.
   */
  share(thread: ThrottleThread): SharedArrayBuffer {
    if (this.#shared === undefined) {
      this.#shared = SharedThrottle.create(this.#max, this.#current, thread)
      this.#standForFirst(this.#shared)
    }
    return this.#shared.memory
  }

  /** Takes `count` if there is room and nobody waits. */
  getOrFail(count: number): boolean {
    checkCount('count', count)
    return this.#waiters.size === 0 && this.#tryTake(count)
  }

  /**
   * Takes `count` as soon as there is room, behind all who wait already, and then calls `onGranted`; at once if it
   * need not wait. Returns true if it had to. `signal` ends the wait: then nothing is taken and nothing is called.
   */
  getWhenRoom(count: number, onGranted: () => void, signal?: AbortSignal): boolean {
    return this.#getWhenRoom({ count, onGranted }, signal)
  }

  /**
   * The same as a promise of whether it had to wait. It rejects with the signal's reason if that ends the wait, and
   * with a ThrottleError if `detach` does.
   */
  get(count: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        reject(signal?.reason instanceof Error ? signal.reason : new ThrottleError('the wait for room was ended'))
      }
      if (signal?.aborted === true) {
        fail()
        return
      }
      let waited = false
      const onGranted = (): void => {
        signal?.removeEventListener('abort', fail)
        resolve(waited)
      }
      signal?.addEventListener('abort', fail, { once: true })
      waited = this.#getWhenRoom({ count, onGranted, onDropped: fail }, signal)
    })
  }

  /** Takes `count` whether there is room or not. Returns the new count. */
  take(count: number): number {
    checkCount('count', count)
    if (this.#shared !== undefined) return this.#shared.take(count)
    this.#current += count
    return this.#current
  }

  /**
   * Gives `count` back, and lets in who waits as far as there is room. Returns the new count. What one thread took
   * another may give back.
   */
  put(count: number): number {
    checkCount('count', count)
    if (this.#shared !== undefined) {
      const left = this.#shared.put(count)
      return this.#callNext(this.#shared) ? this.current : left
    }
    if (count > this.#current) throw ThrottleError.ofTooMuch(this.#current, count)
    this.#current -= count
    if (this.#waiters.size > 0) this.#serve()
    return this.#current
  }

  /** Sets another limit. */
  resetMax(max: number): void {
    checkCount('max', max)
    if (this.#shared === undefined) {
      this.#max = max
      this.#serve()
    } else {
      this.#shared.count.max = max
      this.#callNext(this.#shared)
    }
  }

  /** To be called when this thread was woken: lets in who waits here as far as it is this thread's turn. */
  retry(): void {
    this.#shared?.line.answer()
    this.#serve()
  }

  /**
   * This thread leaves a shared throttle: who waits here is dropped, and can no longer wait here. What was taken here
   * stays taken, until it is given back here or by another thread.
   */
  detach(): void {
    const shared = this.#sharedFor('detach')
    const dropped = [...this.#waiters]
    this.#waiters.clear()
    shared.line.leave()
    shared.callNext()
    for (const waiter of dropped) waiter.onDropped?.()
  }

  /**
   * Does for a thread that ended what it did not: takes it out of the line, and gives back what it had taken and not
   * given back, less `passedOn`, which others have got from it and give back themselves. Returns false, and gives nothing
   * back, if there is no such thread, so it may be called for one that may have left by itself. The thread must have
   * come to its end before.
   */
  evict(wakeFd: number, passedOn = 0): boolean {
    const shared = this.#sharedFor('evict')
    checkCount('passedOn', passedOn)
    const held = shared.line.evict(wakeFd)
    this.#callNext(shared)
    if (held === undefined) return false
    // Not the evicting thread's own: so it is not `put`.
    shared.count.put(Math.max(0, held - passedOn))
    this.#callNext(shared)
    return true
  }

  /** True if at least half of what may be held is. */
  get isPastMidpoint(): boolean {
    return this.current >= this.max / 2
  }

  #tryTake(count: number): boolean {
    if (this.#shared !== undefined) return this.#shared.tryTake(count)
    if (mustWait(count, this.#current, this.#max)) return false
    this.#current += count
    return true
  }

  #getWhenRoom(waiter: Waiter, signal: AbortSignal | undefined): boolean {
    if (signal?.aborted === true) return false
    if (this.getOrFail(waiter.count)) {
      waiter.onGranted()
      return false
    }
    if (!this.#enqueue(waiter)) return false
    signal?.addEventListener(
      'abort',
      () => {
        this.#abandon(waiter)
      },
      { once: true },
    )
    return true
  }

  /** Returns false if he was served at once. */
  #enqueue(waiter: Waiter): boolean {
    const isFirst = this.#waiters.size === 0
    if (this.#shared === undefined || !isFirst) {
      this.#waiters.add(waiter)
      return true
    }
    this.#shared.line.stand(waiter.count)
    this.#waiters.add(waiter)
    // Room may have been made before anybody could see that this thread waits for it.
    this.#serve()
    return this.#waiters.has(waiter)
  }

  #abandon(waiter: Waiter): void {
    const [first] = this.#waiters
    if (!this.#waiters.delete(waiter)) return
    if (first === waiter) this.#passTurn()
    this.#serve()
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      if (!this.#tryTake(waiter.count)) return
      this.#waiters.delete(waiter)
      this.#passTurn()
      waiter.onGranted()
    }
  }

  /** After the first waiter went: gives his ticket up. The next waiter of this thread is left to the caller. */
  #passTurn(): void {
    const shared = this.#shared
    if (shared === undefined) return
    if (!this.#standForFirst(shared)) shared.line.stepOut()
    shared.callNext()
  }

  #standForFirst(shared: SharedThrottle): boolean {
    const [first] = this.#waiters
    if (first === undefined) return false
    shared.line.stand(first.count)
    return true
  }

  /** Lets in whose turn it is, here or elsewhere. Returns true if it was here. */
  #callNext(shared: SharedThrottle): boolean {
    if (!shared.callNext()) return false
    this.#serve()
    return true
  }

  #sharedFor(method: string): SharedThrottle {
    if (this.#shared !== undefined) return this.#shared
    throw new ThrottleError(`${method}: expected a throttle that threads share, got one that is this thread's own`)
  }
}

function checkCount(what: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new ThrottleError(`${what}: expected a safe integer of at least 0, got ${count}`)
}
