import { ThrottleError } from './errors.ts'
import { mustWait } from './throttle-rule.ts'

/** Who may have to let others go first. */
interface Turn {
  isAnothers(): boolean
}

/** The limit and the count of a throttle, as 64-bit words of shared memory: they are a line of the cache each. */
export class SharedCount {
  /** In bytes; it begins at a multiple of 8. */
  static readonly size: number = 128

  readonly #max: BigInt64Array
  readonly #current: BigInt64Array

  constructor(memory: SharedArrayBuffer, offset: number) {
    this.#max = new BigInt64Array(memory, offset, 1)
    this.#current = new BigInt64Array(memory, offset + 64, 1)
  }

  get max(): number {
    return Number(Atomics.load(this.#max, 0))
  }

  set max(max: number) {
    Atomics.store(this.#max, 0, BigInt(max))
  }

  get current(): number {
    return Number(Atomics.load(this.#current, 0))
  }

  hasRoom(count: number): boolean {
    return !mustWait(count, this.current, this.max)
  }

  /** Takes `count` if it is not another's turn and there is room: the count cannot have changed since it was judged. */
  tryTake(count: number, turn: Turn): boolean {
    for (;;) {
      const seen = Atomics.load(this.#current, 0)
      if (turn.isAnothers() || mustWait(count, Number(seen), this.max)) return false
      if (Atomics.compareExchange(this.#current, 0, seen, seen + BigInt(count)) === seen) return true
    }
  }

  /** Returns the new count. */
  take(count: number): number {
    return Number(Atomics.add(this.#current, 0, BigInt(count))) + count
  }

  /** Returns the new count. */
  put(count: number): number {
    for (;;) {
      const seen = Atomics.load(this.#current, 0)
      const taken = Number(seen)
      if (count > taken) throw ThrottleError.ofTooMuch(taken, count)
      if (Atomics.compareExchange(this.#current, 0, seen, seen - BigInt(count)) === seen) return taken - count
    }
  }
}
