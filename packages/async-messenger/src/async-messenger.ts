import type { EventDriverName } from '@msgr/event-driver'
import type { EntityAddr, EntityName } from '@msgr/message'
import {
  Messenger,
  MessengerError,
  TransportError,
  type ConnectionHost,
  type ConnectionRole,
  type Listener,
  type MessengerSettings,
  type SessionConnection,
  type Transport,
} from '@msgr/messenger-core'
import { NetHandler, NetHandlerError } from '@msgr/net-handler'
import { unavailableReason, type SocketAddress } from '@msgr/posix'
import { AsyncConnection } from './async-connection.ts'
import { EventSocket, type EventSocketOptions } from './event-socket.ts'
import { FailedTransport } from './failed-transport.ts'
import { nativeTools } from './native-tools.ts'
import { Processor } from './processor.ts'
import { WorkerPool } from './worker-pool.ts'

/** What an async messenger is made with, besides what any is. */
export interface AsyncMessengerSettings extends MessengerSettings {
  /** How its workers wait for sockets; `'epoll'` by default. */
  readonly driver?: EventDriverName
  /** How many event centers share its sockets, all on the caller's own event loop; 1 by default. */
  readonly workers?: number
}

/**
 * A messenger whose sockets are driven by events of the kernel, on a pool of workers. It needs the native part of
 * `@msgr/posix`, so Linux.
 *
 * Ceph: src/msg/async/AsyncMessenger.h
 */
export class AsyncMessenger extends Messenger {
  readonly #pool: WorkerPool
  readonly #net: NetHandler
  readonly #socketOptions: EventSocketOptions

  /** Throws `MessengerError`: `ERR_MSGR_ASYNC_UNAVAILABLE` where there is no native part, and for bad settings. */
  constructor(name: EntityName, settings: AsyncMessengerSettings = {}) {
    const { driver = 'epoll', workers = 1, ...rest } = settings
    super(name, rest, nativeTools())
    requireNative()
    const { tcpNodelay, tcpRcvbuf, bindBeforeConnect, asyncSendInline } = this.options
    this.#net = new NetHandler({ tcpNodelay, tcpRcvbuf, bindBeforeConnect })
    this.#pool = new WorkerPool(workers, driver)
    this.#socketOptions = { injector: this.host.injector, sendInline: asyncSendInline }
  }

  /** How many sockets each of the workers has. */
  get workerLoads(): readonly number[] {
    return this.#pool.references
  }

  protected override openListener(addr: EntityAddr): Promise<Listener> {
    const { tcpListenBacklog, maxAcceptFailures } = this.options
    try {
      const fd = this.#net.listenAt(toSocketAddress(addr), tcpListenBacklog)
      const onSocket = (accepted: number): void => {
        this.#acceptSocket(accepted, addr)
      }
      const options = { type: addr.type, logger: this.parts.logger, maxAcceptFailures, onSocket }
      return Promise.resolve(new Processor(fd, this.#pool.getWorker(), options))
    } catch (error) {
      return Promise.reject(toTransportError(error))
    }
  }

  protected override makeConnection(id: number, host: ConnectionHost, role: ConnectionRole): SessionConnection {
    return new AsyncConnection(id, host, role, (peerAddr) => this.#dial(peerAddr))
  }

  protected override closeIo(): Promise<void> {
    this.#pool.close()
    return Promise.resolve()
  }

  #acceptSocket(fd: number, listenedAt: EntityAddr): void {
    // From here on the socket closes the descriptor, also when it cannot be set up.
    let socket: EventSocket
    try {
      socket = EventSocket.accepted(fd, this.#pool.getWorker(), this.#socketOptions)
    } catch {
      return // the peer was gone before it was let in
    }
    try {
      this.#net.setAcceptedOptions(fd, listenedAt.family === 'ipv6' ? 6 : 4)
    } catch (error) {
      this.parts.logger(1, `${socket.remoteAddr.toString()}: ${String(error)}`)
    }
    this.acceptTransport(socket, listenedAt.type === 'v1' ? 'v1' : 'v2')
  }

  #dial(peerAddr: EntityAddr): Transport {
    const worker = this.#pool.getWorker()
    const address = toSocketAddress(peerAddr)
    try {
      const from = this.myAddr.isBlankIp ? undefined : toSocketAddress(this.myAddr)
      const fd = this.#net.nonblockConnect(address, from)
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

function requireNative(): void {
  const reason = unavailableReason()
  if (reason === undefined) return
  const text = `the async messenger needs native code: ${reason.message}. The type 'simple' does without`
  throw new MessengerError('ERR_MSGR_ASYNC_UNAVAILABLE', text, reason)
}

function toSocketAddress(addr: EntityAddr): SocketAddress {
  const address = { address: addr.host, port: addr.port }
  if (addr.family !== 'ipv6') return { ...address, family: 4 }
  return addr.scopeId === 0 ? { ...address, family: 6 } : { ...address, family: 6, scopeId: addr.scopeId }
}

function toTransportError(error: unknown): TransportError {
  if (error instanceof NetHandlerError) return new TransportError(error.code, error.message, error)
  return new TransportError('ERR_SOCKET', error instanceof Error ? error.message : String(error), error)
}
