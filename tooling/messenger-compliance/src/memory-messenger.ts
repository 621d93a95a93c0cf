import type { EntityAddr, EntityName } from '@msgr/message'
import {
  Messenger,
  SessionConnection,
  TransportError,
  type ConnectionHost,
  type ConnectionRole,
  type FaultInjector,
  type Listener,
  type MessengerSettings,
  type Transport,
  type TransportOwner,
} from '@msgr/messenger-core'

const WRITE_AHEAD_BYTES = 64 * 1024

/** Where memory messengers find each other: an imaginary host on which ports can be listened at. */
export class MemoryNetwork {
  readonly #listeners = new Map<number, MemoryListener>()
  #lastPort = 49_152

  add(listener: MemoryListener, port: number): void {
    if (this.#listeners.has(port)) throw new TransportError('EADDRINUSE', `listen at port ${port}: EADDRINUSE`)
    this.#listeners.set(port, listener)
  }

  remove(port: number): void {
    this.#listeners.delete(port)
  }

  find(port: number): MemoryListener | undefined {
    return this.#listeners.get(port)
  }

  /** A port for the end that dials. */
  nextPort(): number {
    return ++this.#lastPort
  }
}

/** A messenger whose sockets are two ends of a pipe in memory: what both messengers share, and nothing else. */
export class MemoryMessenger extends Messenger {
  readonly #network: MemoryNetwork

  constructor(network: MemoryNetwork, name: EntityName, settings: MessengerSettings = {}) {
    super(name, settings)
    this.#network = network
  }

  protected override openListener(addr: EntityAddr): Promise<Listener> {
    const listener = new MemoryListener(addr, this.#network, this.host.injector, (transport) => {
      this.acceptTransport(transport, addr.type === 'v1' ? 'v1' : 'v2')
    })
    return Promise.resolve(listener)
  }

  protected override makeConnection(id: number, host: ConnectionHost, role: ConnectionRole): SessionConnection {
    return new MemoryConnection(id, host, role, this.#network)
  }

  protected override closeIo(): Promise<void> {
    return Promise.resolve()
  }
}

class MemoryListener implements Listener {
  readonly addr: EntityAddr
  readonly injector: FaultInjector
  readonly #network: MemoryNetwork
  readonly #onTransport: (transport: MemoryTransport) => void
  /** Transports that came before `start`. */
  #early: MemoryTransport[] | undefined = []

  constructor(
    addr: EntityAddr,
    network: MemoryNetwork,
    injector: FaultInjector,
    onTransport: (transport: MemoryTransport) => void,
  ) {
    network.add(this, addr.port)
    this.addr = addr
    this.injector = injector
    this.#network = network
    this.#onTransport = onTransport
  }

  start(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const transport of early) this.#onTransport(transport)
  }

  accept(transport: MemoryTransport): void {
    if (this.#early === undefined) this.#onTransport(transport)
    else this.#early.push(transport)
  }

  close(): Promise<void> {
    this.#network.remove(this.addr.port)
    for (const transport of this.#early ?? []) transport.close()
    this.#early = undefined
    return Promise.resolve()
  }
}

class MemoryConnection extends SessionConnection {
  readonly #network: MemoryNetwork
  readonly #injector: FaultInjector

  constructor(id: number, host: ConnectionHost, role: ConnectionRole, network: MemoryNetwork) {
    super(id, host, role)
    this.#network = network
    this.#injector = host.injector
  }

  protected override openTransport(peerAddr: EntityAddr): Transport {
    const ours = new MemoryTransport(peerAddr, this.#injector)
    ours.setOwner(this)
    setImmediate(() => {
      const listener = this.#network.find(peerAddr.port)
      if (listener === undefined) {
        ours.fail(new TransportError('ECONNREFUSED', `connect to port ${peerAddr.port}: ECONNREFUSED`))
        return
      }
      const dialledFrom = peerAddr.with({ port: this.#network.nextPort(), nonce: 0 })
      const theirs = new MemoryTransport(dialledFrom, listener.injector)
      MemoryTransport.join(ours, theirs)
      listener.accept(theirs)
      ours.opened()
    })
    return ours
  }
}

/** One end of a pipe. What is written arrives on a later turn of the event loop. */
class MemoryTransport implements Transport {
  readonly remoteAddr: EntityAddr
  readonly #injector: FaultInjector
  #other: MemoryTransport | undefined
  #owner: TransportOwner | undefined
  #arrived: Uint8Array[] = []
  #isPaused = false
  #isClosed = false
  #turnAsked = false

  constructor(remoteAddr: EntityAddr, injector: FaultInjector) {
    this.remoteAddr = remoteAddr
    this.#injector = injector
  }

  static join(one: MemoryTransport, two: MemoryTransport): void {
    if (one.#isClosed) return
    one.#other = two
    two.#other = one
  }

  setOwner(owner: TransportOwner): void {
    this.#owner = owner
    this.#askTurn()
  }

  opened(): void {
    this.#owner?.onTransportOpen()
    this.#askTurn()
  }

  flush(): void {
    this.#askTurn()
  }

  pauseReading(): void {
    this.#isPaused = true
  }

  resumeReading(): void {
    this.#isPaused = false
    this.#askTurn()
  }

  close(): void {
    this.#isClosed = true
    this.#owner = undefined
    const other = this.#other
    this.#other = undefined
    if (other === undefined) return
    other.#other = undefined
    setImmediate(() => {
      other.#deliver()
      other.fail(new TransportError('ECONNRESET', 'the peer has closed the socket'))
    })
  }

  fail(error: Error): void {
    const owner = this.#owner
    this.close()
    owner?.onTransportClosed(error)
  }

  #askTurn(): void {
    if (this.#turnAsked) return
    this.#turnAsked = true
    setImmediate(() => {
      this.#turnAsked = false
      this.#deliver()
      this.#write()
    })
  }

  #deliver(): void {
    while (this.#owner !== undefined && !this.#isPaused) {
      const bytes = this.#arrived.shift()
      if (bytes === undefined || this.#cutNow()) return
      this.#owner.onBytes(bytes)
      // As a socket would, it reads into the same memory again, if it may.
      if (this.#inputIsFree()) bytes.fill(0xee)
    }
  }

  /** The owner may be another one after it was given bytes. */
  #inputIsFree(): boolean {
    return this.#owner?.releaseInput() ?? false
  }

  /** No more than the other end has room for: an end that is paused makes this one wait. */
  #write(): void {
    const other = this.#other
    if (other === undefined) return
    while (this.#owner?.wantsOutput === true && other.#arrivedBytes < WRITE_AHEAD_BYTES) {
      if (this.#cutNow()) return
      for (const chunk of this.#owner.takeOutput(WRITE_AHEAD_BYTES)) other.#arrived.push(Uint8Array.from(chunk))
      other.#askTurn()
    }
    if (this.#owner?.wantsOutput === true) this.#askTurn()
  }

  get #arrivedBytes(): number {
    return this.#arrived.reduce((total, { length }) => total + length, 0)
  }

  #cutNow(): boolean {
    if (!this.#injector.cutsSocket()) return false
    this.fail(new TransportError('ECONNRESET', 'the socket was cut on purpose'))
    return true
  }
}
