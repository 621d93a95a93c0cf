/** No event: what a descriptor that is not watched has. */
export const EVENT_NONE = 0
/** A read, or an accept, would not block. Also set when reading would report an error or the end of the stream. */
export const EVENT_READABLE = 1
/** A write would not block, or a connect has ended. Also set when writing would report an error. */
export const EVENT_WRITABLE = 2

/**
 * Waits for descriptors. A driver translates masks and nothing else: which descriptor has which mask, and who is
 * called, is known to the `EventCenter`, which passes the current mask to every call.
 *
 * Every driver is level triggered: an entry comes back from each wait for as long as the condition holds. Masks are
 * bit sets of `EVENT_READABLE` and `EVENT_WRITABLE`. A system call that fails for another reason than an interrupt
 * throws a `PosixError`.
 *
 * Ceph: src/msg/async/Event.h, EventDriver.
 * Differs from Ceph: its epoll and kqueue drivers are edge triggered and its select driver is not, so that a handler
 * has to read until EAGAIN in case it runs on the former. With one rule for all, one `recv` for each wake-up is
 * enough, and a set that is itself watched, by libuv through `pollFd`, stays readable for as long as anything in it
 * is ready. The constructor takes the place of `init`, and errors are thrown instead of returned.
 */
export interface EventDriver {
  /** What kind of driver this is, for logs: `'epoll'`, `'kqueue'` or `'select'`. */
  readonly name: string

  /**
   * A descriptor that is readable whenever a wait would return at once, so that another loop can watch the whole set;
   * undefined where the kernel has no such thing. It is the driver's: watch it, but neither read nor close it.
   */
  readonly pollFd: number | undefined

  /**
   * What the latest `eventWait` found, as pairs `[fd, mask]`, of which only the first `eventWait` result are valid.
   * It belongs to the driver and is overwritten by the next wait. A mask may hold bits that were not asked for, as
   * an error counts as both, and a descriptor may come in more than one pair.
   */
  readonly fired: Int32Array

  /** Watches `fd` for the bits of `mask` in addition to `currentMask`, which is what it is watched for now. */
  addEvent(fd: number, currentMask: number, mask: number): void

  /** Stops watching `fd` for the bits of `delMask`; those of `currentMask` that are left stay watched. */
  delEvent(fd: number, currentMask: number, delMask: number): void

  /**
   * Blocks until something is ready, and returns the number of pairs in `fired`: 0 when the time has passed or a
   * signal has interrupted the wait.
   *
   * `timeoutMs` is at least 0, may have a fraction, and may be `Infinity` for a wait without an end.
   */
  eventWait(timeoutMs: number): number

  /** Told before a descriptor is watched that is not below the number given so far: there may now be `capacity`. */
  resizeEvents(capacity: number): void

  /** Gives back what the driver holds in the kernel. The watched descriptors stay open. May be called twice. */
  close(): void
}
