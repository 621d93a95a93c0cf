import { createEventDriver, EventCenter, type EventDriverName } from '@msgr/event-driver'
import { allocateUncleared } from '@msgr/messenger-core'
import { close } from '@msgr/posix'

/** What a socket reads into at a time, and the least room that is worth a read. */
const SLAB_SIZE = 256 * 1024
const LEAST_ROOM = 64 * 1024

/**
 * An event center and its share of a messenger's sockets. Whoever extends it runs the center: on the caller's event
 * loop, or on a thread of its own.
 *
 * Ceph: src/msg/async/Stack.h, Worker
 */
export abstract class Worker {
  readonly center: EventCenter
  readonly #allocate: (length: number) => Uint8Array
  /** Sockets that have something to write when this turn ends. */
  #dirty: (() => void)[] = []
  /** Descriptors that are closed on the next turn: until then no new socket can have the number of an old one. */
  #deleted: number[] = []
  #slab: Uint8Array
  #slabAt = 0
  #references = 0

  /** `allocate`: where the memory comes from that sockets read into. `idlePollMicros`: as the center's option. */
  protected constructor(
    driver: EventDriverName | undefined,
    allocate: (length: number) => Uint8Array = allocateUncleared,
    idlePollMicros = 0,
  ) {
    this.#allocate = allocate
    this.#slab = allocate(SLAB_SIZE)
    this.center = new EventCenter(createEventDriver(driver === undefined ? {} : { driver }), {
      idlePollMicros,
      onWakeup: () => {
        this.wokenUp()
      },
    })
  }

  /** There is work that no descriptor shows: `center.processEvents` is to be called soon. */
  protected abstract wokenUp(): void
  /** The first socket has come to live here, or the last is gone. */
  protected abstract becameBusy(isBusy: boolean): void
  /** A descriptor is this worker's to close from here on; and is about to be closed. */
  protected abstract took(fd: number): void
  protected abstract closes(fd: number): void
  /** `writeDirty` is to be called when this turn ends. */
  protected abstract turnBecameDirty(): void

  /** Something was written, so that an answer may come soon. */
  expectAnswer(): void {
    // Who waits for the kernel hears of it anyway.
  }

  /** Sockets that live here. */
  get references(): number {
    return this.#references
  }

  /** A socket or a listener has come to live here: while there is one, the process stays alive. */
  acquire(fd: number): void {
    this.took(fd)
    if (this.#references++ === 0) this.becameBusy(true)
  }

  /** It is gone, and has deleted its events: its descriptor is closed on the next turn. */
  release(fd: number): void {
    this.#deleted.push(fd)
    if (this.#deleted.length === 1) this.center.dispatchEventExternal(this.#reap)
    this.#lose()
  }

  /** It is gone, has deleted its events, and its descriptor is for whoever gets it to close. */
  giveAway(): void {
    this.#lose()
  }

  /** Calls `write` when this turn ends: after the dispatchers, so that what they send goes out with it. */
  atEndOfTurn(write: () => void): void {
    if (this.#dirty.push(write) === 1) this.turnBecameDirty()
  }

  /** Memory to read into: `slab` from `slabAt` on. Shared by all sockets, as a read is over before the next begins. */
  get slab(): Uint8Array {
    return this.#slab
  }

  get slabAt(): number {
    return this.#slabAt
  }

  /** The `length` bytes just read are still in use: the next read must go elsewhere. */
  keepRead(length: number): void {
    this.#slabAt += length
    if (SLAB_SIZE - this.#slabAt >= LEAST_ROOM) return
    this.#slab = this.#allocate(SLAB_SIZE)
    this.#slabAt = 0
  }

  /** Ends the worker. Its sockets must have been released. */
  close(): void {
    this.#reap()
    this.center.close()
  }

  /** Writes what the sockets have, and what they come to have while this runs. */
  protected readonly writeDirty = (): void => {
    const dirty = this.#dirty
    this.#dirty = []
    for (const write of dirty) write()
  }

  readonly #reap = (): void => {
    const deleted = this.#deleted
    this.#deleted = []
    for (const fd of deleted) {
      this.closes(fd)
      close(fd)
    }
  }

  #lose(): void {
    if (--this.#references === 0) this.becameBusy(false)
  }
}
