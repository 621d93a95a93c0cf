import { EVENT_READABLE, type EventDriverName } from '@msgr/event-driver'
import { eventfdRead } from '@msgr/posix'
import { Worker } from '../worker.ts'
import type { FdLedger } from './fd-ledger.ts'

/** A worker whose thread does nothing but run it: see `runWorker`. */
export class ThreadWorker extends Worker {
  /** Ends the wait of this worker, from any thread. */
  readonly wakeFd: number
  readonly #ledger: FdLedger
  #isDirty = false

  /** `allocate`: memory to read into. */
  constructor(
    driver: EventDriverName | undefined,
    wakeFd: number,
    ledger: FdLedger,
    allocate: (length: number) => Uint8Array,
  ) {
    super(driver, allocate)
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
