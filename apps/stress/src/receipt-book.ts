import type { Connection, Message } from '@msgr/messenger'
import { PRIORITIES, type MessageId } from './message-id.ts'
import type { RunRecord } from './run-record.ts'
import type { StreamLedger } from './stream-ledger.ts'

/** A stream's name and account. */
export interface BookedStream {
  readonly name: string
  readonly ledger: StreamLedger
}

/** Enters what comes into the accounts of its stream, and says in words what is wrong with it. */
export class ReceiptBook {
  readonly #record: RunRecord

  constructor(record: RunRecord) {
    this.#record = record
  }

  /** True if the message is here for the first time. `fault` is what is wrong with its data. */
  enter({ name, ledger }: BookedStream, id: MessageId, message: Message, fault: string | undefined): boolean {
    const { figures } = this.#record
    const { kind, priorityClass, seq } = id
    const priority = PRIORITIES[priorityClass]
    const breach = (words: string): void => {
      this.#record.breach(`${name}: ${kind} ${seq} of priority ${String(priority)}${words}`)
    }
    if (message.priority !== priority) this.misdirected(message, `expected priority ${String(priority)}`)
    if (fault !== undefined) {
      figures.corrupt++
      breach(`: ${fault}`)
    }
    const due = ledger.next(priorityClass)
    const receipt = ledger.receive(priorityClass, seq)
    switch (receipt) {
      case 'forgiven':
        figures.stale++
        return false
      case 'double':
        figures.duplicated++
        breach(` came twice: expected ${due}`)
        return false
      case 'late':
        figures.reordered++
        breach(` came late: expected ${due}`)
        break
      case 'early':
        breach(` came early: expected ${due}`)
        break
      case 'inOrder':
    }
    figures.bytes += message.dataLength
    return true
  }

  /** A message that should not be where it is. */
  misdirected(message: Message, expected: string): void {
    this.#record.figures.misdirected++
    const from = `${String(message.source)} at ${message.connection?.peerAddr.toString() ?? '?'}`
    this.#record.breach(`${from}: ${expected}, got ${message.toString()} of priority ${message.priority}`)
  }
}

/** A connection's state in words, for a run that is stuck. */
export function describeConnection({ isConnected, queuedCount, unackedCount }: Connection): string {
  return `${isConnected ? 'open' : 'not open'}, ${queuedCount} queued, ${unackedCount} unacknowledged`
}
