import type { EventDriverName } from '@msgr/event-driver'
import { MessengerError } from '@msgr/messenger-core'
import { InlineWorker } from './inline-worker.ts'

/** The most workers one messenger may have. Ceph: src/msg/async/Event.h, MAX_EVENTCENTER */
const MAX_WORKERS = 24

/** The workers of one messenger. Ceph: src/msg/async/Stack.h, NetworkStack; WorkerPool in earlier releases */
export class WorkerPool {
  readonly #workers: readonly InlineWorker[]

  /** Throws `MessengerError` for a count that is not from 1 to 24. `idlePollMicros`: as the messenger's option. */
  constructor(count: number, driver?: EventDriverName, idlePollMicros?: number) {
    if (!Number.isInteger(count) || count < 1 || count > MAX_WORKERS) {
      throw new MessengerError('ERR_MSGR_OPTION', `workers: expected an integer from 1 to ${MAX_WORKERS}, got ${count}`)
    }
    this.#workers = Array.from({ length: count }, () => new InlineWorker(driver, idlePollMicros))
  }

  /** The worker with the fewest sockets; the first of several. */
  getWorker(): InlineWorker {
    return this.#workers.reduce((least, worker) => (worker.references < least.references ? worker : least))
  }

  /** How many sockets live on each. */
  get references(): readonly number[] {
    return this.#workers.map((worker) => worker.references)
  }

  /** Lets the process end although sockets live here; `ref` takes it back. */
  unref(): void {
    for (const worker of this.#workers) worker.setKeepsAlive(false)
  }

  ref(): void {
    for (const worker of this.#workers) worker.setKeepsAlive(true)
  }

  close(): void {
    for (const worker of this.#workers) worker.close()
  }
}
