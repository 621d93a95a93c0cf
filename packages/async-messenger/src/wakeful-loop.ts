/**
 * Keeps the caller's event loop from sleeping for a while after there was work: with something to do on its next turn,
 * libuv asks the kernel what is ready, and does not wait.
 */
export class WakefulLoop {
  readonly #awakeMs: number
  readonly #now: () => number
  #untilMs = 0
  #immediate: NodeJS.Immediate | undefined

  /** `now`: monotonic milliseconds. */
  constructor(awakeMicros: number, now: () => number = () => performance.now()) {
    this.#awakeMs = awakeMicros / 1000
    this.#now = now
  }

  /** True while the loop is kept from sleeping, and the process from ending. */
  get isAwake(): boolean {
    return this.#immediate !== undefined
  }

  /** There was work, or an answer may come soon: the while begins anew. */
  stay(): void {
    if (this.#awakeMs === 0) return
    this.#untilMs = this.#now() + this.#awakeMs
    this.#immediate ??= setImmediate(this.#turn)
  }

  stop(): void {
    clearImmediate(this.#immediate)
    this.#immediate = undefined
  }

  readonly #turn = (): void => {
    this.#immediate = this.#now() < this.#untilMs ? setImmediate(this.#turn) : undefined
  }
}
