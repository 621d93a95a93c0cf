import { checkResult, PosixError } from './errors.ts'
import { descriptorBinding, type TurnsHandle } from './native-binding.ts'
import { refuseForeignLoop } from './watch.ts'

/**
 * Called each time the event loop comes round. `timeoutMs` is for how long the loop would have waited: until its first
 * timer, `Infinity` without one, and 0 if it has something to do at once.
 */
export type TurnCallback = (timeoutMs: number) => void

/** A callback that has the thread between the turns of its event loop. */
export interface Turns {
  /** The callback is not called again, and the loop waits as before. Safe at any time, also in the callback, and twice. */
  close(): void
}

/**
 * The descriptor behind the event loop of the calling thread: readable when the loop has something to do. A thread that
 * waits elsewhere waits for it too, and lets the loop have its turn then. The loop's own: not to be closed, read, or
 * watched by the loop itself.
 *
 * Throws PosixError, and PosixUnavailableError on Bun and Deno, whose event loops are not libuv.
 */
export function eventLoopFd(): number {
  refuseForeignLoop(process.versions)
  return checkResult('uv_backend_fd', descriptorBinding().eventLoopFd())
}

/**
 * Calls `callback` each time the event loop of the calling thread comes round, followed by `process.nextTick` callbacks
 * and microtasks, as for any event of Node. What it throws becomes an uncaught exception, and the turns go on. The loop
 * does not wait for its descriptor in between: waiting is the callback's affair, and one that does not wait keeps the
 * thread busy. Of two that take turns on one thread, neither is told of any time. Keeps the thread alive until closed. A
 * worker that ends closes its turns.
 *
 * Throws PosixError, and PosixUnavailableError as `eventLoopFd` does.
 */
export function takeTurns(callback: TurnCallback): Turns {
  refuseForeignLoop(process.versions)
  const handle = descriptorBinding().takeTurns(callback)
  if (typeof handle === 'number') throw new PosixError('takeTurns', -handle)
  return new NativeTurns(handle)
}

class NativeTurns implements Turns {
  #handle: TurnsHandle | undefined

  constructor(handle: TurnsHandle) {
    this.#handle = handle
  }

  close(): void {
    if (this.#handle === undefined) return
    descriptorBinding().endTurns(this.#handle)
    this.#handle = undefined
  }
}
