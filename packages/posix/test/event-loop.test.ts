import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { eventLoopFd, eventLoopTimeoutMs, select } from '../src/index.ts'

const NO_FDS = new Int32Array(0)

/** Whether the loop's descriptor is readable within `timeoutMs`, while this thread waits there and not in the loop. */
function becomesReadable(timeoutMs: number): boolean {
  return select(Int32Array.of(eventLoopFd()), NO_FDS, new Int32Array(2), timeoutMs) === 1
}

test('what the loop waits for makes its descriptor readable', async () => {
  const { port1, port2 } = new MessageChannel()
  const received = new Promise((resolve) => {
    port2.once('message', resolve)
  })
  port1.postMessage('hello')
  expect(becomesReadable(60_000)).toBe(true)
  expect(await received).toBe('hello')
  port1.close()
})

test('a loop with something to do at once has no time to wait', () => {
  const immediate = setImmediate(() => undefined)
  expect(eventLoopTimeoutMs()).toBe(0)
  clearImmediate(immediate)
})

test('a loop waits no longer than until its first timer', async () => {
  // In a callback of the loop, so that nothing that began before is left to do at once.
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
  const timer = setTimeout(() => undefined, 20)
  expect(eventLoopTimeoutMs()).toBeLessThanOrEqual(20)
  clearTimeout(timer)
})
