import { ThrottleError } from './errors.ts'

interface Waiter {
  readonly count: number
  readonly onGranted: () => void
}

/**
 * A count with a limit, for what may be held at one time: bytes, messages. A request larger than the limit is let
 * through once the count is within it, or it would wait for ever. Those who wait are served in the order they came.
 *
 * Ceph: src/common/Throttle.h, Throttle
 */
export class Throttle {
  #max: number
  #current = 0
  readonly #waiters = new Set<Waiter>()

  /** 0 stands for no limit. */
  constructor(max: number) {
    this.#max = checkCount('max', max)
  }

  get max(): number {
    return this.#max
  }

  get current(): number {
    return this.#current
  }

  get waiterCount(): number {
    return this.#waiters.size
  }

  /** Takes `count` if there is room and nobody waits. */
  getOrFail(count: number): boolean {
    checkCount('count', count)
    if (this.#waiters.size > 0 || this.#shouldWait(count)) return false
    this.#current += count
    return true
  }

  /**
   * Takes `count` as soon as there is room, behind all who wait already, and then calls `onGranted`; at once if it
   * need not wait. Returns true if it had to. `signal` ends the wait: then nothing is taken and nothing is called.
   */
  getWhenRoom(count: number, onGranted: () => void, signal?: AbortSignal): boolean {
    if (signal?.aborted === true) return false
    if (this.getOrFail(count)) {
      onGranted()
      return false
    }
    const waiter: Waiter = { count, onGranted }
    this.#waiters.add(waiter)
    signal?.addEventListener(
      'abort',
      () => {
        if (this.#waiters.delete(waiter)) this.#wake()
      },
      { once: true },
    )
    return true
  }

  /** The same as a promise of whether it had to wait. It rejects with the signal's reason if that ends the wait. */
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
      waited = this.getWhenRoom(count, onGranted, signal)
    })
  }

  /** Takes `count` whether there is room or not. Returns the new count. */
  take(count: number): number {
    this.#current += checkCount('count', count)
    return this.#current
  }

  /** Gives `count` back, and lets in who waits as far as there is room. Returns the new count. */
  put(count: number): number {
    checkCount('count', count)
    if (count > this.#current) {
      throw new ThrottleError(`count to give back: expected at most ${this.#current}, which is taken, got ${count}`)
    }
    this.#current -= count
    this.#wake()
    return this.#current
  }

  /** Sets another limit. */
  resetMax(max: number): void {
    this.#max = checkCount('max', max)
    this.#wake()
  }

  /** True if at least half of what may be held is. */
  get isPastMidpoint(): boolean {
    return this.#current >= this.#max / 2
  }

  #shouldWait(count: number): boolean {
    const max = this.#max
    if (max === 0) return false
    return (count <= max && this.#current + count > max) || (count >= max && this.#current > max)
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (this.#shouldWait(waiter.count)) return
      this.#waiters.delete(waiter)
      this.#current += waiter.count
      waiter.onGranted()
    }
  }
}

function checkCount(what: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new ThrottleError(`${what}: expected a safe integer of at least 0, got ${count}`)
}
