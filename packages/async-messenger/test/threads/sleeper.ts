/**
 * A word of shared memory on which one thread sleeps and others wake it. A wake-up that comes before the sleep is kept,
 * as an eventfd keeps it, so none is lost in here.
 */
export class Sleeper {
  readonly #word: Int32Array

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(4)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory)
  }

  sleep(): void {
    while (Atomics.exchange(this.#word, 0, 0) === 0) Atomics.wait(this.#word, 0, 0)
  }

  wake(): void {
    Atomics.store(this.#word, 0, 1)
    Atomics.notify(this.#word, 0)
  }
}
