/** Turns without work after which the pace slackens, and the waits between turns then. */
const BUSY_TURNS = 200
const LEAST_WAIT_MS = 1
const MOST_WAIT_MS = 8

/**
 * When to ask a driver that no one can wait for. While there is work it is asked on every turn of the event loop, and
 * for a while after; then after waits that grow to a limit, which bounds both the cost of idling and the delay of what
 * comes next.
 */
export class SelectPace {
  readonly #run: () => number
  readonly #isAwake: () => boolean
  #isStarted = false
  #idleTurns = 0
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #keepsAlive = true

  /** `run` asks the driver, and returns how much it found. `isAwake`: true counts as work. */
  constructor(run: () => number, isAwake: () => boolean = () => false) {
    this.#run = run
    this.#isAwake = isAwake
  }

  /** Whether the process stays alive while the driver is asked. */
  setKeepsAlive(keepsAlive: boolean): void {
    this.#keepsAlive = keepsAlive
    if (!this.#isScheduled()) return
    this.stop()
    this.start()
  }

  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    this.hurry()
  }

  stop(): void {
    this.#isStarted = false
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#immediate = this.#timer = undefined
  }

  /** Work is expected: asks on the next turn, and then for a while on every one. */
  hurry(): void {
    if (!this.#isStarted) return
    this.#idleTurns = 0
    if (this.#immediate !== undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#askNext()
  }

  readonly #turn = (): void => {
    this.#immediate = this.#timer = undefined
    const found = this.#run()
    if (!this.#isStarted) return
    this.#idleTurns = found > 0 || this.#isAwake() ? 0 : this.#idleTurns + 1
    if (this.#isScheduled()) return // the turn has asked for the next one
    if (this.#idleTurns < BUSY_TURNS) {
      this.#askNext()
      return
    }
    const doublings = Math.min(this.#idleTurns - BUSY_TURNS, 10)
    this.#timer = setTimeout(this.#turn, Math.min(LEAST_WAIT_MS * 2 ** doublings, MOST_WAIT_MS))
    if (!this.#keepsAlive) this.#timer.unref()
  }

  #askNext(): void {
    this.#immediate = setImmediate(this.#turn)
    if (!this.#keepsAlive) this.#immediate.unref()
  }

  #isScheduled(): boolean {
    return this.#immediate !== undefined || this.#timer !== undefined
  }
}
