import { crc32c, type Crc32cFunction } from '@msgr/bufferlist'
import type { Dispatcher } from '@msgr/dispatcher'
import {
  EntityAddr,
  type Connection,
  type EntityInst,
  type EntityName,
  type Message,
  type SendResult,
} from '@msgr/message'
import type { Policy } from '@msgr/msgr-protocol'
import { bindInRange, type Listener } from './bind-in-range.ts'
import type { ConnectionHost } from './connection-host.ts'
import { MessengerError } from './errors.ts'
import { LocalConnection } from './local-connection.ts'
import { MessengerHost } from './messenger-host.ts'
import type { MessengerOptions } from './messenger-options.ts'
import { resolveMessengerSettings, type MessengerParts, type MessengerSettings } from './messenger-settings.ts'
import type { PolicyThrottlers } from './policy-table.ts'
import type { ConnectionRole, SessionConnection } from './session-connection.ts'
import type { Transport } from './transport.ts'

/** How much the nonce grows with each `rebind`. Ceph: src/msg/async/AsyncMessenger.cc, rebind */
const NONCE_STEP = 1_000_000
const NO_PORTS: ReadonlySet<number> = new Set()

/** A peer to connect to: what it is, and where. */
export interface PeerAddress {
  /** One of `EntityType`. */
  readonly type: number
  readonly addr: EntityAddr
}

export interface ConnectOptions {
  /** A connection of its own, which `getConnection` gives to nobody else. */
  readonly anonymous?: boolean
  /** The peer's nonce is not known: take whichever it has. */
  readonly anyNonce?: boolean
}

/**
 * Sends and receives messages under one name. Set it up (policies, throttlers, dispatchers), `bind` it if peers are to
 * connect to it, and `shutdown` it at the end.
 *
 * Ceph: src/msg/Messenger.h
 */
