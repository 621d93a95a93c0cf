import { type EventCallback } from './event-callback.ts'

/**
 * External events in the order in which they came, run in passes: what comes during a pass waits for the next one, so
 * that an event which queues itself again cannot keep files and timers from their turn.
 *
 * Ceph: src/msg/async/Event.h, EventCenter::external_events.
 */
export class ExternalEventQueue {
  #queued: EventCallback[] = []
  #inPass: EventCallback[] = []
  #nextInPass = 0

  /** How many events wait for the next pass. */
  get queuedCount(): number {
    return this.#queued.length
  }

  /**
   * Queues an event for the next pass. Returns false, and queues nothing, if the event queued last has the same
   * callback: it will run after whatever the caller has just done, which is all that a second run could achieve.
   */
  push(callback: EventCallback): boolean {
    if (this.#queued.at(-1) === callback) return false
    this.#queued.push(callback)
    return true
  }

  /** Makes what has been queued the pass that `takeNext` gives out, and returns its length. The last one must be over. */
  startPass(): number {
    const emptied = this.#inPass
    this.#inPass = this.#queued
    this.#queued = emptied
    return this.#inPass.length
  }

  /** Takes the next event of the pass, or returns undefined when the pass is over. */
  takeNext(): EventCallback | undefined {
    if (this.#nextInPass < this.#inPass.length) return this.#inPass[this.#nextInPass++]
    this.#inPass.length = 0
    this.#nextInPass = 0
    return undefined
  }

  /** Drops the events that wait for the next pass, and returns how many. */
  clear(): number {
    return this.#queued.splice(0).length
  }
}
