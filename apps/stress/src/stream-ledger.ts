import { ClassLedger, type Receipt } from './class-ledger.ts'
import { PRIORITIES } from './message-id.ts'

/** One account for each class of a stream. */
export class StreamLedger {
  readonly #classes: readonly ClassLedger[] = PRIORITIES.map(() => new ClassLedger())

  /** The next number of each class. */
  get nexts(): readonly number[] {
    return this.#classes.map(({ next }) => next)
  }

  get missingCount(): number {
    return this.#classes.reduce((sum, { missingCount }) => sum + missingCount, 0)
  }

  /** `priority 127: 5, 6`, for each class in which something is missing. */
  get missing(): readonly string[] {
    return this.#classes.flatMap(({ missingCount, firstMissing }, index) => {
      const more = missingCount > firstMissing.length ? ', …' : ''
      return missingCount === 0 ? [] : [`priority ${String(PRIORITIES[index])}: ${firstMissing.join(', ')}${more}`]
    })
  }

  next(priorityClass: number): number {
    return this.#of(priorityClass).next
  }

  receive(priorityClass: number, seq: number): Receipt {
    return this.#of(priorityClass).receive(seq)
  }

  /** Forgives what was sent: `counts` of each class. Returns how many were still due. */
  forgiveBelow(counts: readonly number[]): number {
    return this.#classes.reduce((sum, ledger, index) => sum + ledger.forgiveBelow(counts[index] ?? 0), 0)
  }

  forgiveGap(): void {
    for (const ledger of this.#classes) ledger.forgiveGap()
  }

  #of(priorityClass: number): ClassLedger {
    const ledger = this.#classes[priorityClass]
    if (ledger === undefined) throw new Error(`expected a class below ${PRIORITIES.length}, got ${priorityClass}`)
    return ledger
  }
}
