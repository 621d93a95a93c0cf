// What the memory of a ring holds, at which byte:
//
//     0  MAGIC, the capacity                               written once
//   128  tail: bytes ever published                        the producer counts, the consumer sets its flag
//   256  head: bytes ever released                         the consumer counts, the producer sets its flag
//   384  the size of the record that the producer needs    by the producer
//        room for, if it waits
//   512  the records: as many bytes as the capacity
//
// Each word that changes has two cache lines of its own, since processors fetch lines in pairs.
//
// Tail and head are counted modulo 2^32; tail - head bytes are in use. A record begins at a multiple of 8: its length
// (Int32), four bytes that mean nothing, its bytes, and what is missing to the next multiple of 8. A record that does
// not fit before the end of the ring goes to its start, and SKIP stands where its length would have been:
//
//   | record |   free    | record | record | SKIP ...... |
//            ^ tail      ^ head
//
// Both counters are multiples of 8, which leaves their lowest bit for a flag: the other side waits for this counter to
// change. A side that is about to sleep sets it with a compareExchange, which fails if the counter is no longer the one
// that gave no reason to stay awake. The side that counts replaces the whole word with an exchange, which clears the flag
// and tells whether it was set. No wake-up is lost: of these two, which act on the same word, one comes first. Either it
// is the exchange, and then the other side sees the new count instead of falling asleep; or it is the flag, and then the
// exchange finds it.

const MAGIC = 0x676e6972 // 'ring'
const MIN_CAPACITY = 4096
/** Any two counters have to be less than 2^31 apart. */
const MAX_CAPACITY = 2 ** 30

const RECORDS_AT = 512
/** Indexes of Int32 words. */
const TAIL = 32
const HEAD = 64
const WAITS_FOR = 96
/** Of tail: the consumer sleeps. Of head: the producer waits. */
const FLAG = 1

const RECORD_HEADER_LENGTH = 8
const SKIP = -1

/**
 * A ring of records of any length in shared memory, with one thread that writes and one that reads. Each side makes a
 * `RecordRing` of its own over the same memory, at any time. Neither side ever waits in here: the methods tell who has
 * to be woken, and how that is done is the caller's affair. Nothing is allocated for a record.
 *
 * Whoever is woken has to look again, since a wake-up may come for nothing: the side that was about to sleep may have
 * found something after all while the other was about to wake it.
 */
export class RecordRing {
  /** The bytes of all records; those of one record are at the offset that `reserve` or `peek` gave. */
  readonly bytes: Uint8Array
  /** The same bytes. */
  readonly view: DataView
  /** A longer record is refused. About a quarter of the capacity, so that an empty ring has room for any. */
  readonly maxRecordLength: number

  readonly #control: Int32Array
  readonly #records: Int32Array
  readonly #capacity: number
  readonly #mask: number
  /** The producer's own counter is up to date, the other is what it last saw; for the consumer it is the reverse. */
  #tail: number
  #head: number
  /** Tail after the reserved record, and head after the one that was peeked at; the same as before without one. */
  #nextTail: number
  #nextHead: number
  #recordLength = 0

  /**
   * Shared memory for an empty ring.
   *
   * @param capacity - In bytes: a power of two from 4096 to 2^30. A record takes its length, rounded up to a multiple of
   *   8, and 8 more; up to a quarter is lost at the end of the ring when a record has to go to its start.
   */
  static allocate(capacity: number): SharedArrayBuffer {
    if (!isCapacity(capacity)) {
      throw new RangeError(
        `capacity of a ring: expected a power of two from ${MIN_CAPACITY} to ${MAX_CAPACITY}, got ${capacity}`,
      )
    }
    const memory = new SharedArrayBuffer(RECORDS_AT + capacity)
    new Int32Array(memory).set([MAGIC, capacity])
    return memory
  }

  /** @param memory - As `allocate` made it, on any thread. A RangeError if it is something else. */
  constructor(memory: SharedArrayBuffer) {
    const capacity = memory.byteLength - RECORDS_AT
    if (!isCapacity(capacity)) {
      throw new RangeError(
        `memory of a ring: expected ${RECORDS_AT} bytes and a power of two, got ${memory.byteLength} bytes`,
      )
    }
    this.#control = new Int32Array(memory, 0, RECORDS_AT / 4)
    const [magic, writtenCapacity] = this.#control
    if (magic !== MAGIC || writtenCapacity !== capacity) {
      throw new RangeError('memory of a ring: expected what RecordRing.allocate made, got something else')
    }
    this.#records = new Int32Array(memory, RECORDS_AT, capacity / 4)
    this.bytes = new Uint8Array(memory, RECORDS_AT, capacity)
    this.view = new DataView(memory, RECORDS_AT, capacity)
    this.#capacity = capacity
    this.#mask = capacity - 1
    this.maxRecordLength = capacity / 4 - RECORD_HEADER_LENGTH
    this.#head = this.#nextHead = this.#load(HEAD)
    this.#tail = this.#nextTail = this.#load(TAIL)
  }

