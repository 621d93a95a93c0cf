import { checkResult } from './errors.ts'
import { descriptorBinding } from './native-binding.ts'
import { refuseForeignLoop } from './watch.ts'

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
 * How long the event loop of the calling thread would wait for its descriptor now, in milliseconds: until its first
 * timer, `Infinity` without one, and 0 if it has something to do at once, which `setImmediate` counts as.
 */
export function eventLoopTimeoutMs(): number {
  const timeoutMs = descriptorBinding().eventLoopTimeout()
  return timeoutMs < 0 ? Infinity : timeoutMs
}
