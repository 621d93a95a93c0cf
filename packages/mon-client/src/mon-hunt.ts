import { type EntityAddr } from '@msgr/message'
import { type MonTarget } from './mon-target.ts'

/** Gives a number from 0 up to, but not including, 1. */
export type Random = () => number

/**
 * Whom to try next. Monitors of the lowest priority value come first, then the others, and then all of them again;
 * among equals chance decides, as their weights have it. Ceph: src/mon/MonClient.cc, _add_conns
 */
export class MonHunt {
  readonly #random: Random
  #targets: readonly MonTarget[] = []
  #untried: readonly MonTarget[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** Whom there is to try, from now on. The one at `present` counts as tried, all others do not. */
  setTargets(targets: readonly MonTarget[], present?: EntityAddr): void {
    this.#targets = targets
    this.forgetTried(present)
  }

  /** All are to be tried again, but for the one at an address: it comes last. */
  forgetTried(present?: EntityAddr): void {
    this.#untried = this.#targets.filter(({ addrs }) => present === undefined || !addrs.contains(present))
  }

  /** This one was not tried to its end: it may be tried again before the others are. */
  untry(target: MonTarget): void {
    if (this.#targets.includes(target) && !this.#untried.includes(target)) this.#untried = [...this.#untried, target]
  }

  get targets(): readonly MonTarget[] {
    return this.#targets
  }

  /** True if there is somebody who was not tried since all were tried last. */
  get hasUntried(): boolean {
    return this.#untried.length > 0
  }

  /** The next few to try at the same time, at most `maxCount`; 0 for all equals. None only if there is nobody. */
  nextBatch(maxCount: number): readonly MonTarget[] {
    if (this.#untried.length === 0) this.#untried = this.#targets
    const lowest = Math.min(...this.#untried.map(({ priority }) => priority))
    const equals = shuffleByWeight(
      this.#untried.filter(({ priority }) => priority === lowest),
      this.#random,
    )
    const batch = maxCount === 0 ? equals : equals.slice(0, maxCount)
    this.#untried = this.#untried.filter((target) => !batch.includes(target))
    return batch
  }
}

/** In an order by chance: one of twice the weight is twice as likely to come first. Those without weight come last. */
export function shuffleByWeight(targets: readonly MonTarget[], random: Random): readonly MonTarget[] {
  const left = [...targets]
  const order: MonTarget[] = []
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0)
    const index = total > 0 ? indexAtWeight(left, random() * total) : Math.floor(random() * left.length)
    order.push(...left.splice(index, 1))
  }
  return order
}

function indexAtWeight(targets: readonly MonTarget[], at: number): number {
  let passed = 0
  const index = targets.findIndex(({ weight }) => {
    passed += weight
    return at < passed
  })
  // Sums of fractions may fall short of their total.
  return index < 0 ? targets.length - 1 : index
}
