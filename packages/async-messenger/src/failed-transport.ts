import { EntityAddr } from '@msgr/message'
import type { Transport, TransportOwner } from '@msgr/messenger-core'

/** Stands for a socket that could not even begin to connect: tells its owner so, later, as a real one would. */
export class FailedTransport implements Transport {
  readonly remoteAddr: EntityAddr = EntityAddr.none
  #owner: TransportOwner | undefined

  /** `later` calls back once the present turn is over. */
  constructor(error: Error, later: (run: () => void) => void) {
    later(() => {
      const owner = this.#owner
      this.#owner = undefined
      owner?.onTransportClosed(error)
    })
  }

  setOwner(owner: TransportOwner): void {
    this.#owner = owner
  }

  close(): void {
    this.#owner = undefined
  }

  flush(): void {
    // Nothing can be written.
  }

  pauseReading(): void {
    // Nothing comes.
  }

  resumeReading(): void {
    // Nothing comes.
  }
}
