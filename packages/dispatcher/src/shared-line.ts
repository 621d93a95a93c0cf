import { ThrottleError } from './errors.ts'

// The threads that share a throttle, and the order in which they are let in.
//
// Each thread has a place for as long as it takes part. While it has somebody who waits, its bit is set among those who
// stand in line, and its place says for how much the first of its waiters waits and which ticket he drew. The oldest
// ticket has the turn; nobody takes anything while it is another's.
//
// Why no wake-up is lost. All accesses are Atomics, so there is one order of them that all threads agree on. Who waits
// first writes that he does (`stand`), then tries once more. Who makes room, by giving back, by another limit or by
// giving up a ticket, does that first, and then looks at the line (`callNext`). If he finds the waiter he wakes him. If
// he does not, or finds what the waiter's place said before, then he looked before that was written; so the room was
// there before the waiter tried once more, and the waiter found it. The same holds for who has the turn: whoever was
// held up by a ticket is found by the holder, who looks at the line after he gave it up.
//
// A thread that was woken is not woken again before it comes (`answer`), and it looks for room only after it has said
// that it came; so what was given back until then needs no wake-up of its own.

/** The most threads that share one throttle. */
const MAX_THREADS = 64

/** How a thread that shares a throttle is woken. */
export interface ThrottleThread {
  /** What stands for this thread, and for no other: the descriptor that wakes it, for example. From 0 to 2^31 - 1. */
  readonly wakeFd: number
  /**
   * Makes the thread behind a number call `Throttle.retry` soon. It is called on this thread, from inside the throttle,
   * with the numbers of others; it must not throw, and it may still come for a thread that left meanwhile.
   */
  readonly wake: (wakeFd: number) => void
}

/** In the place of a number: nobody has the place. */
const FREE = -1
/** In the place of a number: it is being freed. */
const LEAVING = -2
const NOBODY = -1
const WORD_BITS = 32
const WORDS = MAX_THREADS / WORD_BITS

/** What says whether there is room now. */
interface Room {
  hasRoom(count: number): boolean
}

/** One thread's view of the line. */
export class SharedLine {
  /** In bytes; it begins at a multiple of 8. */
  static readonly size: number = 64 + MAX_THREADS * 32

  readonly #wake: (wakeFd: number) => void
  /** A bit for each place whose thread waits. */
  readonly #standing: Int32Array
  /** 64 bits wide, so that tickets are never used up and the smaller one is always the older. */
  readonly #nextTicket: BigInt64Array
  readonly #tickets: BigInt64Array
  readonly #wanted: BigInt64Array
  readonly #wakeFds: Int32Array
  /** 1 from when a thread is woken until it comes. */
  readonly #woken: Int32Array
  /** What each thread has taken less what it has given back. Only that thread writes it, and no other reads it before its end. */
  readonly #held: Float64Array
  /** This thread's place. */
  #own: number = NOBODY
  #isStanding = false

  private constructor(memory: SharedArrayBuffer, offset: number, wake: (wakeFd: number) => void) {
    this.#wake = wake
    this.#standing = new Int32Array(memory, offset, WORDS)
    this.#nextTicket = new BigInt64Array(memory, offset + 16, 1)
    this.#tickets = new BigInt64Array(memory, offset + 64, MAX_THREADS)
    this.#wanted = new BigInt64Array(memory, offset + 64 + MAX_THREADS * 8, MAX_THREADS)
    this.#wakeFds = new Int32Array(memory, offset + 64 + MAX_THREADS * 16, MAX_THREADS)
    this.#woken = new Int32Array(memory, offset + 64 + MAX_THREADS * 20, MAX_THREADS)
    this.#held = new Float64Array(memory, offset + 64 + MAX_THREADS * 24, MAX_THREADS)
  }

  /** Makes a line of zeroed memory, with this thread as its first. */
  static create(memory: SharedArrayBuffer, offset: number, thread: ThrottleThread): SharedLine {
    const line = new SharedLine(memory, offset, thread.wake)
    line.#wakeFds.fill(FREE)
    line.#enter(thread.wakeFd)
    return line
  }

  /** Gives this thread a place in a line that another made. */
  static join(memory: SharedArrayBuffer, offset: number, thread: ThrottleThread): SharedLine {
    const line = new SharedLine(memory, offset, thread.wake)
    line.#enter(thread.wakeFd)
    return line
  }

  /** This thread has taken `count`, or given it back if it is negative. */
  hold(count: number): void {
    const own = this.#own
    if (own !== NOBODY) this.#held[own] = (this.#held[own] ?? 0) + count
  }