export abstract class Messenger {
  readonly myName: EntityName
  protected readonly parts: MessengerParts
  readonly #host: MessengerHost
  readonly #local: LocalConnection
  #myAddr: EntityAddr
  #listener: Listener | undefined
  #isStarted = false
  #shutdown: Promise<void> | undefined
  #declareEnd: () => void = () => undefined
  readonly #ended = new Promise<void>((resolve) => {
    this.#declareEnd = resolve
  })

  /** Throws `MessengerError` for settings that make no sense. */
  protected constructor(name: EntityName, settings: MessengerSettings = {}, crc: Crc32cFunction = crc32c) {
    this.myName = name
    this.parts = resolveMessengerSettings(name, settings)
    this.#myAddr = new EntityAddr({ type: 'v1', nonce: this.parts.nonce })
    const ownAddr = (): EntityAddr => this.#myAddr
    this.#host = new MessengerHost({
      name,
      parts: this.parts,
      crc32c: crc,
      ownAddr,
      learnedAddr: (seen) => {
        if (this.parts.options.learnAddrFromPeer) this.learnedAddr(seen)
      },
    })
    const { maxQueuedBytes } = this.#host
    this.#local = new LocalConnection({ name, addr: ownAddr, maxQueuedBytes }, (message) => {
      if (message.priority === 0) message.priority = this.#host.defaultSendPriority
      this.#host.queue.deliverLocal(message)
    })
  }

  /** Opens a socket that waits for peers at exactly this address, and hands those that come to `acceptTransport`. */
  protected abstract openListener(addr: EntityAddr): Promise<Listener>
  /** Makes a connection of the messenger's own kind. */
  protected abstract makeConnection(id: number, host: ConnectionHost, role: ConnectionRole): SessionConnection
  /** Lets go of everything that is not a connection or a listener. */
  protected abstract closeIo(): Promise<void>

  get options(): MessengerOptions {
    return this.parts.options
  }

  /** Where peers find this messenger, as far as it knows. */
  get myAddr(): EntityAddr {
    return this.#myAddr
  }

  /** The messenger as its connections see it. */
  protected get host(): ConnectionHost {
    return this.#host
  }

  /** For types of peers that have no policy of their own. Holds for connections made from now on, as do the next. */
  setDefaultPolicy(policy: Policy): void {
    this.#host.policies.setDefault(policy)
  }

  setPolicy(peerType: number, policy: Policy): void {
    this.#host.policies.set(peerType, policy)
  }

  /** Limits what messages from peers of this type may take up. Types may share a throttle. */
  setPolicyThrottlers(peerType: number, throttlers: PolicyThrottlers): void {
    this.#host.policies.setThrottlers(peerType, throttlers)
  }

  getPolicy(peerType: number): Policy {
    return this.#host.policies.get(peerType)
  }

  /** The version of what peers of our own type say to each other: see `ClusterProtocol`. */
  setClusterProtocol(version: number): void {
    this.#host.clusterProtocol = version
  }

  /** The priority of messages that have none. */
  setDefaultSendPriority(priority: number): void {
    this.#host.defaultSendPriority = priority
  }

  /** Adds a dispatcher before all others. The first one makes a bound messenger accept. */
  addDispatcherHead(dispatcher: Dispatcher): void {
    this.#host.chain.addDispatcherHead(dispatcher)
    this.#firstDispatcher(dispatcher)
  }

  /** Adds a dispatcher behind all others. */
  addDispatcherTail(dispatcher: Dispatcher): void {
    this.#host.chain.addDispatcherTail(dispatcher)
    this.#firstDispatcher(dispatcher)
  }

  /**
   * Listens at an address; without a port, at the first free one of the range in the options. Resolves to the address
   * peers can use. Throws `MessengerError`. Peers are accepted once there is a dispatcher.
   */
  async bind(addr: EntityAddr): Promise<EntityAddr> {
    if (this.#listener !== undefined) {
      throw new MessengerError('ERR_MSGR_ALREADY_BOUND', `already bound to ${this.#myAddr.toString()}`)
    }
    return this.#listen(addr, NO_PORTS)
  }

  /**
   * Moves to another port, as another incarnation: every connection is closed and the dispatchers are told. The ports
   * given, and the present one, are avoided. Ceph: src/msg/async/AsyncMessenger.cc, rebind
   */
  async rebind(avoidPorts: Iterable<number> = []): Promise<EntityAddr> {
    const listener = this.#listener
    if (listener === undefined) throw new MessengerError('ERR_MSGR_NOT_BOUND', 'rebind: the messenger was never bound')
    const avoid = new Set([...avoidPorts, this.#myAddr.port])
    this.markDownAll()
    await listener.close()
    const nonce = (this.#myAddr.nonce + NONCE_STEP) % 0x1_0000_0000
    this.#myAddr = this.#myAddr.with({ nonce })
    return this.#listen(this.#myAddr.with({ port: 0 }), avoid)
  }

  async #listen(addr: EntityAddr, avoidPorts: ReadonlySet<number>): Promise<EntityAddr> {
    this.#checkAlive()
    if (addr.type !== 'v1' && addr.type !== 'any') throw wrongWire(addr)
    const { options, timers } = this.parts
    const wanted = addr.with({ type: 'v1', nonce: this.#myAddr.nonce })
    const listener = await bindInRange(wanted, { options, timers, avoidPorts }, (at) => this.openListener(at))
    if (this.#shutdown !== undefined) {
      await listener.close()
      this.#checkAlive()
    }
    this.#listener = listener
    this.#myAddr = listener.addr.with({ type: 'v1', nonce: this.#myAddr.nonce })
    if (this.#isStarted) listener.start()
    return this.#myAddr
  }

  #firstDispatcher(dispatcher: Dispatcher): void {
    dispatcher.msHandleFastConnect?.(this.#local)
    if (this.#isStarted) return
    this.#isStarted = true
    this.#listener?.start()
  }

  /**
   * The connection to a peer: the one there is, or a new one, which begins to connect. Our own address gives the
   * connection to ourselves. Throws `MessengerError` for an address that nobody can connect to.
   */
  getConnection(peer: PeerAddress, options: ConnectOptions = {}): Connection {
    this.#checkAlive()
    const peerAddr = peer.addr.type === 'any' ? peer.addr.with({ type: 'v1' }) : peer.addr
    if (peerAddr.type !== 'v1') throw wrongWire(peer.addr)
    if (peerAddr.isBlankIp || peerAddr.port === 0) {
      throw new MessengerError('ERR_MSGR_BAD_ADDRESS', `peer: expected an IP and a port, got ${peer.addr.toString()}`)
    }
    if (peerAddr.equals(this.#myAddr)) return this.#local
    const { anonymous = false, anyNonce = false } = options
    const held = anonymous ? undefined : this.#host.table.find(peerAddr)
    return held ?? this.#connect({ kind: 'dial', peerType: peer.type, peerAddr, anyNonce }, anonymous)
  }

  getLoopbackConnection(): Connection {
    return this.#local
  }

  /**
   * Sends to a peer by its name and address. Dropped if there is no connection and the policy for such peers leaves
   * it to them to connect. Ceph: src/msg/Messenger.h, send_to
   */
  sendMessage(message: Message, peer: EntityInst): SendResult {
    const { name, addr } = peer
    const isHeld = addr.equals(this.#myAddr) || this.#host.table.find(addr) !== undefined
    if (!isHeld && this.getPolicy(name.type).server) return 'dropped'
    return this.getConnection({ type: name.type, addr }).sendMessage(message)
  }

  /** Closes the connection to an address, if there is one. The dispatchers are told of the reset. */
  markDown(addr: EntityAddr): void {
    this.#host.table.find(addr)?.reset()
  }

  /** Closes every connection. The dispatchers are told of each. */
  markDownAll(): void {
    for (const connection of this.#host.table.all()) connection.reset()
  }

  /** Fills in our own IP, if we do not know it yet: it is the one a peer sees. The first caller wins. */
  learnedAddr(seen: EntityAddr): void {
    if (!this.#myAddr.isBlankIp || seen.isBlankIp) return
    const { family, ip, flowInfo, scopeId } = seen
    this.#myAddr = this.#myAddr.with({ family, ip, flowInfo, scopeId })
  }

  /** What waits to be dispatched, and for how long the oldest message of it has. */
  get dispatchQueueLength(): number {
    return this.#host.queue.length
  }

  get dispatchQueueMaxAgeMs(): number {
    return this.#host.queue.getMaxAge(this.parts.timers.now())
  }

  /** Connections of every kind that are not closed. */
  get connectionCount(): number {
    return this.#host.table.size
  }

  /** A peer has connected. The transport is the messenger's from here on. */
  protected acceptTransport(transport: Transport): void {
    const { maxAcceptingConnections } = this.options
    if (this.#shutdown !== undefined) {
      transport.close()
      return
    }
    const { table } = this.#host
    if (table.acceptingCount >= maxAcceptingConnections) this.#closeOldestAccepting()
    const connection = this.makeConnection(this.#host.queue.getId(), this.#host, { kind: 'accept', transport })
    table.addAccepting(connection)
    connection.begin()
  }

  /** Who is no peer of ours never ends its handshake; a peer ends it soon. So whoever comes is the better bet. */
  #closeOldestAccepting(): void {
    const oldest = this.#host.table.oldestAccepting
    if (oldest === undefined) return
    this.parts.logger(1, `${oldest.peerAddr.toString()}: closed, too many are connecting and it has taken longest`)
    oldest.markDown()
  }

  #connect(role: ConnectionRole & { kind: 'dial' }, anonymous: boolean): SessionConnection {
    const connection = this.makeConnection(this.#host.queue.getId(), this.#host, role)
    if (anonymous || role.anyNonce) this.#host.table.addAnonymous(connection)
    else this.#host.table.register(connection)
    connection.begin()
    return connection
  }

  /**
   * Closes everything: the listener, every connection (the dispatchers are told), and the queue, whose messages are
   * dropped. Resolves when the last dispatch is over and every socket closed. Calling it again gives the same promise.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#shutDown()
    return this.#shutdown
  }

  /** Resolves when the messenger has been shut down, by whomever. */
  wait(): Promise<void> {
    return this.#ended
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }

  async #shutDown(): Promise<void> {
    this.markDownAll()
    this.#local.markDown()
    this.#host.queue.shutdown()
    await this.#listener?.close()
    await this.#host.queue.wait()
    await this.closeIo()
    this.#declareEnd()
  }

  #checkAlive(): void {
    if (this.#shutdown !== undefined) {
      throw new MessengerError('ERR_MSGR_SHUT_DOWN', 'the messenger has been shut down')
    }
  }
}

function wrongWire(addr: EntityAddr): MessengerError {
  const text = `address: expected one of type v1, the only wire there is, got ${addr.toString()}`
  return new MessengerError('ERR_MSGR_BAD_ADDRESS', text)
}
