/**
 * Numbers the connection attempts of one messenger, so that a peer can tell a late one from a new one. Shared by all
 * sessions of a messenger. A u32 that wraps: a peer that answers with the greatest there is must not take the numbers
 * away from all others. Ceph: src/msg/async/AsyncMessenger.h, get_global_seq
 */
export class GlobalSeq {
  readonly #last: Uint32Array

  /** `memory`: where the last number is kept, one word; shared by threads if it is. */
  constructor(memory: Uint32Array = new Uint32Array(1)) {
    this.#last = memory
  }

  /** The next number; greater than every one before, and than `old`, which a peer may have told us, until it wraps. */
  next(old = 0): number {
    for (;;) {
      const last = Atomics.load(this.#last, 0)
      const next = (Math.max(last, old) + 1) >>> 0
      if (Atomics.compareExchange(this.#last, 0, last, next) === last) return next
    }
  }
}
