import { entityTypeName } from '@msgr/message'
import type { MessengerOptions } from './messenger-options.ts'

/**
 * Decides, by its own seeded dice, when to cut a socket or hold something up, so that a run which broke can be run
 * again. Ceph: the ms_inject_* options.
 */
export class FaultInjector {
  readonly #options: MessengerOptions
  #state: number

  constructor(options: MessengerOptions) {
    this.#options = options
    this.#state = options.injectSeed
  }

  /** True for one in `injectSocketFailures` reads and writes: the transport is to break now. */
  cutsSocket(): boolean {
    const oneIn = this.#options.injectSocketFailures
    return oneIn > 0 && this.#random() * oneIn < 1
  }

  /** True if messages from peers of this type go through a delay queue. */
  delaysPeer(peerType: number): boolean {
    const { injectDelayType } = this.#options
    return injectDelayType !== '' && injectDelayType.split(/[ ,]+/).includes(entityTypeName(peerType))
  }

  /** How long to hold a message back, in milliseconds. */
  messageDelayMs(): number {
    const { injectDelayProbability, injectDelayMaxMs } = this.#options
    return this.#random() < injectDelayProbability ? this.#random() * injectDelayMaxMs : 0
  }

  /** How long to hold up a step of a handshake, in milliseconds. */
  internalDelayMs(): number {
    const { injectInternalDelaysMs } = this.#options
    return injectInternalDelaysMs > 0 ? this.#random() * injectInternalDelaysMs : 0
  }

  /** Mulberry32, by Tommy Ettinger: 32 bits of state are plenty for dice. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
