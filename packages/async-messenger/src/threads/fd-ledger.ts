/** How many descriptors a ledger has room for: those above are not entered. */
const CAPACITY = 1024 * 1024
const WORD_BITS = 32

/**
 * Which descriptors a worker has, in memory that outlives its thread: descriptors belong to the process, so those of a
 * thread that ends without a word would stay open. Whoever is given one to close enters it, or has it entered before it
 * is on its way; who closes one strikes it out before, as another thread may get its number at once.
 */
export class FdLedger {
  readonly #words: Int32Array

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(CAPACITY / 8)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  enter(fd: number): void {
    if (fd < CAPACITY) Atomics.or(this.#words, fd >>> 5, 1 << (fd & (WORD_BITS - 1)))
  }

  strike(fd: number): void {
    if (fd < CAPACITY) Atomics.and(this.#words, fd >>> 5, ~(1 << (fd & (WORD_BITS - 1))))
  }

  /** Those entered and not struck, which are struck by this. */
  takeAll(): number[] {
    const fds: number[] = []
    this.#words.forEach((word, index) => {
      if (word === 0) return
      Atomics.store(this.#words, index, 0)
      for (let bit = 0; bit < WORD_BITS; bit++) {
        if ((word & (1 << bit)) !== 0) fds.push(index * WORD_BITS + bit)
      }
    })
    return fds
  }
}
