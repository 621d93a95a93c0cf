import type { Message } from '@msgr/message'
import { Fifo } from './fifo.ts'

/** What a queued message weighs besides its bytes: about what its object and its place in the queue take up. */
export const MESSAGE_OVERHEAD_BYTES = 512

/** Bytes that a message takes up while it is queued: its payload, as far as it is encoded, and an allowance for the rest. */
export function weighMessage(message: Message): number {
  return MESSAGE_OVERHEAD_BYTES + message.frontLength + message.middleLength + message.dataLength
}

/** So many messages, or bytes, are worth a write of their own: with fewer, calls of the kernel outweigh what is won. */
const WRITE_COUNT = 8
const WRITE_BYTES = 64 * 1024

interface Level {
  readonly priority: number
  readonly messages: Fifo<Message>
}

/**
 * What a session still has to deliver, in three parts:
 *
 *     acked, forgotten │ sent, not acked │ to be sent again │ never sent, by priority
 *                      └──────────── numbered: #firstSeq … outSeq ──┘
 *
 * A message gets its number when it is first taken, and keeps it: a fault only moves the border between `sent` and
 * `to be sent again`. Ceph numbers anew instead, from a counter it turns back by as many messages as it requeues;
 * the numbers come out the same. Ceph: src/msg/async/ProtocolV1.cc, requeue_sent, discard_requeued_up_to
 */
export class OutQueue {
  /** Highest priority first; a level without messages stays, as priorities are few and come back. */
  #levels: Level[] = []
  #unsentCount = 0
  #unsentBytes = 0
  readonly #numbered = new Fifo<Message>()
  /** How many of the numbered were taken since the last fault. */
  #sentCount = 0
  #outSeq = 0
  #takenSeq = 0
  #takenIsNew = false
  #takenWeight = 0

  /** The number of the last message taken for the first time. */
  get outSeq(): number {
    return this.#outSeq
  }

  /** Messages that wait to be taken, for the first time or again. */
  get length(): number {
    return this.#unsentCount + this.#numbered.length - this.#sentCount
  }

  /** Messages taken and not acknowledged. */
  get sentCount(): number {
    return this.#sentCount
  }

  /**
   * Bytes that all of them take up: their payloads as far as they are encoded, and `MESSAGE_OVERHEAD_BYTES` for each.
   */
  get byteLength(): number {
    return this.#unsentBytes + this.#numbered.weight
  }

  /**
   * How many writes would be worth it for what waits to be taken for the first time. From 1 on, whoever gets it should not
   * wait for what comes after it.
   */
  get writesWaiting(): number {
    return Math.max(this.#unsentCount / WRITE_COUNT, this.#unsentBytes / WRITE_BYTES)
  }

  push(message: Message): void {
    const weight = weighMessage(message)
    this.#level(message.priority).messages.push(message, weight)
    this.#unsentCount++
    this.#unsentBytes += weight
  }

  /**
   * The next message to go out, with its number in `takenSeq`. Those to be sent again come first. With `keep` it
   * stays until it is acknowledged; without, whatever was kept before is forgotten as it goes.
   */
  take(keep: boolean): Message | undefined {
    if (!keep) for (; this.#sentCount > 0; this.#sentCount--) this.#numbered.shift()
    const again = this.#numbered.at(this.#sentCount)
    if (again !== undefined) {
      this.#takenSeq = this.#firstSeq + this.#sentCount
      if (keep) this.#sentCount++
      else this.#numbered.shift()
      this.#takenIsNew = false
      return again
    }
    if (this.#unsentCount === 0) return undefined
    const message = this.#shiftHighest()
    this.#takenSeq = ++this.#outSeq
    this.#takenIsNew = true
    if (keep) {
      this.#numbered.push(message, this.#takenWeight)
      this.#sentCount++
    }
    return message
  }

  /** The message that `take` gave last has been encoded: it may weigh more now. */
  reweighTaken(message: Message): void {
    if (this.#takenIsNew && this.#sentCount > 0) this.#numbered.reweighLast(weighMessage(message))
  }

  /**
   * The message that `take` gave last cannot be written. If it was taken for the first time it is forgotten, and the
   * next one gets its number; if not, its number is known to the peer, so it stays to be sent again.
   */
  giveUpTaken(): void {
    if (this.#sentCount > 0) {
      this.#sentCount--
      if (this.#takenIsNew) this.#numbered.pop()
    }
    if (this.#takenIsNew) this.#outSeq--
  }

  /** The number of the message that `take` gave last. */
  get takenSeq(): number {
    return this.#takenSeq
  }

  /** The peer has everything up to `seq`. Returns how many messages that let go. */
  acknowledge(seq: number): number {
    let count = 0
    for (let first = this.#firstSeq; first <= seq && this.#numbered.length > 0; first++) {
      this.#numbered.shift()
      count++
    }
    this.#sentCount = Math.max(0, this.#sentCount - count)
    return count
  }

  /**
   * The peer says, at the start of a transport, that it has everything up to `seq`. If that is more than was ever
   * numbered here, numbers go on from there: it would take lower ones for doubles. Returns as `acknowledge` does.
   */
  discardRequeuedUpTo(seq: number): number {
    const count = this.acknowledge(seq)
    if (this.#numbered.length === 0 && seq > this.#outSeq) this.#outSeq = seq
    return count
  }

  /** The peer begins to count at 1, whatever it has had: those to be sent again get new numbers. */
  restartNumbers(): void {
    this.#outSeq = this.#numbered.length
  }

  /** The transport is gone: what the peer has not acknowledged is to be sent again, in order, before all else. */
  requeueSent(): void {
    this.#sentCount = 0
  }

  /** Forgets everything, and counts from `outSeq` on. */
  reset(outSeq: number): void {
    this.#levels = []
    this.#unsentCount = 0
    this.#unsentBytes = 0
    this.#numbered.clear()
    this.#sentCount = 0
    this.#outSeq = outSeq
  }

  get #firstSeq(): number {
    return this.#outSeq - this.#numbered.length + 1
  }

  #level(priority: number): Level {
    const top = this.#levels[0]
    if (top?.priority === priority) return top
    let at = 0
    for (const level of this.#levels) {
      if (level.priority === priority) return level
      if (level.priority < priority) break
      at++
    }
    const level = { priority, messages: new Fifo<Message>() }
    this.#levels.splice(at, 0, level)
    return level
  }

  #shiftHighest(): Message {
    for (const level of this.#levels) {
      const weight = level.messages.firstWeight
      const message = level.messages.shift()
      if (message === undefined) continue
      this.#unsentCount--
      this.#unsentBytes -= weight
      this.#takenWeight = weight
      return message
    }
    throw new Error(`${this.#unsentCount} messages are counted as queued, but none is there`)
  }
}
