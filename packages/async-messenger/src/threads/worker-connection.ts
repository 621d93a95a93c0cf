import type { Message, SendResult } from '@msgr/message'
import {
  weighMessage,
  type AskedSession,
  type ConnectionHost,
  type ConnectionRole,
  type PolicyThrottlers,
} from '@msgr/messenger-core'
import { AsyncConnection, type Dial } from '../async-connection.ts'
import type { ProgressingConnection } from './progress-teller.ts'
import type { Progress } from './progress.ts'

/** A connection as its worker has it. Its id is the handle under which the messenger's thread knows it. */
export class WorkerConnection extends AsyncConnection implements ProgressingConnection {
  /** The request of the peer that waits until it is known where its session is held. */
  asked: AskedSession | undefined = undefined
  /** Those that hold since the connection was opened first. */
  throttlers: PolicyThrottlers | undefined = undefined
  wasConnected = false
  isDirty = false
  readonly #maxQueuedBytes: number
  #takenCount = 0
  #takenBytes = 0

  constructor(id: number, host: ConnectionHost, role: ConnectionRole, dial: Dial) {
    super(id, host, role, dial)
    this.#maxQueuedBytes = host.maxQueuedBytes
  }

  /** For who is on this thread. The session itself has no limit, as what comes from the other thread is counted there. */
  override sendMessage(message: Message): SendResult {
    return this.queuedBytes >= this.#maxQueuedBytes ? 'full' : super.sendMessage(message)
  }

  /** Sends what the messenger's thread has sent. */
  relay(message: Message): void {
    this.#takenCount++
    this.#takenBytes += weighMessage(message)
    super.sendMessage(message)
  }

  get isOver(): boolean {
    return this.session.state === 'closed'
  }

  get progress(): Progress {
    const { isConnected, queuedCount, unackedCount, queuedBytes, lastKeepaliveMs, lastKeepaliveAckMs } = this
    const [takenCount, takenBytes] = [this.#takenCount, this.#takenBytes]
    return {
      isConnected,
      queuedCount,
      unackedCount,
      queuedBytes,
      takenCount,
      takenBytes,
      lastKeepaliveMs,
      lastKeepaliveAckMs,
    }
  }
}
