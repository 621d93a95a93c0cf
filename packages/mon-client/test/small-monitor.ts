import { KeyServer, Keyring, type AuthAnswer, type MonAcceptance, type KeyServerOptions } from '@msgr/auth'
import { Uuid } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityName, EntityType, type Connection, type Message } from '@msgr/message'
import { SimpleMessenger, type Dispatcher } from '@msgr/messenger'
import {
  encodeMonMap,
  MAuth,
  MAuthReply,
  MConfig,
  MMgrMap,
  MMonCommand,
  MMonCommandAck,
  MMonGetVersion,
  MMonGetVersionReply,
  MMonMap,
  MMonSubscribe,
  monMessages,
  MOSDMap,
  NO_MGR_MAP,
  NO_MON_MAP,
  type MgrMap,
  type MMonCommandAckFields,
  type MonMap,
} from '../src/index.ts'
import { goldenIncrementals } from './maps-of-an-osd-cluster.ts'
import { readGolden } from './read-golden.ts'
import { SmallMonAuthenticator } from './small-mon-authenticator.ts'

export type Wire = 'v1' | 'v2'

/** The fsid of the maps in golden/. */
export const FSID: Uuid = Uuid.parse('11111111-2222-3333-4444-555555555555')

/** What a monitor does with a command; `undefined` leaves it without an answer. */
export type AnswerCommand = (
  args: Readonly<Record<string, unknown>>,
  message: MMonCommand,
) => Partial<MMonCommandAckFields> | undefined

/** What the monitors of a small cluster know together. */
export class SmallCluster {
  readonly keyring: Keyring = new Keyring()
  readonly keyServer: KeyServer
  /** Their wall clock. */
  readonly nowMs: () => number
  monMap: MonMap = { ...NO_MON_MAP, fsid: FSID, epoch: 1 }
  mgrMap: MgrMap = { ...NO_MGR_MAP, epoch: 3, activeName: 'x', isAvailable: true }
  osdMapEpoch = 6
  readonly otherFsid: Uuid = Uuid.zero()
  config: ReadonlyMap<string, string> = new Map([['rbd_cache', 'false']])
  answerCommand: AnswerCommand = ({ prefix }) => ({ status: `did ${String(prefix)}` })
  readonly wire: Wire
  readonly #monitors: SmallMonitor[] = []

  constructor(wire: Wire, options: KeyServerOptions = {}, nowMs: () => number = Date.now) {
    this.wire = wire
    this.keyServer = new KeyServer(this.keyring, options)
    this.nowMs = nowMs
  }

  /** Starts so many monitors, which are then in the map. */
  async start(count: number): Promise<readonly SmallMonitor[]> {
    for (let i = 0; i < count; i++) this.#monitors.push(await SmallMonitor.start(this, this.#monitors.length))
    this.setMonitors(this.#monitors.map(({ addr }) => addr))
    return this.#monitors
  }

  /** Who is in the map of monitors, by address. */
  setMonitors(addrs: readonly EntityAddr[]): void {
    const mons = addrs.map((addr, i) => ({
      name: String.fromCharCode(0x61 + i),
      addrs: new EntityAddrVec([addr]),
      priority: 0,
      weight: 0,
      crushLocation: new Map<string, string>(),
    }))
    this.monMap = { ...this.monMap, epoch: this.monMap.epoch + 1, mons }
  }

  /** As a monitor of another cluster would send it. */
  foreignMonMap(): MMonMap {
    return new MMonMap(encodeMonMap({ ...this.monMap, fsid: this.otherFsid, epoch: this.monMap.epoch + 1 }))
  }

  /** As nobody would send it. */
  emptyMonMap(): MMonMap {
    return new MMonMap(encodeMonMap({ ...this.monMap, mons: [], epoch: this.monMap.epoch + 1 }))
  }

  async stop(): Promise<void> {
    for (const monitor of this.#monitors) await monitor.stop()
  }
}

/** One conversation with one client. */
interface ClientState {
  readonly acceptance: MonAcceptance
  isOpen: boolean
  readonly subscriptions: Map<string, number>
}

/** A monitor in this process, on a real messenger and a real key server. */
export class SmallMonitor implements Dispatcher {
  readonly addr: EntityAddr
  /** Everything that clients have sent, in order. */
  readonly received: Message[] = []
  /** What it does with an MAuth of a client that is logged in already: answers it, refuses it, or neither. */
  refusesRenewals = false
  isDeafToRenewals = false
  /** How often it was asked for tickets or secrets by a client that was logged in. */
  renewalCount = 0
  /** Clients that are logged in. */
  readonly clients: Set<Connection>
  readonly #cluster: SmallCluster
  readonly #messenger: SimpleMessenger
  readonly #states = new Map<Connection, ClientState>()

  private constructor(cluster: SmallCluster, messenger: SimpleMessenger) {
    this.#cluster = cluster
    this.#messenger = messenger
    this.addr = messenger.myAddr
    this.clients = new Set()
  }

  static async start(cluster: SmallCluster, rank: number): Promise<SmallMonitor> {
    const authenticator = new SmallMonAuthenticator(cluster.keyServer, cluster.nowMs)
    const name = new EntityName(EntityType.mon, rank)
    const messenger = new SimpleMessenger(name, { messages: monMessages, nonce: 0, authenticator })
    await messenger.bind(EntityAddr.parse(`${cluster.wire}:127.0.0.1:0/0`))
    const monitor = new SmallMonitor(cluster, messenger)
    messenger.addDispatcherTail(monitor)
    return monitor
  }

  stop(): Promise<void> {
    return this.#messenger.shutdown()
  }

  /** The messages of one kind that came. */
  of<M extends Message>(messageClass: new () => M): readonly M[] {
    return this.received.filter((message): message is M => message instanceof messageClass)
  }

  /** Sends a message to every client that is logged in. */
  tellAll(make: () => Message): void {
    for (const client of this.clients) client.sendMessage(make())
  }

  /** Sends what has changed to who has asked for it. */
  publish(): void {
    for (const client of this.clients) {
      const state = this.#states.get(client)
      for (const name of state?.subscriptions.keys() ?? []) this.#sendMap(client, name)
    }
  }

  msDispatch(message: Message): boolean {
    const { connection } = message
    if (connection === undefined) return false
    this.received.push(message)
    const state = this.#stateOf(connection)
    if (message instanceof MAuth) this.#authenticate(connection, state, message)
    else if (state.isOpen) this.#answer(connection, state, message)
    return true
  }

  /** Over version 2 of the wire a client that comes is logged in. */
  msHandleAccept(connection: Connection): void {
    if (connection.peerIdentity !== undefined) this.#letIn(connection, this.#stateOf(connection))
  }

  msHandleReset(connection: Connection): boolean {
    this.clients.delete(connection)
    return true
  }

  #stateOf(connection: Connection): ClientState {
    const held = this.#states.get(connection)
    if (held !== undefined) return held
    const { peerIdentity } = connection
    // What our own authenticator puts there.
    const acceptance = (peerIdentity as MonAcceptance | undefined) ?? this.#cluster.keyServer.accept()
    const state = { acceptance, isOpen: false, subscriptions: new Map() }
    this.#states.set(connection, state)
    return state
  }

  #authenticate(connection: Connection, state: ClientState, { fields }: MAuth): void {
    const { acceptance } = state
    const nowMs = this.#cluster.nowMs()
    if (state.isOpen) {
      this.renewalCount++
      if (this.isDeafToRenewals) return
      const { result, payload } = this.refusesRenewals ? REFUSAL : acceptance.message(fields.payload, nowMs)
      connection.sendMessage(new MAuthReply({ protocol: fields.protocol, result, payload }))
      return
    }
    const { method, answer } =
      fields.protocol === 0
        ? acceptance.offer(fields.payload)
        : { method: fields.protocol, answer: acceptance.requestMore(fields.payload, { nowMs }) }
    connection.sendMessage(new MAuthReply({ protocol: method, globalId: acceptance.globalId, ...replyOf(answer) }))
    if (answer.kind !== 'accepted') return
    this.#letIn(connection, state)
    if (fields.monMapEpoch < this.#cluster.monMap.epoch) this.#sendMap(connection, 'monmap')
  }

  #letIn(connection: Connection, state: ClientState): void {
    state.isOpen = true
    this.clients.add(connection)
  }

