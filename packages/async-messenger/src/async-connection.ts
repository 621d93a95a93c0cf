import type { EntityAddr } from '@msgr/message'
import { SessionConnection, type ConnectionHost, type ConnectionRole, type Transport } from '@msgr/messenger-core'

/** Begins to dial an address. It calls its owner back later, never at once. */
export type Dial = (peerAddr: EntityAddr) => Transport

/** A connection whose transports are sockets on a worker. Ceph: src/msg/async/AsyncConnection.h */
export class AsyncConnection extends SessionConnection {
  readonly #dial: Dial

  constructor(id: number, host: ConnectionHost, role: ConnectionRole, dial: Dial) {
    super(id, host, role)
    this.#dial = dial
  }

  protected override openTransport(peerAddr: EntityAddr): Transport {
    const transport = this.#dial(peerAddr)
    transport.setOwner(this)
    return transport
  }
}
