import { EVENT_READABLE } from '@msgr/event-driver'
import type { MessengerOptions } from '@msgr/messenger-core'
import { eventfdRead } from '@msgr/posix'
import { Worker } from '../worker.ts'
import type { FdLedger } from './fd-ledger.ts'
import type { ReadMemory } from './read-memory.ts'
import type { ThreadSettings } from './thread-settings.ts'

/** What of a thread's settings its worker is made from. */
export interface ThreadWorkerSettings extends Pick<ThreadSettings, 'driver' | 'wakeFd'> {
  readonly options: Pick<MessengerOptions, 'idlePollMicros'>
}

/** A worker whose thread does nothing but run it: see `runWorker`. */
export class ThreadWorker extends Worker {
  /** Ends the wait of this worker, from any thread. */
  readonly wakeFd: number
  /** What its sockets read into. */
  readonly memory: ReadMemory
  readonly #ledger: FdLedger
  #isDirty = false

  constructor({ driver, wakeFd, options }: ThreadWorkerSettings, ledger: FdLedger, memory: ReadMemory) {
    super(driver, memory.take, options.idlePollMicros)
    this.memory = memory
    this.#ledger = ledger
    this.wakeFd = wakeFd
    this.center.createFileEvent(wakeFd, EVENT_READABLE, eventfdRead)
    const { pollFd } = this.center
    if (pollFd !== undefined) ledger.enter(pollFd)
  }

  override close(): void {
    const { pollFd } = this.center
    if (pollFd !== undefined) this.#ledger.strike(pollFd)
    super.close()
  }

  /** Writes all that this turn has left to write. */
  endTurn(): void {
    while (this.#isDirty) {
      this.#isDirty = false
      this.writeDirty()
    }
  }

  protected override wokenUp(): void {
    // What asks for a turn is on this thread, whose next turn comes anyway.
  }

  protected override becameBusy(): void {
    // The thread is there for as long as its messenger wants it.
  }

  protected override turnBecameDirty(): void {
    this.#isDirty = true
  }

  protected override took(fd: number): void {
    this.#ledger.enter(fd)
  }

  protected override closes(fd: number): void {
    this.#ledger.strike(fd)
  }
}
