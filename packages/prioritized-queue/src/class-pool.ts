import { ClassQueue } from './class-queue.ts'

/** More than these are left to the garbage collector. */
const MAX_SPARE_CLASSES = 256

/**
 * Classes that no table wants any more, for the next key that comes: a class that lived for one item would otherwise
 * cost more to make, and to collect, than to serve.
 *
 * It keeps at most `MAX_SPARE_CLASSES`, however many keys there have been, and what it keeps holds neither an item nor
 * a key. They are a stack, linked by `after`, so that the one whose memory was touched last goes first.
 */
export class ClassPool<T, K> {
  #top: ClassQueue<T, K> | undefined = undefined
  #count = 0

  /** How many classes are kept. */
  get count(): number {
    return this.#count
  }

  /** Whether it would let go of a class that it is given. */
  get isFull(): boolean {
    return this.#count === MAX_SPARE_CLASSES
  }

  /** An empty class of this key, in no list. */
  take(key: K): ClassQueue<T, K> {
    const spare = this.#top
    if (spare === undefined) return new ClassQueue(key)
    this.#top = spare.after
    this.#count--
    spare.after = undefined
    spare.key = key
    return spare
  }

  /** Keeps a class that is empty and in no list, or lets it go. It must not be used by the giver again. */
  give(spare: ClassQueue<T, K>): void {
    if (this.isFull) return
    spare.forgetPlace()
    spare.after = this.#top
    this.#top = spare
    this.#count++
  }
}
