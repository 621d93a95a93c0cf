/** Producers that wait until there is room in a queue again: until at most half of what it may hold is taken up. */
export class DrainGate {
  readonly #maxBytes: number
  readonly #queuedBytes: () => number
  readonly #waiting = new Set<() => void>()

  /** `queuedBytes` tells how full the queue is. */
  constructor(maxBytes: number, queuedBytes: () => number) {
    this.#maxBytes = maxBytes
    this.#queuedBytes = queuedBytes
  }

  /** Resolves when there is room, at once if there is; rejects with the signal's reason. */
  async drained(signal: AbortSignal | undefined): Promise<void> {
    if (this.#hasRoom) return
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

  /** The queue may have become shorter. Costs next to nothing while nobody waits. */
  update(): void {
    if (this.#waiting.size === 0 || !this.#hasRoom) return
    for (const resolve of this.#waiting) resolve()
  }

  get #hasRoom(): boolean {
    return this.#queuedBytes() <= this.#maxBytes / 2
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
