import {
  FEATURES_ALL,
  hasFeature,
  type Connection,
  type EntityAddr,
  type EntityAddrVec,
  type EntityName,
  type Message,
  type SendResult,
} from '@msgr/message'
import { weighMessage } from '@msgr/msgr-protocol'
import { DrainGate } from './drain-gate.ts'

/**
 * A messenger's connection to itself. Messages are not encoded: the object that was sent arrives. Until they have been
 * dispatched they count as queued.
 * Ceph: src/msg/Messenger.h, get_loopback_connection
 */
export class LocalConnection implements Connection {
  readonly id = 0
  readonly isLoopback = true
  readonly features: bigint = FEATURES_ALL
  readonly lastKeepaliveMs = undefined
  readonly lastKeepaliveAckMs = undefined
  readonly unackedCount = 0
  readonly peerIdentity = undefined
  readonly peerName: EntityName
  priv: unknown = undefined
  readonly #ownAddrs: () => EntityAddrVec
  readonly #maxQueuedBytes: number
  readonly #deliver: (message: Message) => void
  readonly #gate: DrainGate
  #queuedCount = 0
  #queuedBytes = 0
  #isConnected = true

  constructor(
    own: { readonly name: EntityName; readonly addrs: () => EntityAddrVec; readonly maxQueuedBytes: number },
    deliver: (message: Message) => void,
  ) {
    this.peerName = own.name
    this.#ownAddrs = own.addrs
    this.#maxQueuedBytes = own.maxQueuedBytes
    this.#gate = new DrainGate(own.maxQueuedBytes, () => (this.#isConnected ? this.#queuedBytes : 0))
    this.#deliver = deliver
  }

  get peerType(): number {
    return this.peerName.type
  }

  get peerAddr(): EntityAddr {
    return this.#ownAddrs().front
  }

  get peerAddrs(): EntityAddrVec {
    return this.#ownAddrs()
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  get queuedCount(): number {
    return this.#queuedCount
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  hasFeature(mask: bigint): boolean {
    return hasFeature(this.features, mask)
  }

  sendMessage(message: Message): SendResult {
    if (!this.#isConnected) return 'dropped'
    if (this.#queuedBytes >= this.#maxQueuedBytes) return 'full'
    message.dispatchThrottleBytes = weighMessage(message)
    this.#queuedBytes += message.dispatchThrottleBytes
    this.#queuedCount++
    message.connection = this
    message.source = this.peerName
    this.#deliver(message)
    return 'queued'
  }

  async drained({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#gate.drained(signal)
  }

  /** A message has been dispatched or dropped. */
  releaseThrottles(message: Message): void {
    this.#queuedBytes -= message.dispatchThrottleBytes
    this.#queuedCount--
    this.#gate.update()
  }

  /** There is no doubt about it. */
  sendKeepalive(): void {
    // Nothing to ask.
  }

  markDown(): void {
    this.#isConnected = false
    this.priv = undefined
    this.#gate.update()
  }

  /** A messenger's connection to itself knows no errors. */
  markDisposable(): void {
    // Nothing to change.
  }
}
