import type { Connection } from '@msgr/messenger'
import { PRIORITIES } from './message-id.ts'
import { describeConnection } from './receipt-book.ts'
import { StreamLedger } from './stream-ledger.ts'

/** One client's traffic with one server, over as many connections as it takes. */
export class ClientStream {
  readonly id: number
  readonly name: string
  readonly ledger: StreamLedger = new StreamLedger()
  /** The present connection, if there is one. */
  connection: Connection | undefined = undefined
  readonly #sentCounts: number[] = PRIORITIES.map(() => 0)

  constructor(id: number, name: string) {
    this.id = id
    this.name = name
  }

  /** Requests sent, of all classes and of each. */
  get sentCount(): number {
    return this.#sentCounts.reduce((sum, count) => sum + count, 0)
  }

  get sentCounts(): readonly number[] {
    return this.#sentCounts
  }

  /** Requests whose reply has yet to come. Replies that others have overtaken are not waited for. */
  get inFlight(): number {
    return this.sentCount - this.ledger.nexts.reduce((sum, next) => sum + next, 0)
  }

  nextSeq(priorityClass: number): number {
    return this.#sentCounts[priorityClass] ?? 0
  }

  sent(priorityClass: number): void {
    this.#sentCounts[priorityClass] = this.nextSeq(priorityClass) + 1
  }

  /** What is under way may be lost from now on. Returns how many requests that concerns. */
  giveUp(): number {
    return this.ledger.forgiveBelow(this.#sentCounts)
  }

  describe(): string {
    const { connection, ledger, name } = this
    const state = connection === undefined ? 'no connection' : describeConnection(connection)
    return `${name}: ${state}, sent ${this.#sentCounts.join('/')}, got up to ${ledger.nexts.join('/')}`
  }
}
