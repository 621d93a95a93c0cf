// What the memory of a heap holds, at which byte:
//
//     0   MAGIC, count of pages     written once
//     8   pages ever taken          by the owner
//   128   pages ever freed          by those who free
//   256   the page table: one Int32 for each page
//   the next multiple of 4096: the pages
//
// The pages are covered by runs, one after the other without a gap. The table has the length of each run at the run's
// first page: as it is if the run is a block that somebody holds, negated if it is free. Other entries are 0 or left over
// from a free run that has become part of a longer one: never positive. So an entry is positive exactly where a block
// begins, and that is how `free` knows one.
//
// Whoever frees a block negates its entry, and nothing else; a run belongs to the owner from then on. It joins free
// runs only as it comes past them looking for room. New memory is one free run, which is written in the table's first
// entry, and so a page is never touched, nor its part of the table, before a block needs it.
//
// The owner looks for room from its rover on, which goes back to the first page as soon as it has taken as many pages as
// it has passed over. So a page taken costs one page passed over, at most, unless the heap is nearly full; and what is
// used of the heap is about twice what is taken, at low addresses, which stays in the caches.

const MAGIC = 0x70616568 // 'heap'
const PAGE_LENGTH = 4096
const TABLE_AT = 256
const MAX_PAGE_COUNT = 2 ** 19

/** Indexes of Int32 words. */
const TAKEN = 2
const FREED = 32

/**
 * Blocks of shared memory, in whole pages of 4 KiB, for what is too large to be copied through a ring. One thread, the
 * owner, takes blocks; any thread gives them back. Each thread makes a `SharedHeap` of its own over the same memory.
 */
export class SharedHeap {
  /** All blocks; each begins at the offset that `take` gave. */
  readonly bytes: Uint8Array

  readonly #control: Int32Array
  readonly #table: Int32Array
  readonly #pageCount: number
  /** Owner: where it looks for room next. Always the first page of a run, or the end. */
  #rover = 0
  /** Owner: the pages it has taken since the rover last stood at 0. */
  #takenOnWay = 0
  /** Owner: the longest free run that the last search in vain saw, and the pages freed since. Takes only shorten runs. */
  #longestRun: number
  #freedSince = 0
  #freed: number

  /**
   * Shared memory for an empty heap. It takes up no more of the machine's memory than is used of it.
   *
   * @param size - Of all blocks together, in bytes: a multiple of 4096, up to 2 GiB.
   */
  static allocate(size: number): SharedArrayBuffer {
    const pageCount = size / PAGE_LENGTH
    if (!Number.isInteger(pageCount) || pageCount < 1 || pageCount > MAX_PAGE_COUNT) {
      throw new RangeError(
        `size of a heap: expected a multiple of ${PAGE_LENGTH} up to ${MAX_PAGE_COUNT * PAGE_LENGTH}, got ${size}`,
      )
    }
    const memory = new SharedArrayBuffer(blocksAt(pageCount) + size)
    const words = new Int32Array(memory, 0, TABLE_AT / 4 + 1)
    words.set([MAGIC, pageCount])
    words[TABLE_AT / 4] = -pageCount
    return memory
  }

  /** @param memory - As `allocate` made it, on any thread. A RangeError if it is something else. */
  constructor(memory: SharedArrayBuffer) {
    const words = new Int32Array(memory, 0, Math.min(TABLE_AT, memory.byteLength) >> 2)
    const [magic, pageCount = 0] = words
    if (magic !== MAGIC || memory.byteLength !== blocksAt(pageCount) + pageCount * PAGE_LENGTH) {
      throw new RangeError('memory of a heap: expected what SharedHeap.allocate made, got something else')
    }
    this.#control = words
    this.#table = new Int32Array(memory, TABLE_AT, pageCount)
    this.bytes = new Uint8Array(memory, blocksAt(pageCount))
    this.#pageCount = pageCount
    this.#longestRun = pageCount
    this.#freed = Atomics.load(words, FREED)
  }