  /**
   * Producer: where to write a record of `length` bytes, at a multiple of 8 and in one piece; or -1 if there is no room
   * now. The consumer sees it after `publish`. Until then the next `reserve` takes its place, even one that finds no
   * room. A RangeError if `length` is more than `maxRecordLength`.
   */
  reserve(length: number): number {
    const size = this.#sizeOf(length)
    const needed = this.#needed(size)
    this.#nextTail = this.#tail
    if (!this.#hasRoom(needed)) {
      this.#head = this.#load(HEAD)
      if (!this.#hasRoom(needed)) return -1
    }
    if (needed !== size) this.#records[(this.#tail & this.#mask) >> 2] = SKIP
    this.#nextTail = (this.#tail + needed) | 0
    const start = (this.#nextTail - size) & this.#mask
    this.#records[start >> 2] = length
    return start + RECORD_HEADER_LENGTH
  }

  /**
   * Producer: hands the reserved record over.
   *
   * @returns True if the consumer sleeps and has to be woken. Of all calls after it fell asleep only the first says so.
   */
  publish(): boolean {
    if (this.#nextTail === this.#tail) throw new Error('publish: expected a reserved record, got none')
    this.#tail = this.#nextTail
    return (Atomics.exchange(this.#control, TAIL, this.#tail) & FLAG) !== 0
  }

  /**
   * Producer: asks to be told once there is room for a record of `length` bytes; this replaces what was asked before. A
   * producer that asks for more than its next record needs is woken less often.
   *
   * @returns True if there is no such room, and a `release` of the consumer will say once there is. False if there is:
   *   `reserve` again.
   */
  awaitRoom(length: number): boolean {
    const size = this.#sizeOf(length)
    const needed = this.#needed(size)
    Atomics.store(this.#control, WAITS_FOR, size)
    for (;;) {
      const word = Atomics.load(this.#control, HEAD)
      this.#head = word & ~FLAG
      if (this.#hasRoom(needed)) {
        if (word !== this.#head) Atomics.and(this.#control, HEAD, ~FLAG)
        return false
      }
      if (Atomics.compareExchange(this.#control, HEAD, word, word | FLAG) === word) return true
    }
  }

  /**
   * Consumer: where the next record is, or -1 if there is none now; `recordLength` tells its length. It stays the next
   * one until `release`, and its bytes stay as they are until then.
   */
  peek(): number {
    if (this.#head === this.#tail) {
      this.#tail = this.#load(TAIL)
      if (this.#head === this.#tail) return -1
    }
    let start = this.#head & this.#mask
    let length = this.#records[start >> 2] ?? SKIP
    let skipped = 0
    if (length === SKIP) {
      // What is skipped was published together with the record that comes after it.
      skipped = this.#capacity - start
      start = 0
      length = this.#records[0] ?? SKIP
    }
    this.#nextHead = (this.#head + skipped + sizeOfRecord(length)) | 0
    this.#recordLength = length
    return start + RECORD_HEADER_LENGTH
  }

  /** Consumer: the length in bytes of the record that `peek` last found. */
  get recordLength(): number {
    return this.#recordLength
  }

  /**
   * Consumer: gives the place of the record that `peek` found back to the producer.
   *
   * @returns True if the producer waits, and has the room now that it waits for: it has to be woken.
   */
  release(): boolean {
    if (this.#nextHead === this.#head) throw new Error('release: expected a record that was peeked at, got none')
    this.#head = this.#nextHead
    if ((Atomics.exchange(this.#control, HEAD, this.#head) & FLAG) === 0) return false
    const size = Atomics.load(this.#control, WAITS_FOR)
    // The tail last seen here may be older than the one for which the producer found no room.
    this.#tail = this.#load(TAIL)
    if (this.#hasRoom(this.#needed(size))) return true
    Atomics.or(this.#control, HEAD, FLAG) // the producer sleeps on, and the next release has to look again
    return false
  }

  /**
   * Consumer: about to sleep until it is woken.
   *
   * @returns True if there is no record, and the producer's next `publish` will say that we sleep. False if there is
   *   one: `peek` again.
   */
  fallAsleep(): boolean {
    const word = Atomics.compareExchange(this.#control, TAIL, this.#head, this.#head | FLAG)
    this.#tail = word & ~FLAG
    return this.#tail === this.#head
  }

  /** Consumer: awake for another reason than a record, so that `publish` need not say that it has to be woken. */
  wakeUp(): void {
    if ((Atomics.load(this.#control, TAIL) & FLAG) !== 0) Atomics.and(this.#control, TAIL, ~FLAG)
  }

  #load(counter: number): number {
    return Atomics.load(this.#control, counter) & ~FLAG
  }

  #sizeOf(length: number): number {
    if (!Number.isInteger(length) || length < 0 || length > this.maxRecordLength) {
      throw new RangeError(`length of a record: expected 0 to ${this.maxRecordLength} bytes, got ${length}`)
    }
    return sizeOfRecord(length)
  }

  /** The bytes by which tail has to grow for a record of this size: more than its size if it has to skip. */
  #needed(size: number): number {
    const toEnd = this.#capacity - (this.#tail & this.#mask)
    return size > toEnd ? toEnd + size : size
  }

  #hasRoom(needed: number): boolean {
    return this.#capacity - ((this.#tail - this.#head) | 0) >= needed
  }
}

function isCapacity(length: number): boolean {
  return length >= MIN_CAPACITY && length <= MAX_CAPACITY && Number.isInteger(Math.log2(length))
}

/** What a record of `length` bytes takes in the ring. */
function sizeOfRecord(length: number): number {
  return (length + RECORD_HEADER_LENGTH + 7) & ~7
}
