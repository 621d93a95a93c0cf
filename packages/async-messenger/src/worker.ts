import { createEventDriver, EventCenter, type EventDriverName } from '@msgr/event-driver'
import { allocateUncleared } from '@msgr/messenger-core'
import { close, watch, type Watch } from '@msgr/posix'
import { SelectPace } from './select-pace.ts'

/** What a socket reads into at a time, and the least room that is worth a read. */
const SLAB_SIZE = 256 * 1024
const LEAST_ROOM = 64 * 1024

/**
 * An event center and its share of a messenger's sockets, hosted on the caller's event loop: libuv waits for the
 * center's whole set of descriptors as if it were one, and a set that it cannot wait for is asked at a bounded pace.
 *
 * Ceph: src/msg/async/Stack.h, Worker, where each is a thread of its own
 */
export class Worker {
  readonly center: EventCenter
  readonly #watch: Watch | undefined
  readonly #pace: SelectPace | undefined
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  /** Sockets that have something to write when this turn ends. */
  #dirty: (() => void)[] = []
  /** Descriptors that are closed on the next turn: until then no new socket can have the number of an old one. */
  #deleted: number[] = []
  #slab: Uint8Array = allocateUncleared(SLAB_SIZE)
  #slabAt = 0
  #references = 0

  constructor(driver: EventDriverName) {
    this.center = new EventCenter(createEventDriver({ driver }), {
      onWakeup: () => {
        this.#wakeUp()
      },
    })
    const { pollFd } = this.center
    if (pollFd === undefined) {
      this.#pace = new SelectPace(() => this.#run())
    } else {
      this.#watch = watch(pollFd, () => this.#run())
      this.#watch.unref()
    }
  }

  /** Sockets that live here. */
  get references(): number {
    return this.#references
  }

  /** A socket or a listener has come to live here: while there is one, the process stays alive. */
  acquire(): void {
    if (this.#references++ > 0) return
    this.#watch?.ref()
    this.#pace?.start()
  }

  /** It is gone, and has deleted its events: its descriptor is closed on the next turn. */
  release(fd: number): void {
    this.#deleted.push(fd)
    if (this.#deleted.length === 1) this.center.dispatchEventExternal(this.#reap)
    if (--this.#references > 0) return
    this.#watch?.unref()
    this.#pace?.stop()
  }

  /** Calls `write` when this turn ends: after the dispatchers, so that what they send goes out with it. */
  atEndOfTurn(write: () => void): void {
    if (this.#dirty.push(write) === 1) queueMicrotask(this.#writeDirty)
  }

  /** Something was written, so that an answer may come soon. */
  expectAnswer(): void {
    this.#pace?.hurry()
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
    this.#slab = allocateUncleared(SLAB_SIZE)
    this.#slabAt = 0
  }

  /** Ends the worker. Its sockets must have been released. */
  close(): void {
    this.#watch?.close()
    this.#pace?.stop()
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#reap()
    this.center.close()
  }

  readonly #reap = (): void => {
    const deleted = this.#deleted
    this.#deleted = []
    for (const fd of deleted) close(fd)
  }

  readonly #writeDirty = (): void => {
    const dirty = this.#dirty
    this.#dirty = []
    for (const write of dirty) write()
  }

  #run(): number {
    const handledCount = this.center.processEvents(0)
    this.#wakeUp()
    return handledCount
  }

  /** Arranges for a turn when the center has work that no descriptor shows. */
  #wakeUp(): void {
    if (this.center.hasExternalEvents) {
      this.#immediate ??= setImmediate(() => {
        this.#immediate = undefined
        this.#run()
      })
    }
    const timerMs = this.center.nextTimeEventMs
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (timerMs !== undefined) this.#timer = setTimeout(() => this.#run(), Math.ceil(timerMs))
  }
}
