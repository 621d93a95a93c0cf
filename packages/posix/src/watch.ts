import { PosixError, PosixUnavailableError } from './errors.ts'
import { descriptorBinding, type WatchHandle } from './native-binding.ts'

const FOREIGN_LOOPS = [
  ['bun', 'Bun'],
  ['deno', 'Deno'],
] as const

/**
 * Called while the descriptor is readable, each time the event loop comes round: 0. Or a negated errno, when the
 * descriptor can no longer be watched; then not again.
 */
export type WatchCallback = (status: number) => void

/** A descriptor that the event loop waits for. It keeps the process alive until closed or unrefed. */
export interface Watch {
  /** True until `close`. */
  readonly isOpen: boolean
  /** Stops. The callback is not called again, not even if it was due. Safe at any time, also in the callback, and twice. */
  close(): void
  /** Keeps the process alive while open: the default. */
  ref(): void
  /** Lets the process end although this is open. */
  unref(): void
}

/**
 * Calls `callback` from Node's own event loop while `fd` is readable (level triggered), followed by `process.nextTick`
 * callbacks and microtasks, as for any event of Node. What it throws becomes an uncaught exception. Made for the
 * descriptor of an epoll set, so that one wait serves the whole set. Close the watch before the descriptor. Sets the
 * descriptor non-blocking. A worker that ends closes its watches.
 *
 * Throws PosixError: EEXIST if the loop watches this descriptor already, EPERM for a file. Throws PosixUnavailableError
 * on Bun and Deno, whose event loops are not libuv.
 */
export function watch(fd: number, callback: WatchCallback): Watch {
  refuseForeignLoop(process.versions)
  const handle = descriptorBinding().watch(fd, callback)
  if (typeof handle === 'number') throw new PosixError('watch', -handle, `descriptor ${fd}`)
  return new NativeWatch(handle)
}

/**
 * Throws on a runtime that only imitates libuv. It has to be noticed before libuv is asked for anything: Bun 1.4 aborts
 * the process then, and Deno 2.9 reports a descriptor once and never again.
 */
export function refuseForeignLoop(versions: Readonly<Record<string, string | undefined>>): void {
  for (const [key, name] of FOREIGN_LOOPS) {
    const version = versions[key]
    if (version === undefined) continue
    throw new PosixUnavailableError(
      `watch(), takeTurns() and eventLoopFd() need Node's event loop, libuv; this is ${name} ${version}. Everything else ` +
        'of @msgr/posix works here. Of the messengers use @msgr/simple-messenger, which needs none of this.',
    )
  }
}

class NativeWatch implements Watch {
  #handle: WatchHandle | undefined

  constructor(handle: WatchHandle) {
    this.#handle = handle
  }

  get isOpen(): boolean {
    return this.#handle !== undefined
  }

  close(): void {
    if (this.#handle === undefined) return
    descriptorBinding().watchClose(this.#handle)
    this.#handle = undefined
  }

  ref(): void {
    if (this.#handle !== undefined) descriptorBinding().watchSetRef(this.#handle, true)
  }

  unref(): void {
    if (this.#handle !== undefined) descriptorBinding().watchSetRef(this.#handle, false)
  }
}
