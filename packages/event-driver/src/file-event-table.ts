import { type EventCallback } from './event-callback.ts'
import { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE } from './event-driver.ts'

const GROWTH_FACTOR = 4

/** A descriptor is at most this less one: what Linux allows a process by default (`fs.nr_open`). */
export const MAX_FILE_EVENTS = 1_048_576

/**
 * What each descriptor is watched for and who is called, indexed by descriptor. Two arrays and a byte for each
 * descriptor, so that a look-up neither hashes nor allocates.
 *
 * Ceph: src/msg/async/Event.h, EventCenter::file_events.
 */
export class FileEventTable {
  #masks: Uint8Array
  readonly #readCallbacks: (EventCallback | undefined)[]
  readonly #writeCallbacks: (EventCallback | undefined)[]
  #count = 0

  constructor(capacity: number) {
    this.#masks = new Uint8Array(capacity)
    this.#readCallbacks = new Array<EventCallback | undefined>(capacity).fill(undefined)
    this.#writeCallbacks = new Array<EventCallback | undefined>(capacity).fill(undefined)
  }

  /** The descriptors from 0 to this less one have a place. */
  get capacity(): number {
    return this.#masks.length
  }

  /** How many descriptors are watched for anything. */
  get count(): number {
    return this.#count
  }

  /** What `fd` is watched for: `EVENT_NONE` also for a number that has no place in the table. */
  maskOf(fd: number): number {
    return this.#masks[fd] ?? EVENT_NONE
  }

  readCallbackOf(fd: number): EventCallback | undefined {
    return this.#readCallbacks[fd]
  }

  writeCallbackOf(fd: number): EventCallback | undefined {
    return this.#writeCallbacks[fd]
  }

  /** The capacity that the table has to grow to before `fd` has a place in it: four times what it is, or more. */
  capacityFor(fd: number): number {
    let capacity = this.capacity
    while (fd >= capacity) capacity *= GROWTH_FACTOR
    return Math.min(capacity, MAX_FILE_EVENTS)
  }

  /** Makes room for the descriptors below `capacity`. */
  growTo(capacity: number): void {
    const masks = new Uint8Array(capacity)
    masks.set(this.#masks)
    this.#masks = masks
    for (let fd = this.#readCallbacks.length; fd < capacity; fd++) {
      this.#readCallbacks.push(undefined)
      this.#writeCallbacks.push(undefined)
    }
  }

  /** Adds the bits of `mask`, and makes `callback` the one called for each of them. */
  add(fd: number, mask: number, callback: EventCallback): void {
    const current = this.maskOf(fd)
    if (current === EVENT_NONE) this.#count++
    this.#masks[fd] = current | mask
    if ((mask & EVENT_READABLE) !== 0) this.#readCallbacks[fd] = callback
    if ((mask & EVENT_WRITABLE) !== 0) this.#writeCallbacks[fd] = callback
  }

  /** Removes the bits of `mask` and forgets their callbacks. */
  delete(fd: number, mask: number): void {
    const current = this.maskOf(fd)
    const left = current & ~mask
    if (current !== EVENT_NONE && left === EVENT_NONE) this.#count--
    this.#masks[fd] = left
    if ((mask & EVENT_READABLE) !== 0) this.#readCallbacks[fd] = undefined
    if ((mask & EVENT_WRITABLE) !== 0) this.#writeCallbacks[fd] = undefined
  }

  /** Forgets everything. The capacity stays. */
  clear(): void {
    this.#masks.fill(EVENT_NONE)
    this.#readCallbacks.fill(undefined)
    this.#writeCallbacks.fill(undefined)
    this.#count = 0
  }
}
