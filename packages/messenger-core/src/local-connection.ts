import {
  FEATURES_ALL,
  hasFeature,
  type Connection,
  type EntityAddr,
  type EntityName,
  type Message,
  type SendResult,
} from '@msgr/message'

/**
 * A messenger's connection to itself. Messages are neither encoded nor throttled: the object that was sent arrives.
 * Ceph: src/msg/Messenger.h, get_loopback_connection
 */
export class LocalConnection implements Connection {
  readonly id = 0
  readonly isLoopback = true
  readonly features: bigint = FEATURES_ALL
  readonly lastKeepaliveMs = undefined
  readonly lastKeepaliveAckMs = undefined
  readonly queuedCount = 0
  readonly unackedCount = 0
  readonly peerName: EntityName
  priv: unknown = undefined
  readonly #ownAddr: () => EntityAddr
  readonly #deliver: (message: Message) => void
  #isConnected = true

  constructor(
    own: { readonly name: EntityName; readonly addr: () => EntityAddr },
    deliver: (message: Message) => void,
  ) {
    this.peerName = own.name
    this.#ownAddr = own.addr
    this.#deliver = deliver
  }

  get peerType(): number {
    return this.peerName.type
  }

  get peerAddr(): EntityAddr {
    return this.#ownAddr()
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  hasFeature(mask: bigint): boolean {
    return hasFeature(this.features, mask)
  }

  sendMessage(message: Message): SendResult {
    if (!this.#isConnected) return 'dropped'
    message.connection = this
    message.source = this.peerName
    this.#deliver(message)
    return 'queued'
  }

  /** There is no doubt about it. */
  sendKeepalive(): void {
    // Nothing to ask.
  }

  markDown(): void {
    this.#isConnected = false
    this.priv = undefined
  }

  /** A messenger's connection to itself knows no errors. */
  markDisposable(): void {
    // Nothing to change.
  }
}
