/** How a message that came fits with those that came before. */
export type Receipt =
  /** The one that was due. */
  | 'inOrder'
  /** Later than the one due: those in between are missing so far. */
  | 'early'
  /** One that was missing. */
  | 'late'
  /** One that has been here before. */
  | 'double'
  /** One that was forgiven, and has come nevertheless. */
  | 'forgiven'

/**
 * Keeps account of the messages of one class of one stream, which are numbered from 0: each has to come once, and in
 * order. What may be lost without blame has to be forgiven first.
 *
 *   0 ──────── forgiven ───── here, but for the missing ───── next ──▶
 */
export class ClassLedger {
  #next = 0
  #forgivenBelow = 0
  readonly #missing = new Set<number>()
  #mayMissNext = false

  /** The lowest number that has not been reached. */
  get next(): number {
    return this.#next
  }

  /** Numbers that were passed over and have not come since. */
  get missingCount(): number {
    return this.#missing.size
  }

  /** The first few of those. */
  get firstMissing(): readonly number[] {
    return [...this.#missing].slice(0, 3)
  }

  receive(seq: number): Receipt {
    if (seq < this.#forgivenBelow) return 'forgiven'
    if (seq < this.#next) return this.#missing.delete(seq) ? 'late' : 'double'
    if (this.#mayMissNext) this.forgiveBelow(seq)
    const isDue = seq === this.#next
    for (let missing = this.#next; missing < seq; missing++) this.#missing.add(missing)
    this.#next = seq + 1
    this.#mayMissNext = false
    return isDue ? 'inOrder' : 'early'
  }

  /** Whatever has a lower number may come or not. Returns how many of them were still due. */
  forgiveBelow(seq: number): number {
    let count = Math.max(0, seq - this.#next)
    for (const missing of this.#missing) {
      if (missing < seq && this.#missing.delete(missing)) count++
    }
    this.#forgivenBelow = Math.max(this.#forgivenBelow, seq)
    this.#next = Math.max(this.#next, seq)
    return count
  }

  /** What is missing now is forgiven, and so is what lies before the next message that comes, however many. */
  forgiveGap(): void {
    this.#missing.clear()
    this.#mayMissNext = true
  }
}
