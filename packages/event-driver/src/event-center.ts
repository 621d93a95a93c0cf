import {
  BadDurationError,
  BadEventCenterOptionError,
  BadEventMaskError,
  EndlessExternalEventsError,
  EventCallbacksError,
  EventCenterClosedError,
  EventCenterReentryError,
  FdOutOfRangeError,
} from './errors.ts'
import { type EventCallback } from './event-callback.ts'
import { EVENT_READABLE, EVENT_WRITABLE, type EventDriver } from './event-driver.ts'
import { ExternalEventQueue } from './external-event-queue.ts'
import { FileEventTable, MAX_FILE_EVENTS } from './file-event-table.ts'
import { TimeEventQueue } from './time-event-queue.ts'
import { signalWakeup, WakeupFd } from './wakeup-fd.ts'

/** What Ceph gives to `EventCenter::init` in production. */
const DEFAULT_CAPACITY = 5_000
/** How often `close` runs what external events have queued while it ran external events. */
const MAX_CLOSE_PASSES = 1_000

/** Options of an `EventCenter`. */
export interface EventCenterOptions {
  /** How many descriptors the table has room for at first, 5000 if absent. It grows when a higher one is watched. */
  readonly capacity?: number
  /** The clock, in milliseconds with fractions; it must not go back. `performance.now` if absent. */
  readonly now?: () => number
  /**
   * For how many microseconds a wait asks the driver again and again before it lets the thread sleep, 0 if absent. To
   * wake a thread that sleeps takes the system longer than many a peer on the same host takes to answer, and may take
   * more of the processor than a short wait that is awake; a longer one keeps a processor from others. Such a wait is
   * over by the clock, so `now` must not stand still.
   *
   * Seastar, on which Ceph's crimson-osd is built, has it as `--idle-poll-time-us`.
   */
  readonly idlePollMicros?: number
  /**
   * Called when there is work that no descriptor shows, so that a host which waits on `pollFd`, or on a timer of its
   * own, arranges for a call of `processEvents`: the first external event was queued, a timer was created that is
   * due before all others, or `wakeup` was called. Not called from inside `processEvents` or `close`, after which the
   * host looks at `hasExternalEvents` and `nextTimeEventMs` anyway. Not needed where a loop calls `processEvents`.
   */
  readonly onWakeup?: () => void
}

/**
 * One event loop: who is called when a descriptor is ready, when a time has come, and on the loop's next turn.
 *
 * All callbacks run inside `processEvents`, one at a time, on the thread that calls it. A callback that throws takes
 * nothing from the others: the rest of the pass runs, and then `processEvents` throws what was thrown, or an
 * `EventCallbacksError` with all of it if it was more than one thing.
 *
 * The driver belongs to the center from its construction on and is closed with it.
 *
 * Ceph: src/msg/async/Event.cc, EventCenter.
 * Differs from Ceph: other threads cannot call in, as a JavaScript object has one thread; they wake the loop through
 * `openWakeupFd` and `signalWakeup`. Pollers exist for user-space drivers only, and are left out; so is `submit_to`,
 * as work for another thread has to cross to it as a message.
 */
export class EventCenter {
  readonly #driver: EventDriver
  readonly #now: () => number
  readonly #onWakeup: (() => void) | undefined
  readonly #idlePollMs: number
  readonly #files: FileEventTable
  readonly #timers = new TimeEventQueue()
  readonly #externals = new ExternalEventQueue()
  readonly #thrown: unknown[] = []
  #wakeupFd: WakeupFd | undefined
  #state: 'open' | 'closing' | 'closed' = 'open'
  #processing = false

