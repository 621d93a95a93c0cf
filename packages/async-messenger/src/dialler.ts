import type { EntityAddr } from '@msgr/message'
import { TransportError, type MessengerOptions, type Transport } from '@msgr/messenger-core'
import { NetHandler, NetHandlerError } from '@msgr/net-handler'
import type { SocketAddress } from '@msgr/posix'
import { EventSocket, type EventSocketOptions } from './event-socket.ts'
import { FailedTransport } from './failed-transport.ts'
import type { Worker } from './worker.ts'

/** Opens sockets to peers. */
export class Dialler {
  readonly #net: NetHandler
  readonly #socketOptions: EventSocketOptions
  readonly #ownAddr: () => EntityAddr

  /** `ownAddr`: where to dial from, if the options ask for that. */
  constructor(options: MessengerOptions, socketOptions: EventSocketOptions, ownAddr: () => EntityAddr) {
    this.#net = netHandlerFor(options)
    this.#socketOptions = socketOptions
    this.#ownAddr = ownAddr
  }

  /** Begins to connect. What goes wrong the transport tells its owner, later. */
  dial(peerAddr: EntityAddr, worker: Worker): Transport {
    const address = toSocketAddress(peerAddr)
    try {
      const ownAddr = this.#ownAddr()
      const fd = this.#net.nonblockConnect(address, ownAddr.isBlankIp ? undefined : toSocketAddress(ownAddr))
      const socket = new EventSocket(fd, worker, this.#socketOptions)
      socket.connect(() => {
        try {
          return this.#net.reconnect(address, fd) === 'connected'
        } catch (error) {
          throw toTransportError(error)
        }
      })
      return socket
    } catch (error) {
      return new FailedTransport(toTransportError(error), (run) => {
        worker.center.dispatchEventExternal(run)
      })
    }
  }
}

export function netHandlerFor({ tcpNodelay, tcpRcvbuf, bindBeforeConnect }: MessengerOptions): NetHandler {
  return new NetHandler({ tcpNodelay, tcpRcvbuf, bindBeforeConnect })
}

export function toSocketAddress(addr: EntityAddr): SocketAddress {
  const address = { address: addr.host, port: addr.port }
  if (addr.family !== 'ipv6') return { ...address, family: 4 }
  return addr.scopeId === 0 ? { ...address, family: 6 } : { ...address, family: 6, scopeId: addr.scopeId }
}

export function toTransportError(error: unknown): TransportError {
  if (error instanceof NetHandlerError) return new TransportError(error.code, error.message, error)
  return new TransportError('ERR_SOCKET', error instanceof Error ? error.message : String(error), error)
}
