const BITS_PER_WORD = 32
const WORD_COUNT = 8

/** A `PriorityBitmap` has room for priorities below this, as Ceph's are. */
export const BITMAP_PRIORITIES: number = BITS_PER_WORD * WORD_COUNT

/**
 * A set of small priorities, a bit each, with a second level that has a bit for each word that is not zero. So to
 * add, to delete and to find the highest takes the same few instructions whatever the set holds, and touches one
 * line of memory.
 */
export class PriorityBitmap {
  readonly #words = new Int32Array(WORD_COUNT)
  #usedWords = 0

  add(priority: number): void {
    const index = priority >>> 5
    this.#words[index] = (this.#words[index] ?? 0) | (1 << (priority & 31))
    this.#usedWords |= 1 << index
  }

  delete(priority: number): void {
    const index = priority >>> 5
    const word = (this.#words[index] ?? 0) & ~(1 << (priority & 31))
    this.#words[index] = word
    if (word === 0) this.#usedWords &= ~(1 << index)
  }

  /** The highest priority in the set, or -1. */
  highest(): number {
    if (this.#usedWords === 0) return -1
    const index = 31 - Math.clz32(this.#usedWords)
    return BITS_PER_WORD * index + 31 - Math.clz32(this.#words[index] ?? 0)
  }

  /** The priorities, ascending. The set must not change meanwhile. */
  *[Symbol.iterator](): Generator<number> {
    for (const [index, word] of this.#words.entries()) {
      // `left & -left` is the lowest bit that is left.
      for (let left = word; left !== 0; left &= left - 1) yield BITS_PER_WORD * index + 31 - Math.clz32(left & -left)
    }
  }
}
