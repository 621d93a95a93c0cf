import { crc32c } from '@msgr/bufferlist'
import type { Dispatcher } from '@msgr/dispatcher'
import {
  EntityAddrVec,
  type Connection,
  type EntityAddr,
  type EntityInst,
  type EntityName,
  type Message,
  type SendResult,
} from '@msgr/message'
import type { Policy, WireVersion } from '@msgr/msgr-protocol'
import { bindInRange, type Listener } from './bind-in-range.ts'
import type { ConnectionHost } from './connection-host.ts'
import type { ConnectionRole, DialRole } from './connection-role.ts'
import type { ConnectionTable } from './connection-table.ts'
import { dialledAddr, wireOf } from './dialled-addr.ts'
import { MessengerError } from './errors.ts'
import type { HeldConnection } from './held-connection.ts'
import { LocalConnection } from './local-connection.ts'
import { MessengerHost } from './messenger-host.ts'
import type { MessengerOptions } from './messenger-options.ts'
import { resolveMessengerSettings, type MessengerParts, type MessengerSettings } from './messenger-settings.ts'
import { OwnAddrs } from './own-addrs.ts'
import type { ConnectOptions, PeerAddress } from './peer-address.ts'
import type { PolicyThrottlers } from './policy-table.ts'
import type { SessionConnection } from './session-connection.ts'
import type { WireTools } from './session-options-for.ts'
import type { Transport } from './transport.ts'

