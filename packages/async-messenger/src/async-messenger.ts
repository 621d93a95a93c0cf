import type { EventDriverName } from '@msgr/event-driver'
import { EntityAddr, type EntityName, type Message } from '@msgr/message'
import {
  Messenger,
  MessengerError,
  type ConnectionHost,
  type ConnectionRole,
  type ConnectionTable,
  type DialRole,
  type HeldConnection,
  type Listener,
  type MessengerSettings,
  type SessionConnection,
  type WireVersion,
} from '@msgr/messenger-core'
import type { NetHandler } from '@msgr/net-handler'
import { close, getPeerName, unavailableReason } from '@msgr/posix'
import { AsyncConnection } from './async-connection.ts'
import { Dialler, netHandlerFor, toSocketAddress, toTransportError } from './dialler.ts'
import { EventSocket, type EventSocketOptions } from './event-socket.ts'
import { nativeTools } from './native-tools.ts'
import { Processor } from './processor.ts'
import { checkThreadSettings, type ThreadOptions } from './threads/check-thread-settings.ts'
import { ThreadConnection } from './threads/thread-connection.ts'
import { ThreadPool } from './threads/thread-pool.ts'
import { WorkerPool } from './worker-pool.ts'

/** What an async messenger is made with, besides what any is. */
export interface AsyncMessengerSettings extends MessengerSettings, ThreadOptions {
  /** How its workers wait for sockets; by default the best there is. */
  readonly driver?: EventDriverName
  /** How many event centers share its sockets on the caller's own event loop; 1 by default. See `opThreads`. */
  readonly workers?: number
}

/**
 * A messenger whose sockets are driven by events of the kernel, on a pool of workers: on the caller's event loop, or,
 * with `opThreads`, on threads of their own. It needs the native part of `@msgr/posix`, so Linux.
 *
 * Ceph: src/msg/async/AsyncMessenger.h
 */
export class AsyncMessenger extends Messenger {
  /** Of the caller's own event loop; with threads, only listeners live there. */
  readonly #pool: WorkerPool
  readonly #threads: ThreadPool | undefined
  readonly #net: NetHandler
  readonly #dialler: Dialler
  readonly #socketOptions: EventSocketOptions

  /** Throws `MessengerError`: `ERR_MSGR_ASYNC_UNAVAILABLE` where there is no native part, and for bad settings. */
  constructor(name: EntityName, settings: AsyncMessengerSettings = {}) {
    const { driver, workers = 1, fastDispatcher, fastDispatcherData, ...rest } = settings
    super(name, rest, nativeTools())
    requireNative()
    const { options } = this
    this.#net = netHandlerFor(options)
    // With threads there are only listeners here, which need not be quick.
    this.#pool = new WorkerPool(workers, driver, options.opThreads === 0 ? options.idlePollMicros : 0)
    this.#socketOptions = { injector: this.host.injector, sendInline: options.asyncSendInline }
    this.#dialler = new Dialler(options, this.#socketOptions, () => this.myAddr)
    const threadSettings = checkThreadSettings(options, { fastDispatcher, fastDispatcherData }, settings)
    if (threadSettings === undefined) return
    const messenger = { name, parts: this.parts, host: this.host, ownAddrs: () => this.ownAddrs }
    this.#threads = new ThreadPool(messenger, { ...threadSettings, driver })
  }

  /** How many sockets each of the workers has; with threads, how many connections. */
  get workerLoads(): readonly number[] {
    return this.#threads?.loads ?? this.#pool.references
  }

  /** Lets the process end although there are connections and listeners. */
  unref(): void {
    this.#pool.unref()
    this.#threads?.unref()
  }

  /** Takes `unref` back. */
  ref(): void {
    this.#pool.ref()
    this.#threads?.ref()
  }

  protected override async openListener(addr: EntityAddr): Promise<Listener> {
    await this.#threads?.started()
    const { tcpListenBacklog, maxAcceptFailures } = this.options
    try {
      const fd = this.#net.listenAt(toSocketAddress(addr), tcpListenBacklog)
      const onSocket = (accepted: number): void => {
        this.#acceptSocket(accepted, addr)
      }
      const options = { type: addr.type, logger: this.parts.logger, maxAcceptFailures, onSocket }
      return new Processor(fd, this.#pool.getWorker(), options)
    } catch (error) {
      throw toTransportError(error)
    }
  }

  protected override makeConnection(id: number, host: ConnectionHost, role: ConnectionRole): SessionConnection {
    return new AsyncConnection(id, host, role, (peerAddr) => this.#dialler.dial(peerAddr, this.#pool.getWorker()))
  }

  protected override openConnection(id: number, role: DialRole): HeldConnection {
    return this.#threads?.dial(id, role) ?? super.openConnection(id, role)
  }

  protected override get connections(): ConnectionTable<HeldConnection> {
    return this.#threads?.table ?? super.connections
  }

  protected override configurationChanged(): void {
    this.#threads?.configurationChanged()
  }

  protected override foreignDone(message: Message): void {
    if (message.connection instanceof ThreadConnection) message.connection.releaseThrottles(message)
    else super.foreignDone(message)
  }

  protected override async closeIo(): Promise<void> {
    await this.#threads?.close()
    this.#pool.close()
  }

  #acceptSocket(fd: number, listenedAt: EntityAddr): void {
    const wire = listenedAt.type === 'v1' ? 'v1' : 'v2'
    try {
      this.#net.setAcceptedOptions(fd, listenedAt.family === 'ipv6' ? 6 : 4)
    } catch (error) {
      this.parts.logger(1, `a socket at ${listenedAt.toString()}: ${String(error)}`)
    }
    if (this.#threads === undefined) this.#acceptInline(fd, wire)
    else this.#acceptOnThread(this.#threads, fd, wire)
  }

  #acceptInline(fd: number, wire: WireVersion): void {
    // From here on the socket closes the descriptor, also when it cannot be set up.
    let socket: EventSocket
    try {
      socket = EventSocket.accepted(fd, this.#pool.getWorker(), this.#socketOptions)
    } catch {
      return // the peer was gone before it was let in
    }
    this.acceptTransport(socket, wire)
  }

  #acceptOnThread(threads: ThreadPool, fd: number, wire: WireVersion): void {
    try {
      const { address, port } = getPeerName(fd)
      const remoteAddr = EntityAddr.fromIp(wire, address, port)
      if (!this.makeRoomForPeer()) close(fd)
      else threads.accept(this.nextConnectionId(), fd, wire, remoteAddr)
    } catch {
      close(fd) // as above
    }
  }
}

function requireNative(): void {
  const reason = unavailableReason()
  if (reason === undefined) return
  const text = `the async messenger needs native code: ${reason.message}. The type 'simple' does without`
  throw new MessengerError('ERR_MSGR_ASYNC_UNAVAILABLE', text, reason)
}
