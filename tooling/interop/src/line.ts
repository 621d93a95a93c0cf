import type { Connection, ConnectOptions, Dispatcher, Message, Messenger, PeerAddress } from '@msgr/messenger'

/** Who is told of what becomes of a line. */
export interface LineEvents {
  /** What is sent from now on gets through. Whatever was sent on the connection before may be lost. */
  opened(): void
  /** A connection is over. */
  lost(): void
  /** The peer will not have us: no other connection is tried. */
  failed(error: Error): void
  /** In the order in which messages came. */
  received(message: Message): void
}

/** A way to a peer: one connection after the other. */
export interface Line {
  /** Lost if there is no connection that takes it. */
  send(message: Message): void
  /** Who is told from now on. */
  report(events: LineEvents): void
}

/** The line to a peer that one may talk to as soon as one is connected: a connection takes messages at once. */
export class DialledLine implements Line, Dispatcher {
  readonly #messenger: Messenger
  #peer: PeerAddress
  readonly #options: ConnectOptions
  #connection: Connection | undefined
  #events: LineEvents | undefined

  constructor(messenger: Messenger, peer: PeerAddress, options: ConnectOptions = {}) {
    this.#messenger = messenger
    this.#peer = peer
    this.#options = options
    messenger.addDispatcherHead(this)
  }

  report(events: LineEvents): void {
    this.#events = events
  }

  send(message: Message): void {
    this.#connection ??= this.#messenger.getConnection(this.#peer, this.#options)
    this.#connection.sendMessage(message)
  }

  /** The peer is elsewhere now. */
  moveTo(peer: PeerAddress): void {
    this.#connection?.markDown()
    this.#connection = undefined
    this.#peer = peer
    this.#events?.opened()
  }

  msDispatch(message: Message): boolean {
    this.#events?.received(message)
    return true
  }

  msHandleReset(connection: Connection): boolean {
    if (connection !== this.#connection) return true
    this.#connection = undefined
    this.#events?.lost()
    this.#events?.opened()
    return true
  }
}
