import { onTestFinished } from 'vitest'

/**
 * Asks again on every turn of the event loop, until it is so; for what nobody is told of. The test's own timeout ends
 * it: it rejects then, so that nothing goes on asking while other tests run.
 */
export async function until(isSo: () => boolean): Promise<void> {
  const over = new AbortController()
  onTestFinished(() => {
    over.abort(new Error(`the test was over before this was so: ${isSo.toString()}`))
  })
  while (!isSo()) {
    over.signal.throwIfAborted()
    await nextTurn()
  }
}

/** Resolves when the event loop has had a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
