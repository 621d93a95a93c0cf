import { Worker } from 'node:worker_threads'
import { CurrentInput } from './current-input.ts'
import { FuzzError } from './errors.ts'
import { failureKey } from './judge.ts'
import type { LaneJob, LaneResult } from './lane-message.ts'

const LOOK_EVERY_MS = 500

export interface ThreadPoolOptions {
  /** The module that runs lanes. */
  readonly module: URL
  readonly threads: number
  /** How long one input may take before it is said to hang. */
  readonly hangSeconds: number
  /** What may be on a thread's heap. More ends the thread, which is a finding of its own. */
  readonly maxHeapMib: number
}

/** Runs jobs on threads of its own, as many at a time as there are threads. A thread that hangs or dies is replaced. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions

  constructor(options: ThreadPoolOptions) {
    this.#options = options
  }

  /** Runs all jobs, and tells `done` of each as it ends. */
  async run(jobs: readonly LaneJob[], done: (result: LaneResult) => void): Promise<void> {
    const waiting = [...jobs]
    const threads = Math.min(this.#options.threads, jobs.length)
    await Promise.all(Array.from({ length: threads }, () => this.#work(waiting, done)))
  }

  async #work(waiting: LaneJob[], done: (result: LaneResult) => void): Promise<void> {
    let thread = new LaneThread(this.#options)
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const result = await thread.run(job)
      if (!thread.isAlive) thread = new LaneThread(this.#options)
      done(result)
    }
    await thread.stop()
  }
}

/** One thread, which does one job at a time. */
class LaneThread {
  readonly #current = new CurrentInput()
  readonly #worker: Worker
  readonly #hangSeconds: number
  #finish: (result: LaneResult | Error) => void = () => undefined
  isAlive = true

  constructor({ module, hangSeconds, maxHeapMib }: ThreadPoolOptions) {
    this.#hangSeconds = hangSeconds
    this.#worker = new Worker(module, {
      workerData: this.#current.memory,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMib },
    })
    this.#worker.on('message', (result: LaneResult) => {
      this.#finish(result)
    })
    this.#worker.on('error', (error: unknown) => {
      this.isAlive = false
      this.#finish(error instanceof Error ? error : new Error(String(error)))
    })
  }

  run(job: LaneJob): Promise<LaneResult> {
    const countBefore = this.#current.count
    return new Promise((resolve) => {
      const watch = this.#watch(() => {
        this.#finish(new FuzzError('ERR_FUZZ_HANG', `no end within ${this.#hangSeconds} s`))
        void this.stop()
      })
      this.#finish = (result) => {
        clearInterval(watch)
        this.#finish = () => undefined
        resolve(result instanceof Error ? this.#lost(job, this.#current.count - countBefore, result) : result)
      }
      this.#worker.postMessage(job)
    })
  }

  async stop(): Promise<void> {
    this.isAlive = false
    await this.#worker.terminate()
  }

  /** Calls `hangs` once the thread has been busy with one input for too long. */
  #watch(hangs: () => void): NodeJS.Timeout {
    let lastCount = this.#current.count
    let lastChangeMs = performance.now()
    return setInterval(() => {
      const { count } = this.#current
      if (count !== lastCount) lastChangeMs = performance.now()
      lastCount = count
      if (performance.now() - lastChangeMs > this.#hangSeconds * 1000) hangs()
    }, LOOK_EVERY_MS)
  }

  /** The job ends with the thread, in the input it was busy with. */
  #lost(job: LaneJob, inputs: number, error: Error): LaneResult {
    const failure = { bytes: this.#current.bytes, error: error.stack ?? String(error), key: failureKey(error) }
    return { job, figures: { inputs, signatures: 0, maxAllocatedBytes: 0 }, signatures: [], seconds: 0, failure }
  }
}
