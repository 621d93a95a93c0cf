import type { TransportOwner } from './transport.ts'

/** The most that is put together before it is written. */
const MOST_WRITES = 8

/**
 * When a transport writes before its turn ends. A peer that has nothing to do until the turn is over has nothing for us
 * afterwards, so the first early write comes as soon as it is worth it. From then on the peer is busy with what it has got:
 * each further one waits for twice as much, and there are fewer calls of the kernel.
 */
export class EarlyWrites {
  #nextAt = 1

  /** True if what the owner has should be written now. Counts it as written. */
  isDue({ writesWaiting }: Pick<TransportOwner, 'writesWaiting'>): boolean {
    if (writesWaiting < this.#nextAt) return false
    this.#nextAt = Math.min(this.#nextAt * 2, MOST_WRITES)
    return true
  }

  /** All is written that the turn has brought. */
  turnEnded(): void {
    this.#nextAt = 1
  }
}
