interface Task {
  readonly atMs: number
  readonly run: () => void
}

/** Time that passes only when told to, and what is to happen in it. Equal times run in the order they were asked for. */
export class VirtualClock {
  nowMs = 0
  #tasks: Task[] = []
  #mayRun: number

  /** `maxTasks`: how many may run before something is taken to go on for ever. */
  constructor(options: { readonly maxTasks?: number } = {}) {
    this.#mayRun = options.maxTasks ?? Infinity
  }

  get taskCount(): number {
    return this.#tasks.length
  }

  /** Returns a function that takes it back. */
  after(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.nowMs + delayMs, run }
    let at = this.#tasks.length
    while (at > 0 && this.#tasks[at - 1]!.atMs > task.atMs) at--
    this.#tasks.splice(at, 0, task)
    return () => {
      const index = this.#tasks.indexOf(task)
      if (index >= 0) this.#tasks.splice(index, 1)
    }
  }

  /** Lets time pass, with all that is due in it. */
  advance(ms: number): void {
    const endMs = this.nowMs + ms
    for (let next = this.#tasks[0]; next !== undefined && next.atMs <= endMs; next = this.#tasks[0]) {
      if (--this.#mayRun < 0) throw new Error('more tasks have run than a story of this length can have')
      this.#tasks.shift()
      this.nowMs = next.atMs
      next.run()
    }
    this.nowMs = endMs
  }
}
