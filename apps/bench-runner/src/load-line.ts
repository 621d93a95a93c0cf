import type { EchoClient, EchoClientOwner } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import type { PayloadMaker } from './payload.ts'

/** Of all replies, one in so many is compared byte for byte: to look at each would cost too much of what is measured. */
export const CHECK_EVERY = 13

/** Who is told of what happens on its lines. */
export interface LineOwner {
  /** The reply to the message with this number has come, and is as it should be. */
  replied(line: LoadLine, seq: number): void
  failed(error: Error): void
}

/**
 * One connection of a load. Every reply must have the number that is due and the length that was sent, so that nothing
 * can be lost, doubled, reordered or cut unnoticed.
 */
export class LoadLine implements EchoClientOwner {
  readonly index: number
  readonly #payloads: PayloadMaker
  readonly #owner: LineOwner
  /** All bytes of each reply are looked at. */
  readonly #isThorough: boolean
  #sentCount = 0
  #receivedCount = 0

  constructor(index: number, payloads: PayloadMaker, owner: LineOwner, isThorough: boolean) {
    this.index = index
    this.#payloads = payloads
    this.#owner = owner
    this.#isThorough = isThorough
  }

  /** The number of the next message. */
  get nextSeq(): number {
    return this.#sentCount
  }

  /** Messages whose replies have not come. */
  get underWayCount(): number {
    return this.#sentCount - this.#receivedCount
  }

  /** Sends the next message, in this slot of the payloads. */
  send(client: EchoClient, slot: number): void {
    client.send(this.#payloads.make(slot, this.#sentCount++))
  }

  receive(payload: Uint8Array): void {
    const seq = this.#receivedCount
    if (seq === this.#sentCount) {
      this.#refuse(`expected no reply beyond those to ${seq} messages, got one`)
      return
    }
    const isChecked = this.#isThorough || (this.index + seq) % CHECK_EVERY === 0
    const fault =
      this.#payloads.findFault(payload, seq) ?? (isChecked ? this.#payloads.findFaultInContent(payload) : undefined)
    if (fault !== undefined) {
      this.#refuse(`reply ${seq}: ${fault}`)
      return
    }
    this.#receivedCount++
    this.#owner.replied(this, seq)
  }

  fail(error: Error): void {
    this.#owner.failed(error)
  }

  #refuse(text: string): void {
    this.#owner.failed(new BenchError('ERR_BENCH_REPLY', text))
  }
}