  /** True if another thread has the turn. */
  isAnothers(): boolean {
    const oldest = this.#oldest()
    return oldest !== NOBODY && oldest !== this.#own
  }

  /** Draws a ticket for `count`; the one that was held before is given up by that. */
  stand(count: number): void {
    const own = this.#own
    if (own === NOBODY) throw new ThrottleError('a wait for room: expected a thread that takes part, got one that left')
    Atomics.store(this.#wanted, own, BigInt(count))
    Atomics.store(this.#tickets, own, Atomics.add(this.#nextTicket, 0, 1n))
    if (this.#isStanding) return
    this.#isStanding = true
    Atomics.or(this.#standing, wordOf(own), bitOf(own))
  }

  /** Gives the ticket up. */
  stepOut(): void {
    this.#isStanding = false
    this.#forget(this.#own)
  }

  /** Wakes who has the turn, if there is room for him. Returns true if that is this thread, which needs no waking. */
  callNext(room: Room): boolean {
    const oldest = this.#oldest()
    if (oldest === NOBODY || !room.hasRoom(Number(Atomics.load(this.#wanted, oldest)))) return false
    if (oldest === this.#own) return true
    if (Atomics.exchange(this.#woken, oldest, 1) === 0) {
      const wakeFd = Atomics.load(this.#wakeFds, oldest)
      if (wakeFd >= 0) this.#wake(wakeFd)
    }
    return false
  }

  /** This thread was woken, and came. */
  answer(): void {
    if (this.#own !== NOBODY) Atomics.store(this.#woken, this.#own, 0)
  }

  /** Gives the ticket up, and then the place: in this order `evict` can do the rest if this thread ends in between. */
  leave(): void {
    const own = this.#own
    if (own === NOBODY) return
    this.stepOut()
    this.#own = NOBODY
    Atomics.store(this.#wakeFds, own, FREE)
  }

  /**
   * Frees the place of a thread that ended, and gives its ticket up. Returns what it had taken less what it had given
   * back, or `undefined` if it has no place.
   */
  evict(wakeFd: number): number | undefined {
    const place = this.#placeOf(wakeFd)
    // Of several who evict it one does. Its bit goes before its place does: it must not be taken for the next one's.
    const isFreed = place !== NOBODY && Atomics.compareExchange(this.#wakeFds, place, wakeFd, LEAVING) === wakeFd
    const held = isFreed ? this.#held[place] : undefined
    if (isFreed) {
      this.#forget(place)
      Atomics.store(this.#wakeFds, place, FREE)
    }
    // It may have ended after it said that it wakes somebody, and before it did.
    for (let other = 0; other < MAX_THREADS; other++) Atomics.store(this.#woken, other, 0)
    return held
  }

  #enter(wakeFd: number): void {
    if (wakeFd !== (wakeFd & 0x7fff_ffff)) {
      throw new ThrottleError(`wakeFd: expected an integer from 0 to 2147483647, got ${wakeFd}`)
    }
    if (this.#placeOf(wakeFd) !== NOBODY) {
      throw new ThrottleError(`wakeFd: expected a number that no other thread goes by, got ${wakeFd}`)
    }
    for (let place = 0; place < MAX_THREADS; place++) {
      if (Atomics.compareExchange(this.#wakeFds, place, FREE, wakeFd) !== FREE) continue
      // Somebody may still have woken who had the place before.
      Atomics.store(this.#woken, place, 0)
      this.#held[place] = 0
      this.#own = place
      return
    }
    throw new ThrottleError(`threads that share a throttle: expected at most ${MAX_THREADS}, got one more`)
  }

  #forget(place: number): void {
    Atomics.and(this.#standing, wordOf(place), ~bitOf(place))
  }

  #placeOf(wakeFd: number): number {
    return this.#wakeFds.findIndex((_, place) => Atomics.load(this.#wakeFds, place) === wakeFd)
  }

  /** The place with the oldest ticket. */
  #oldest(): number {
    let oldest = NOBODY
    let oldestTicket = 0n
    for (let word = 0; word < WORDS; word++) {
      for (let bits = Atomics.load(this.#standing, word); bits !== 0; bits &= bits - 1) {
        const place = word * WORD_BITS + WORD_BITS - 1 - Math.clz32(bits & -bits)
        const ticket = Atomics.load(this.#tickets, place)
        if (oldest !== NOBODY && oldestTicket < ticket) continue
        oldest = place
        oldestTicket = ticket
      }
    }
    return oldest
  }
}

function wordOf(place: number): number {
  return Math.floor(place / WORD_BITS)
}

function bitOf(place: number): number {
  return 1 << (place % WORD_BITS)
}
