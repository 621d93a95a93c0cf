/** `dequeue` was called on a queue that holds nothing. Ask `isEmpty` first. */
export class EmptyQueueError extends Error {
  override readonly name = 'EmptyQueueError'
  readonly code = 'ERR_MSGR_QUEUE_EMPTY'

  constructor() {
    super('dequeue: expected at least one item in the queue, got an empty queue')
  }
}

/** A priority, a cost, a limit or a key that the queue cannot work with. Nothing was changed by the call. */
export class QueueArgumentError extends RangeError {
  override readonly name = 'QueueArgumentError'
  readonly code = 'ERR_MSGR_QUEUE_ARGUMENT'
  /** Which argument it was, for example `'priority'`. */
  readonly argument: string
  /** What came instead of a usable value. */
  readonly value: unknown

  constructor(argument: string, expected: string, value: unknown) {
    super(`${argument}: expected ${expected}, got ${String(value)}`)
    this.argument = argument
    this.value = value
  }
}