  /**
   * Owner: takes a block of at least `length` bytes, in one piece.
   *
   * @returns Its offset in `bytes`, a multiple of 4096; or -1 if there is no such room now. What the block held before
   *   is still there.
   */
  take(length: number): number {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(`length of a block: expected bytes from 0 up, got ${length}`)
    }
    const pageCount = Math.max(1, Math.ceil(length / PAGE_LENGTH))
    this.#countFreed()
    const takenPages = this.#takenPages
    if (pageCount > this.#pageCount - takenPages || pageCount > this.#longestRunPossible) return -1

    if (takenPages === 0 || this.#rover <= 2 * this.#takenOnWay) this.#rover = this.#takenOnWay = 0
    const page = this.#search(pageCount)
    if (page < 0) return -1
    this.#cut(page, pageCount)
    this.#rover = page + pageCount
    this.#takenOnWay += pageCount
    this.#control[TAKEN] = ((this.#control[TAKEN] ?? 0) + pageCount) | 0
    return page * PAGE_LENGTH
  }

  /**
   * Any thread: gives a block back. Nobody may touch its bytes after that.
   *
   * @param offset - As `take` gave it, once. A RangeError if no block that is taken begins there.
   */
  free(offset: number): void {
    const page = offset / PAGE_LENGTH
    const isPage = Number.isInteger(page) && page >= 0 && page < this.#pageCount
    const pageCount = isPage ? Atomics.load(this.#table, page) : 0
    // The exchange decides if two threads give the same block back. The count comes last: what it promises is there.
    if (pageCount <= 0 || Atomics.compareExchange(this.#table, page, pageCount, -pageCount) !== pageCount) {
      throw new RangeError(`offset of a block: expected one that is taken, got ${offset}`)
    }
    Atomics.add(this.#control, FREED, pageCount)
  }

  /** Owner: the bytes of all pages that are taken now. */
  get takenBytes(): number {
    this.#countFreed()
    return this.#takenPages * PAGE_LENGTH
  }

  /** Both counters wrap around; their difference does not. */
  get #takenPages(): number {
    return ((this.#control[TAKEN] ?? 0) - this.#freed) | 0
  }

  #countFreed(): void {
    const freed = Atomics.load(this.#control, FREED)
    this.#freedSince = Math.min(this.#freedSince + ((freed - this.#freed) | 0), this.#pageCount)
    this.#freed = freed
  }

  /**
   * Each page freed since the last search in vain may have been a block of its own, and may have joined the runs on its
   * two sides. So a full heap is not searched again before enough was freed that it could be worth it.
   */
  get #longestRunPossible(): number {
    return this.#freedSince + (this.#freedSince + 1) * this.#longestRun
  }

  /** The first page of a free run that is long enough, from the rover on and around; or -1. Joins runs on its way. */
  #search(pageCount: number): number {
    const start = this.#rover
    let longest = 0
    let end = this.#pageCount
    for (let page = start; ;) {
      if (page >= end) {
        if (this.#rover === 0) break
        this.#rover = this.#takenOnWay = page = 0
        end = start
      }
      const run = Atomics.load(this.#table, page)
      if (run > 0) {
        page += run
        continue
      }
      const freeCount = this.#join(page, -run, pageCount)
      if (freeCount >= pageCount) return page
      longest = Math.max(longest, freeCount)
      page += freeCount
    }
    this.#longestRun = longest
    this.#freedSince = 0
    return -1
  }

  /** Joins the free run at `page` with those after it until it is as long as needed. Returns how long it is then. */
  #join(page: number, length: number, neededLength: number): number {
    let joined = length
    while (joined < neededLength && page + joined < this.#pageCount) {
      const next = Atomics.load(this.#table, page + joined)
      if (next > 0) break
      joined -= next
    }
    if (joined !== length) this.#table[page] = -joined
    return joined
  }

  /** Makes a block of the first pages of the free run at `page`. */
  #cut(page: number, pageCount: number): void {
    const rest = (this.#table[page] ?? 0) + pageCount
    if (rest < 0) this.#table[page + pageCount] = rest
    this.#table[page] = pageCount
  }
}

/** Where the pages begin: at a multiple of their length. */
function blocksAt(pageCount: number): number {
  return Math.ceil((TABLE_AT + 4 * pageCount) / PAGE_LENGTH) * PAGE_LENGTH
}