  #answer(connection: Connection, state: ClientState, message: Message): void {
    if (message instanceof MMonSubscribe) {
      for (const [name, { start }] of message.requests) {
        state.subscriptions.set(name, start)
        this.#sendMap(connection, name)
      }
    } else if (message instanceof MMonGetVersion) {
      const { handle, what } = message
      const version = what === 'osdmap' ? this.#cluster.osdMapEpoch : this.#cluster.monMap.epoch
      connection.sendMessage(new MMonGetVersionReply({ handle, version, oldestVersion: 1 }))
    } else if (message instanceof MMonCommand) {
      const [cmd = ''] = message.fields.cmd
      const answer = this.#cluster.answerCommand(JSON.parse(cmd) as Record<string, unknown>, message)
      if (answer === undefined) return
      const ack = new MMonCommandAck({ cmd: message.fields.cmd, ...answer })
      ack.tid = message.tid
      connection.sendMessage(ack)
    }
  }

  /** Sends a map to a client from the version on that it wants, if there is one. */
  #sendMap(connection: Connection, name: string): void {
    const { monMap, mgrMap, config, osdMapEpoch } = this.#cluster
    const { subscriptions } = this.#stateOf(connection)
    const start = subscriptions.get(name) ?? 0
    if (name === 'config') connection.sendMessage(new MConfig(config))
    const epoch = { monmap: monMap.epoch, mgrmap: mgrMap.epoch, osdmap: osdMapEpoch }[name] ?? 0
    if (start > epoch) return
    subscriptions.set(name, epoch + 1)
    if (name === 'monmap') connection.sendMessage(new MMonMap(encodeMonMap(monMap)))
    if (name === 'mgrmap') connection.sendMessage(new MMgrMap(mgrMap))
    if (name === 'osdmap') connection.sendMessage(osdMapMessage(start, epoch))
  }
}

const REFUSAL = { result: -13, payload: new Uint8Array(0) }

function replyOf(answer: AuthAnswer): { result: number; payload: Uint8Array } {
  return answer.kind === 'refused'
    ? { result: answer.result, payload: new Uint8Array(0) }
    : { result: 0, payload: answer.payload }
}

/** The changes from an epoch on, or the full map if that is 0. */
export function osdMapMessage(start: number, epoch: number): MOSDMap {
  const range = { fsid: FSID, oldestEpoch: 1, newestEpoch: epoch }
  if (start === 0) return new MOSDMap({ ...range, maps: new Map([[epoch, readGolden(`osd-map-epoch-${epoch}`)]]) })
  const changes = [...goldenIncrementals()].filter(([of]) => of >= start && of <= epoch)
  return new MOSDMap({ ...range, incrementals: new Map(changes) })
}