/** How much the nonce grows with each `rebind`. Ceph: src/msg/async/AsyncMessenger.cc, rebind */
const NONCE_STEP = 1_000_000
const NO_PORTS: ReadonlySet<number> = new Set()

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
  readonly #myAddrs: OwnAddrs
  #listeners: readonly Listener[] = []
  #isStarted = false
  #shutdown: Promise<void> | undefined
  #declareEnd: () => void = () => undefined
  readonly #ended = new Promise<void>((resolve) => {
    this.#declareEnd = resolve
  })

  /** Throws `MessengerError` for settings that make no sense. */
  protected constructor(name: EntityName, settings: MessengerSettings = {}, tools: WireTools = { crc32c }) {
    this.myName = name
    this.parts = resolveMessengerSettings(name, settings)
    this.#myAddrs = new OwnAddrs(this.parts.nonce)
    this.#host = new MessengerHost({
      name,
      parts: this.parts,
      tools,
      ownAddrs: this.#myAddrs,
      learnedAddr: (seen) => {
        if (this.parts.options.learnAddrFromPeer) this.learnedAddr(seen)
      },
      onForeignDone: (message) => {
        this.foreignDone(message)
      },
    })
    const { maxQueuedBytes } = this.#host
    this.#local = new LocalConnection({ name, addrs: () => this.myAddrs, maxQueuedBytes }, (message) => {
      if (message.priority === 0) message.priority = this.#host.defaultSendPriority
      this.#host.delivery.queue.deliverLocal(message)
    })
  }

  /**
   * Opens a socket that waits for peers at exactly this address, and hands those that come to `acceptTransport`, with
   * the version of the protocol that the address is of.
   */
  protected abstract openListener(addr: EntityAddr): Promise<Listener>
  /** Makes a connection of the messenger's own kind. */
  protected abstract makeConnection(id: number, host: ConnectionHost, role: ConnectionRole): SessionConnection
  /** Lets go of everything that is not a connection or a listener. */
  protected abstract closeIo(): Promise<void>

  /** The id of a connection that is about to be made. */
  protected nextConnectionId(): number {
    return this.#host.delivery.queue.getId()
  }

  /** Makes a connection that dials. Its session may live elsewhere than those of `makeConnection`. */
  protected openConnection(id: number, role: DialRole): HeldConnection {
    return this.makeConnection(id, this.#host, role)
  }

  /** The addresses as sessions want them. */
  protected get ownAddrs(): Pick<OwnAddrs, 'legacy' | 'all'> {
    return this.#myAddrs
  }

  /** Wherever their sessions live. */
  protected get connections(): ConnectionTable<HeldConnection> {
    return this.#host.table
  }

  /** Policies, throttlers, addresses or the like are others now. For sessions that live elsewhere. */
  protected configurationChanged(): void {
    // Those of this thread look when they need it.
  }

  /** A message has been dispatched or dropped that came on a connection whose session lives elsewhere. */
  protected foreignDone(message: Message): void {
    throw new Error(`${message.toString()} came on a connection that is not known`)
  }

  get options(): MessengerOptions {
    return this.parts.options
  }

  /** Where peers find this messenger, as far as it knows: the first of `myAddrs`. */
  get myAddr(): EntityAddr {
    return this.myAddrs.front
  }

  /** All its addresses. One that is not bound has none that could be dialled, only a nonce and, once learned, an IP. */
  get myAddrs(): EntityAddrVec {
    return this.#myAddrs.all
  }

  /** The messenger as its connections see it. */
  protected get host(): MessengerHost {
    return this.#host
  }

  /** For types of peers that have no policy of their own. Holds for connections made from now on, as do the next. */
  setDefaultPolicy(policy: Policy): void {
    this.#host.policies.setDefault(policy)
    this.configurationChanged()
  }

  setPolicy(peerType: number, policy: Policy): void {
    this.#host.policies.set(peerType, policy)
    this.configurationChanged()
  }

  /** Limits what messages from peers of this type may take up. Types may share a throttle. */
  setPolicyThrottlers(peerType: number, throttlers: PolicyThrottlers): void {
    this.#host.policies.setThrottlers(peerType, throttlers)
    this.configurationChanged()
  }

  getPolicy(peerType: number): Policy {
    return this.#host.policies.get(peerType)
  }

  /** The version of what peers of our own type say to each other: see `ClusterProtocol`. */
  setClusterProtocol(version: number): void {
    this.#host.clusterProtocol = version
    this.configurationChanged()
  }

  /** The priority of messages that have none. */
  setDefaultSendPriority(priority: number): void {
    this.#host.defaultSendPriority = priority
  }

  /** Adds a dispatcher before all others. The first one makes a bound messenger accept. */
  addDispatcherHead(dispatcher: Dispatcher): void {
    this.#host.delivery.chain.addDispatcherHead(dispatcher)
    this.#firstDispatcher(dispatcher)
  }

  /** Adds a dispatcher behind all others. */
  addDispatcherTail(dispatcher: Dispatcher): void {
    this.#host.delivery.chain.addDispatcherTail(dispatcher)
    this.#firstDispatcher(dispatcher)
  }

  /**
   * Listens at an address, of version 2 (`v2:…`) or 1 (`v1:…`); without a port, at the first free one of the range in
   * the options. Resolves to the address peers can use. Throws `MessengerError`. Peers are accepted once there is a
   * dispatcher.
   */
  async bind(addr: EntityAddr): Promise<EntityAddr> {
    const addrs = await this.bindv(new EntityAddrVec([addr]))
    return addrs.front
  }

  /**
   * Listens at several addresses, as `[v2:…,v1:…]`: at all of them, or at none. Peers are told the `announced` ones
   * where those differ from what is listened at, as behind a translation of addresses. Ceph: src/msg/Messenger.h, bindv
   */
  async bindv(addrs: EntityAddrVec, options: { readonly announced?: EntityAddrVec } = {}): Promise<EntityAddrVec> {
    if (this.#listeners.length > 0) {
      throw new MessengerError('ERR_MSGR_ALREADY_BOUND', `already bound to ${this.myAddrs.toString()}`)
    }
    await this.#listen(addrs, NO_PORTS)
    if (options.announced !== undefined) {
      this.#myAddrs.bind(options.announced)
      this.configurationChanged()
    }
    return this.myAddrs
  }

  /** Where it really listens. The nonces are not set. */
  get boundAddrs(): EntityAddrVec {
    return new EntityAddrVec(this.#listeners.map(({ addr }) => addr))
  }

  /**
   * Moves to other ports, as another incarnation: every connection is closed and the dispatchers are told. The ports
   * given, and the present ones, are avoided, and it announces what it listens at. Ceph: src/msg/async/AsyncMessenger.cc, rebind
   */
  async rebind(avoidPorts: Iterable<number> = []): Promise<EntityAddr> {
    if (this.#listeners.length === 0) {
      throw new MessengerError('ERR_MSGR_NOT_BOUND', 'rebind: the messenger was never bound')
    }
    const bound = this.#listeners.map(({ addr }) => addr)
    this.markDownAll()
    await this.#closeListeners()
    this.#myAddrs.renew((this.#myAddrs.nonce + NONCE_STEP) % 0x1_0000_0000)
    const wanted = new EntityAddrVec(bound.map((addr) => addr.with({ port: 0 })))
    const addrs = await this.#listen(wanted, new Set([...avoidPorts, ...bound.map(({ port }) => port)]))
    return addrs.front
  }

  async #listen(addrs: EntityAddrVec, avoidPorts: ReadonlySet<number>): Promise<EntityAddrVec> {
    this.#checkAlive()
    const wanted = [...addrs].map((addr) => addr.with({ type: wireOf(addr), nonce: this.#myAddrs.nonce }))
    if (wanted.length === 0) {
      throw new MessengerError('ERR_MSGR_BAD_ADDRESS', 'addresses to bind: expected at least one, got none')
    }
    const { options, timers } = this.parts
    for (const addr of wanted) {
      try {
        const listener = await bindInRange(addr, { options, timers, avoidPorts }, (at) => this.openListener(at))
        this.#listeners = [...this.#listeners, listener]
        this.#checkAlive()
      } catch (error) {
        await this.#closeListeners()
        throw error
      }
    }
    this.#myAddrs.bind(this.boundAddrs)
    this.configurationChanged()
    if (this.#isStarted) for (const listener of this.#listeners) listener.start()
    return this.myAddrs
  }

  async #closeListeners(): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    await Promise.all(listeners.map((listener) => listener.close()))
  }

  #firstDispatcher(dispatcher: Dispatcher): void {
    dispatcher.msHandleFastConnect?.(this.#local)
    if (this.#isStarted) return
    this.#isStarted = true
    for (const listener of this.#listeners) listener.start()
  }

  /**
   * The connection to a peer: the one there is, or a new one, which begins to connect. Our own address gives the
   * connection to ourselves. Throws `MessengerError` for an address that nobody can connect to.
   */
  getConnection(peer: PeerAddress, options: ConnectOptions = {}): Connection {
    this.#checkAlive()
    const peerAddr = dialledAddr(peer.addr, this.myAddrs)
    if (peerAddr.isBlankIp || peerAddr.port === 0) {
      throw new MessengerError('ERR_MSGR_BAD_ADDRESS', `peer: expected an IP and a port, got ${peer.addr.toString()}`)
    }
    if (this.myAddrs.contains(peerAddr)) return this.#local
    const { anonymous = false, anyNonce = false } = options
    if (anyNonce && peerAddr.type === 'v2') {
      const text = `peer: expected an address of type v1, as its nonce is not known, got ${peerAddr.toString()}`
      throw new MessengerError('ERR_MSGR_BAD_ADDRESS', text)
    }
    const held = anonymous ? undefined : this.connections.find(peerAddr)
    return (
      held ??
      this.#connect({ kind: 'dial', peerType: peer.type, peerAddr, anyNonce, isAnonymous: anonymous || anyNonce })
    )
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
    const isHeld = this.myAddrs.contains(addr) || this.connections.find(addr) !== undefined
    if (!isHeld && this.getPolicy(name.type).server) return 'dropped'
    return this.getConnection({ type: name.type, addr }).sendMessage(message)
  }

  /** Closes the connection to an address, if there is one. The dispatchers are told of the reset. */
  markDown(addr: EntityAddr): void {
    this.connections.find(addr)?.reset()
  }

  /** Closes every connection. The dispatchers are told of each. */
  markDownAll(): void {
    for (const connection of this.connections.all()) connection.reset()
  }

  /** Fills in our own IP, if we do not know it yet: it is the one a peer sees. The first caller wins. */
  learnedAddr(seen: EntityAddr): void {
    this.#myAddrs.learn(seen)
    this.configurationChanged()
  }

  /** What waits to be dispatched, and for how long the oldest message of it has. */
  get dispatchQueueLength(): number {
    return this.#host.delivery.queue.length
  }

  get dispatchQueueMaxAgeMs(): number {
    return this.#host.delivery.queue.getMaxAge(this.parts.timers.now())
  }

  /** Connections of every kind that are not closed. */
  get connectionCount(): number {
    return this.connections.size
  }

  /** A peer has connected. The transport is the messenger's from here on. */
  protected acceptTransport(transport: Transport, wire: WireVersion): void {
    if (!this.makeRoomForPeer()) {
      transport.close()
      return
    }
    const connection = this.makeConnection(this.nextConnectionId(), this.#host, { kind: 'accept', transport, wire })
    this.#host.table.addAccepting(connection)
    connection.begin()
  }

  /**
   * Makes room for one who has come, if there are too many whose handshake is not over: who is no peer of ours never ends
   * it, and a peer ends it soon, so whoever comes is the better bet. False if nobody is let in any more.
   */
  protected makeRoomForPeer(): boolean {
    if (this.#shutdown !== undefined) return false
    const { acceptingCount, oldestAccepting: oldest } = this.connections
    if (oldest === undefined || acceptingCount < this.options.maxAcceptingConnections) return true
    this.parts.logger(1, `${oldest.peerAddr.toString()}: closed, too many are connecting and it has taken longest`)
    oldest.markDown()
    return true
  }

  #connect(role: DialRole): HeldConnection {
    const connection = this.openConnection(this.nextConnectionId(), role)
    this.connections.add(connection, role.isAnonymous)
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
    this.#host.delivery.queue.shutdown()
    await this.#closeListeners()
    await this.#host.delivery.queue.wait()
    await this.closeIo()
    this.#declareEnd()
  }

  #checkAlive(): void {
    if (this.#shutdown !== undefined) {
      throw new MessengerError('ERR_MSGR_SHUT_DOWN', 'the messenger has been shut down')
    }
  }
}
