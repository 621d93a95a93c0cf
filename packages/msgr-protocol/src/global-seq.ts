/**
 * Numbers the connection attempts of one messenger, so that a peer can tell a late one from a new one. Shared by all
 * sessions of a messenger. A u32 that wraps: a peer that answers with the greatest there is must not take the numbers
 * away from all others. Ceph: src/msg/async/AsyncMessenger.h, get_global_seq
 */
export class GlobalSeq {
  #last = 0

  /** The next number; greater than every one before, and than `old`, which a peer may have told us, until it wraps. */
  next(old = 0): number {
    this.#last = (Math.max(this.#last, old) + 1) >>> 0
    return this.#last
  }
}
