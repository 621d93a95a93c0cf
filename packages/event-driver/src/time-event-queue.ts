import { type EventCallback } from './event-callback.ts'

/** One timer. `id` also tells which of two timers was made first. */
export interface TimeEvent {
  readonly id: number
  readonly dueMs: number
  readonly callback: EventCallback
  /** Where it stands in the heap, so that it can be deleted without a search. */
  heapIndex: number
}

/**
 * Timers ordered by the time at which they are due, and by creation when that is the same.
 *
 * A binary heap in an array, the children of `i` at `2 * i + 1` and `2 * i + 2`, and an index by id: adding, deleting
 * and taking the first cost O(log n), and a deleted timer leaves nothing behind.
 *
 * Ceph: src/msg/async/Event.h, EventCenter::time_events and event_map.
 */
export class TimeEventQueue {
  readonly #heap: TimeEvent[] = []
  readonly #byId = new Map<number, TimeEvent>()
  #nextId = 1

  /** How many timers wait. */
  get count(): number {
    return this.#heap.length
  }

  /** The id that the next timer will get: every timer that exists has a lower one. */
  get nextId(): number {
    return this.#nextId
  }

  /** When the first timer is due, on the caller's clock; undefined without timers. */
  get firstDueMs(): number | undefined {
    return this.#heap[0]?.dueMs
  }

  /** Adds a timer and returns its id: 1, 2, 3 and so on. */
  add(dueMs: number, callback: EventCallback): number {
    const event: TimeEvent = { id: this.#nextId++, dueMs, callback, heapIndex: this.#heap.length }
    this.#heap.push(event)
    this.#byId.set(event.id, event)
    this.#siftUp(event)
    return event.id
  }

  /** True if the timer of this id would be the first to be taken. */
  isFirst(id: number): boolean {
    return this.#heap[0]?.id === id
  }

  /** Deletes a timer; false if there is none of this id, or none any more. */
  delete(id: number): boolean {
    const event = this.#byId.get(id)
    if (event === undefined) return false
    this.#remove(event)
    return true
  }

  /** Takes the first timer out if it is due at `nowMs` and its id is below `endId`. */
  takeDue(nowMs: number, endId: number): TimeEvent | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.dueMs > nowMs || first.id >= endId) return undefined
    this.#remove(first)
    return first
  }

  /** Deletes all timers. Their ids are not given again. */
  clear(): void {
    this.#heap.length = 0
    this.#byId.clear()
  }

  #remove(event: TimeEvent): void {
    this.#byId.delete(event.id)
    const last = this.#heap.pop()
    if (last === undefined || last === event) return
    this.#place(last, event.heapIndex)
    this.#siftUp(last)
    this.#siftDown(last)
  }

  #siftUp(event: TimeEvent): void {
    let index = event.heapIndex
    while (index > 0) {
      const parent = this.#heap[(index - 1) >> 1]
      if (parent === undefined || isBefore(parent, event)) break
      const parentIndex = parent.heapIndex
      this.#place(parent, index)
      index = parentIndex
    }
    this.#place(event, index)
  }

  #siftDown(event: TimeEvent): void {
    let index = event.heapIndex
    for (;;) {
      const left = this.#heap[2 * index + 1]
      const right = this.#heap[2 * index + 2]
      if (left === undefined) break
      const child = right !== undefined && isBefore(right, left) ? right : left
      if (isBefore(event, child)) break
      const childIndex = child.heapIndex
      this.#place(child, index)
      index = childIndex
    }
    this.#place(event, index)
  }

  #place(event: TimeEvent, index: number): void {
    this.#heap[index] = event
    event.heapIndex = index
  }
}

function isBefore(a: TimeEvent, b: TimeEvent): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.id < b.id)
}
