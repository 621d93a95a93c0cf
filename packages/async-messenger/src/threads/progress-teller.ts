import type { Timers } from '@msgr/messenger-core'
import type { Progress } from './progress.ts'

/** How long the messenger's thread may know no better of how far connections have come. */
const PROGRESS_DELAY_MS = 10

/** A connection of this thread. */
export interface ProgressingConnection {
  readonly id: number
  readonly isConnected: boolean
  /** Its session is closed, or lives on elsewhere. */
  readonly isOver: boolean
  readonly progress: Progress
  /** What the messenger's thread was told last. */
  wasConnected: boolean
  /** Something has changed that the messenger's thread was not told. */
  isDirty: boolean
}

/** The way to the messenger's thread: false if it has no room. */
export type SendProgress = (handle: number, progress: Progress) => boolean

/** Tells the messenger's thread how far connections have come: whether they are open at once, the rest a little later. */
export class ProgressTeller {
  readonly #send: SendProgress
  readonly #timers: Pick<Timers, 'after'>
  #dirty: ProgressingConnection[] = []
  #isOwed = false

  constructor(timers: Pick<Timers, 'after'>, send: SendProgress) {
    this.#timers = timers
    this.#send = send
  }

  progressed(connection: ProgressingConnection): void {
    if (connection.isConnected !== connection.wasConnected && this.#told(connection)) return
    if (connection.isDirty) return
    connection.isDirty = true
    this.#dirty.push(connection)
    if (this.#isOwed) return
    this.#isOwed = true
    this.#timers.after(PROGRESS_DELAY_MS, this.#tellAll)
  }

  readonly #tellAll = (): void => {
    this.#isOwed = false
    const dirty = this.#dirty
    this.#dirty = []
    for (const connection of dirty) {
      connection.isDirty = false
      if (connection.isOver) continue
      if (!this.#told(connection)) this.progressed(connection)
    }
  }

  #told(connection: ProgressingConnection): boolean {
    const { progress } = connection
    if (!this.#send(connection.id, progress)) return false
    connection.wasConnected = progress.isConnected
    return true
  }
}
