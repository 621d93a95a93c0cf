/**
 * What a queue of operations offers, whatever rule it follows, so that another rule can take its place.
 *
 * `T` is an item. `K` is its class: the client or connection on whose behalf it is queued. Priorities and costs are
 * unsigned 32-bit integers; a larger priority is more urgent.
 *
 * Ceph: src/common/OpQueue.h, OpQueue
 */
export interface OpQueue<T, K = number> {
  /** The name of the rule, for logs and dumps. */
  readonly name: string
  /** How many items are queued. */
  readonly length: number
  readonly isEmpty: boolean

  /** Queues an item that goes before everything that is not strict, and after strict items of a higher priority. */
  enqueueStrict(key: K, priority: number, item: T): void
  /** The same, but ahead of what its own key has waiting at this priority. */
  enqueueStrictFront(key: K, priority: number, item: T): void
  /** Queues an item that shares what the strict ones leave, by priority and cost. */
  enqueue(key: K, priority: number, cost: number, item: T): void
  /** The same, but ahead of what its own key has waiting at this priority. */
  enqueueFront(key: K, priority: number, cost: number, item: T): void
  /** Takes the next item. Throws if there is none: ask `isEmpty` first. */
  dequeue(): T

  /**
   * Removes all items of one key and returns how many there were. If `out` is given they are put at its head, in the
   * order in which they would have been served within each priority.
   */
  removeByClass(key: K, out?: T[]): number
  /** Removes the items for which `predicate` is true and returns how many there were; `out` as in `removeByClass`. */
  removeByFilter(predicate: (item: T) => boolean, out?: T[]): number

  /** A plain object that describes the state, for a log or an admin command. Its shape is the rule's own. */
  dump(): object
}