  constructor(driver: EventDriver, options: EventCenterOptions = {}) {
    const capacity = options.capacity ?? DEFAULT_CAPACITY
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_FILE_EVENTS) {
      throw new BadEventCenterOptionError('capacity', `an integer from 1 to ${MAX_FILE_EVENTS}`, capacity)
    }
    const idlePollMicros = options.idlePollMicros ?? 0
    if (!(idlePollMicros >= 0 && idlePollMicros < Infinity)) {
      throw new BadEventCenterOptionError('idlePollMicros', 'a number of at least 0', idlePollMicros)
    }
    this.#idlePollMs = idlePollMicros / 1000
    this.#driver = driver
    this.#now = options.now ?? (() => performance.now())
    this.#onWakeup = options.onWakeup
    this.#files = new FileEventTable(capacity)
  }

  /** The driver's descriptor that is readable when a file event waits; undefined if it has none. See `onWakeup`. */
  get pollFd(): number | undefined {
    return this.#driver.pollFd
  }

  /** How many descriptors are watched, without the center's own. */
  get fileEventCount(): number {
    return this.#files.count - (this.#wakeupFd === undefined ? 0 : 1)
  }

  /** How many timers wait. */
  get timeEventCount(): number {
    return this.#timers.count
  }

  /** Whether an external event waits for the next `processEvents`. */
  get hasExternalEvents(): boolean {
    return this.#externals.queuedCount > 0
  }

  /** Milliseconds from now until the first timer is due, 0 if it is overdue; undefined without timers. */
  get nextTimeEventMs(): number | undefined {
    const dueMs = this.#timers.firstDueMs
    return dueMs === undefined ? undefined : Math.max(0, dueMs - this.#now())
  }

  /**
   * Watches `fd` for the bits of `mask` in addition to what it is watched for, and makes `callback` the one that is
   * called for these bits, with the descriptor.
   *
   * Does nothing, **and keeps the callbacks there are**, if `mask` is exactly what the descriptor is watched for: to
   * give a descriptor a new callback, delete its event first. Delete it too before the descriptor is closed, since the
   * next one to be opened may get the same number.
   *
   * @throws FdOutOfRangeError, BadEventMaskError, EventCenterClosedError; a `PosixError` if the kernel refuses the
   * descriptor, and whatever else the driver throws. The descriptor is then watched for what it was before.
   *
   * Ceph: src/msg/async/Event.cc, EventCenter::create_file_event.
   */
  createFileEvent(fd: number, mask: number, callback: EventCallback): void {
    this.#assertOpen('createFileEvent')
    assertMask(mask)
    if (!Number.isInteger(fd) || fd < 0 || fd >= MAX_FILE_EVENTS) throw new FdOutOfRangeError(fd, MAX_FILE_EVENTS)

    if (fd >= this.#files.capacity) {
      const capacity = this.#files.capacityFor(fd)
      this.#driver.resizeEvents(capacity)
      this.#files.growTo(capacity)
    }
    const current = this.#files.maskOf(fd)
    if (current === mask) return
    this.#driver.addEvent(fd, current, mask)
    this.#files.add(fd, mask, callback)
  }

  /**
   * Stops watching `fd` for the bits of `mask` and forgets their callbacks. Ignored for bits that it is not watched
   * for, and after `close`. Takes effect at once: an event that has fired in this pass is not delivered any more.
   *
   * @throws BadEventMaskError; a `PosixError` if the descriptor has been closed too early. It is forgotten even then.
   *
   * Ceph: src/msg/async/Event.cc, EventCenter::delete_file_event.
   */
  deleteFileEvent(fd: number, mask: number): void {
    assertMask(mask)
    const current = this.#files.maskOf(fd)
    if ((current & mask) === 0) return
    this.#files.delete(fd, mask)
    this.#driver.delEvent(fd, current, mask)
  }

  /**
   * Calls `callback` with the timer's id once, `delayMs` from now or later; a delay below 0 counts as 0. Returns the
   * id: 1, 2, 3 and so on. Timers run in the order of the times at which they are due, and of creation when those are
   * equal. A timer that is created while timers run waits for the next pass, even without a delay.
   *
   * @throws BadDurationError for a delay that is not finite, EventCenterClosedError.
   *
   * Ceph: src/msg/async/Event.cc, EventCenter::create_time_event.
   */
  createTimeEvent(delayMs: number, callback: EventCallback): number {
    this.#assertOpen('createTimeEvent')
    if (!Number.isFinite(delayMs)) throw new BadDurationError('delayMs', 'a finite number of milliseconds', delayMs)
    const id = this.#timers.add(this.#now() + Math.max(0, delayMs), callback)
    if (this.#timers.isFirst(id)) this.#tellHost()
    return id
  }

  /** Deletes a timer. Ignored for one that has run, has been deleted or never was, and after `close`. */
  deleteTimeEvent(id: number): void {
    this.#timers.delete(id)
  }

  /**
   * Calls `callback` with 0 on the loop's next turn: in the next `processEvents`, which does not wait before, or in
   * the one after this when called from one of its external events. Ignored if the last event of the queue has the
   * same callback.
   *
   * @throws EventCenterClosedError.
   *
   * Ceph: src/msg/async/Event.cc, EventCenter::dispatch_event_external.
   */
  dispatchEventExternal(callback: EventCallback): void {
    this.#assertOpen('dispatchEventExternal')
    const wasEmpty = this.#externals.queuedCount === 0
    if (this.#externals.push(callback) && wasEmpty) this.#tellHost()
  }

  /**
   * A descriptor of this center that any thread may pass to `signalWakeup`, to end the wait of `processEvents`: this
   * one if it waits, else the next. Made by the first call, and closed with the center.
   *
   * @throws EventCenterClosedError; a `PosixError` if the process has no descriptor left.
   */
  openWakeupFd(): number {
    this.#assertOpen('openWakeupFd')
    if (this.#wakeupFd === undefined) {
      const opened = new WakeupFd()
      try {
        this.createFileEvent(opened.readFd, EVENT_READABLE, () => opened.drain())
      } catch (error) {
        opened.close()
        throw error
      }
      this.#wakeupFd = opened
    }
    return this.#wakeupFd.signalFd
  }

  /**
   * Makes the next `processEvents` return without a wait, and tells the host. Ignored after `close`.
   *
   * Ceph: src/msg/async/Event.cc, EventCenter::wakeup.
   */
  wakeup(): void {
    if (this.#state === 'closed') return
    signalWakeup(this.openWakeupFd())
    this.#tellHost()
  }

  /**
   * Waits for at most `timeoutMs`, which may be 0 and `Infinity`, and runs what has come: first the file events, a
   * descriptor's read callback before its write callback; then the timers that are due; then the external events that
   * were queued by then. Does not wait beyond the time of the first timer, nor at all if an external event is queued.
   * A file event that is ready for both, with one callback for both, is called once.
   *
   * Returns how many events there were, counting a descriptor once for each entry of the driver.
   *
   * @throws BadDurationError, EventCenterClosedError, EventCenterReentryError; whatever the driver's wait throws; and
   * what callbacks have thrown, after the pass.
   *
   * Ceph: src/msg/async/Event.cc, EventCenter::process_events.
   */
  processEvents(timeoutMs: number): number {
    if (this.#state === 'closed') throw new EventCenterClosedError('processEvents')
    if (this.#processing) throw new EventCenterReentryError()
    if (!(timeoutMs >= 0)) throw new BadDurationError('timeoutMs', 'at least 0 milliseconds', timeoutMs)

    this.#processing = true
    let handledCount: number
    try {
      const untilTimerMs = this.nextTimeEventMs
      const timerInReach = untilTimerMs !== undefined && untilTimerMs <= timeoutMs
      const waitMs = this.hasExternalEvents ? 0 : timerInReach ? untilTimerMs : timeoutMs
      handledCount = this.#wait(waitMs)
      this.#runFileEvents(handledCount)
      if (timerInReach) handledCount += this.#runTimeEvents()
      if (this.hasExternalEvents) handledCount += this.#runExternalEvents()
    } finally {
      this.#processing = false
    }
    if (this.#thrown.length > 0) this.#throwCollected()
    return handledCount
  }

  /**
   * Runs the external events that are queued, drops the timers without running them, and closes the driver and the
   * descriptor for wake-ups. Watched descriptors stay open. May be called by a callback, and more than once.
   *
   * Until it returns, the external events it runs may still delete file events, and queue external events that it
   * then runs too; what they watch or delay is dropped.
   *
   * @throws What the external events have thrown, EndlessExternalEventsError if they did not come to an end, and what
   * the driver throws; after everything has been closed. Called by a callback, it leaves that to the `processEvents`
   * around it.
   *
   * Ceph: src/msg/async/Event.cc, EventCenter::~EventCenter.
   */
  close(): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#runLastExternalEvents()
    this.#state = 'closed'
    this.#timers.clear()
    this.#files.clear()
    const wakeupFd = this.#wakeupFd
    this.#wakeupFd = undefined
    this.#call(() => this.#driver.close(), 0)
    this.#call(() => wakeupFd?.close(), 0)
    if (!this.#processing && this.#thrown.length > 0) this.#throwCollected()
  }

  /** The same as `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** Stays awake for the first part of the wait, if that is wanted. */
  #wait(waitMs: number): number {
    if (waitMs === 0 || this.#idlePollMs === 0) return this.#driver.eventWait(waitMs)
    const startMs = this.#now()
    const awakeMs = Math.min(waitMs, this.#idlePollMs)
    let pastMs: number
    do {
      const count = this.#driver.eventWait(0)
      if (count > 0) return count
      pastMs = this.#now() - startMs
    } while (pastMs < awakeMs)
    return this.#driver.eventWait(Math.max(0, waitMs - pastMs))
  }

  // A callback may delete, replace or add any event, so the table is asked again before each call. It has a callback
  // for exactly the bits of a descriptor's mask.
  #runFileEvents(firedCount: number): void {
    const fired = this.#driver.fired
    for (let i = 0; i < 2 * firedCount; i += 2) {
      const fd = fired[i] ?? -1
      const firedMask = fired[i + 1] ?? 0
      const reader = (firedMask & EVENT_READABLE) !== 0 ? this.#files.readCallbackOf(fd) : undefined
      if (reader !== undefined) this.#call(reader, fd)
      const writer = (firedMask & EVENT_WRITABLE) !== 0 ? this.#files.writeCallbackOf(fd) : undefined
      if (writer !== undefined && writer !== reader) this.#call(writer, fd)
    }
  }

  // Differs from Ceph: a timer that was made in this pass does not run in it. With a clock that stands still between
  // two readings, one that makes the next without a delay would keep the pass from ending.
  #runTimeEvents(): number {
    const nowMs = this.#now()
    const endId = this.#timers.nextId
    let count = 0
    for (;;) {
      const event = this.#timers.takeDue(nowMs, endId)
      if (event === undefined) return count
      count++
      this.#call(event.callback, event.id)
    }
  }

  #runExternalEvents(): number {
    const count = this.#externals.startPass()
    this.#finishExternalPass()
    return count
  }

  #finishExternalPass(): void {
    for (;;) {
      const callback = this.#externals.takeNext()
      if (callback === undefined) return
      this.#call(callback, 0)
    }
  }

  #runLastExternalEvents(): void {
    // Called by an external event, there is the rest of its pass, which came before anything that is queued.
    this.#finishExternalPass()
    for (let pass = 0; this.hasExternalEvents && pass < MAX_CLOSE_PASSES; pass++) this.#runExternalEvents()
    const droppedCount = this.#externals.clear()
    if (droppedCount > 0) this.#thrown.push(new EndlessExternalEventsError(MAX_CLOSE_PASSES, droppedCount))
  }

  #call(callback: EventCallback, fdOrId: number): void {
    try {
      callback(fdOrId)
    } catch (error) {
      this.#thrown.push(error)
    }
  }

  #throwCollected(): never {
    const thrown = this.#thrown.splice(0)
    const only = thrown.length === 1 ? thrown[0] : undefined
    throw only instanceof Error ? only : new EventCallbacksError(thrown)
  }

  #tellHost(): void {
    if (!this.#processing && this.#state === 'open') this.#onWakeup?.()
  }

  #assertOpen(method: string): void {
    if (this.#state === 'closed') throw new EventCenterClosedError(method)
  }
}

function assertMask(mask: number): void {
  if (mask !== EVENT_READABLE && mask !== EVENT_WRITABLE && mask !== (EVENT_READABLE | EVENT_WRITABLE)) {
    throw new BadEventMaskError(mask)
  }
}
