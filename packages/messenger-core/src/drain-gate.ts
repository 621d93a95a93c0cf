/** Producers that wait until there is room in a queue. */
export class DrainGate {
  readonly #waiting = new Set<() => void>()

  /** True if somebody waits: only then is it worth looking whether there is room. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0
  }

  /** Resolves with the next `open`; rejects with the signal's reason. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = withResolvers()
    const abort = (): void => {
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.#waiting.add(resolve)
    try {
      await promise
    } finally {
      this.#waiting.delete(resolve)
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Lets go of all who wait. */
  open(): void {
    for (const resolve of this.#waiting) resolve()
  }
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve!: () => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<void>((resolveIt, rejectIt) => {
    resolve = resolveIt
    reject = rejectIt
  })
  return { promise, resolve, reject }
}
