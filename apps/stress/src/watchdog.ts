/** How often it looks. */
const LOOK_EVERY_MS = 250

/** Barks when a number has not changed for too long. */
export class Watchdog {
  /** Resolves when it barks. */
  readonly barked: Promise<void>
  readonly #timer: NodeJS.Timeout

  constructor(patienceMs: number, progress: () => number, now: () => number = () => performance.now()) {
    let last = progress()
    let lastMs = now()
    let bark: () => void = () => undefined
    this.barked = new Promise((resolve) => {
      bark = resolve
    })
    this.#timer = setInterval(() => {
      const present = progress()
      if (present !== last) {
        last = present
        lastMs = now()
      } else if (now() - lastMs >= patienceMs) {
        this.stop()
        bark()
      }
    }, LOOK_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
