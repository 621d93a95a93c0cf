/** How long a thread sleeps before it says that nobody woke it: so a lost wake-up is a failed test, not a hanging one. */
const GIVE_UP_MS = 15_000

/** Numbers of threads, which are cells that count how often each was woken. */
export const GIVER = 8
export const MAIN = 9
const HELD = 10
const MOST_HELD = 11
const TO_GIVE_BACK = 12
const FINISHED = 13
const CELLS = 14

/** What one thread of a stress test is told. */
export interface StressTask {
  readonly role: 'random' | 'small' | 'large' | 'giver' | 'sleeper'
  readonly throttleMemory: SharedArrayBuffer
  readonly cellMemory: SharedArrayBuffer
  readonly thread: number
  /** How many other threads there are that take. */
  readonly takers: number
  readonly rounds: number
}

/** What the threads of a stress test count by themselves, beside the throttle that is put to the test. */
export class StressCells {
  readonly #cells: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4 * CELLS)) {
    this.#cells = new Int32Array(memory)
  }

  get memory(): SharedArrayBuffer {
    return this.#cells.buffer as SharedArrayBuffer
  }

  /** What all threads hold, at the least: counted after it was taken and before it is given back. */
  get held(): number {
    return Atomics.load(this.#cells, HELD)
  }

  get mostHeld(): number {
    return Atomics.load(this.#cells, MOST_HELD)
  }

  get finishedCount(): number {
    return Atomics.load(this.#cells, FINISHED)
  }

  noteTaken(count: number): void {
    const held = Atomics.add(this.#cells, HELD, count) + count
    for (let most = this.mostHeld; most < held; most = this.mostHeld) {
      Atomics.compareExchange(this.#cells, MOST_HELD, most, held)
    }
  }

  noteGivenBack(count: number): void {
    Atomics.sub(this.#cells, HELD, count)
  }

  noteFinished(): void {
    Atomics.add(this.#cells, FINISHED, 1)
    this.wake(GIVER)
  }

  /** Leaves it to the giver to give `count` back. */
  handOver(count: number): void {
    Atomics.add(this.#cells, TO_GIVE_BACK, count)
    this.wake(GIVER)
  }

  takeHandedOver(): number {
    return Atomics.exchange(this.#cells, TO_GIVE_BACK, 0)
  }

  wake(thread: number): void {
    Atomics.add(this.#cells, thread, 1)
    Atomics.notify(this.#cells, thread)
  }

  /** Sleeps until `thread` was woken more than `seen` times; returns how often it was. */
  sleep(thread: number, seen: number): number {
    if (Atomics.wait(this.#cells, thread, seen, GIVE_UP_MS) === 'timed-out') {
      throw new Error(`thread ${thread}: expected to be woken, slept for ${GIVE_UP_MS} ms`)
    }
    return Atomics.load(this.#cells, thread)
  }
}
