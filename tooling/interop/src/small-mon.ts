import type { Keyring, KeyServer } from '@msgr/auth'
import { BufferEncoder, utimeFromMs, type Uuid } from '@msgr/bufferlist'
import { EntityAddrVec, Feature } from '@msgr/message'
import { EntityName, MPing, Policies } from '@msgr/messenger'
import type { Connection, Dispatcher, EntityAddr, Message, Messenger, MessengerSettings } from '@msgr/messenger'
import {
  encodeMonMap,
  MAuth,
  MConfig,
  MMgrMap,
  MMonCommand,
  MMonCommandAck,
  MMonGetMap,
  MMonGetVersion,
  MMonGetVersionReply,
  MMonMap,
  MMonSubscribe,
  MMonSubscribeAck,
  monMessages,
  MOSDMap,
  NO_MGR_MAP,
  NO_MON_MAP,
  type MonMap,
} from '@msgr/mon-client'
import { SmallMonAuthenticator } from './small-mon-authenticator.ts'
import { describeCommands, type CommandOutcome, type SmallMonCommand } from './small-mon-command.ts'
import { SmallMonLogin } from './small-mon-login.ts'

/** What a small monitor is made with. */
export interface SmallMonOptions {
  readonly fsid: Uuid
  /** Who may come in: the monitor's part of authentication, and the keys it goes by. */
  readonly keys: KeyServer
  readonly keyring: Keyring
  readonly commands: readonly SmallMonCommand[]
  /** The OSD map that clients are given, whole, and its epoch. Without, they wait for one. */
  readonly osdMap?: { readonly epoch: number; readonly bytes: Uint8Array }
  readonly log: (text: string) => void
}

const NAME = 'a'
const MAP_EPOCH = 1
/** Ceph: src/common/ceph_releases.h */
const PACIFIC = 16
/** Ceph: mon_subscribe_interval */
const SUBSCRIBE_INTERVAL_SECONDS = 86_400
const EINVAL = -22

/**
 * A monitor that is a cluster's only one and keeps nothing: it lets clients in, gives them its maps, and runs a few
 * commands. Ceph: src/mon/Monitor.cc, dispatch_op, handle_subscribe, handle_command
 */
export class SmallMon implements Dispatcher {
  readonly #messenger: Messenger
  readonly #options: SmallMonOptions
  readonly #commands: ReadonlyMap<string, SmallMonCommand>
  readonly #logins = new WeakMap<Connection, SmallMonLogin>()
  #monMap: Uint8Array = new Uint8Array(0)

  /** Clients know a monitor by its address alone, so the nonce must be 0: see `create`. */
  private constructor(messenger: Messenger, options: SmallMonOptions) {
    this.#messenger = messenger
    this.#options = options
    this.#commands = new Map(options.commands.map((command) => [command.prefix, command]))
    messenger.setDefaultPolicy(Policies.statelessServer())
    messenger.addDispatcherHead(this)
  }

  /** Listens. `listen` says which wire is spoken; `make` which messenger speaks it. */
  static async start(
    make: (name: EntityName, settings: MessengerSettings) => Messenger,
    listen: EntityAddr,
    options: SmallMonOptions,
    settings: MessengerSettings = {},
  ): Promise<SmallMon> {
    const authenticator = new SmallMonAuthenticator(options.keys, options.keyring, options.log)
    const messenger = make(EntityName.mon(0), { ...settings, authenticator, nonce: 0, messages: monMessages })
    const mon = new SmallMon(messenger, options)
    const addr = await messenger.bind(listen)
    mon.#monMap = encodeMonMap(mapOfOne(options.fsid, addr))
    return mon
  }

  /** Where clients find it. */
  get addr(): EntityAddr {
    return this.#messenger.myAddr
  }

  stop(): Promise<void> {
    return this.#messenger.shutdown()
  }

  msDispatch(message: Message): boolean {
    const { connection } = message
    if (connection === undefined) return true
    if (message instanceof MPing) this.#pinged(connection)
    else if (message instanceof MAuth) this.#loginGoesOn(connection, message)
    else if (message instanceof MMonGetMap) connection.sendMessage(new MMonMap(this.#monMap))
    else if (!this.#isLoggedIn(connection)) this.#options.log(`${message.toString()} before the login: dropped`)
    else if (message instanceof MMonSubscribe) this.#subscribed(connection, message)
    else if (message instanceof MMonGetVersion) this.#askedForVersion(connection, message)
    else if (message instanceof MMonCommand) this.#commanded(connection, message)
    else return false
    return true
  }

  /** Over version 2 of the wire who has a connection has logged in. */
  #isLoggedIn(connection: Connection): boolean {
    return this.addr.type !== 'v1' || this.#logins.get(connection)?.peer !== undefined
  }

  #pinged(connection: Connection): void {
    const pong = new MPing()
    const status = JSON.stringify({
      health: { status: 'HEALTH_OK', checks: {}, mutes: [] },
      mon_status: { name: NAME },
    })
    pong.front = new BufferEncoder().writeString(status).toBufferList()
    connection.sendMessage(pong)
  }

  #loginGoesOn(connection: Connection, { fields }: MAuth): void {
    const { keys, keyring, log } = this.#options
    const login = this.#logins.get(connection) ?? new SmallMonLogin(keys, keyring, log)
    this.#logins.set(connection, login)
    const wasLoggedIn = this.#isLoggedIn(connection)
    connection.sendMessage(login.receive(fields, Date.now()))
    const isNew = !wasLoggedIn && this.#isLoggedIn(connection)
    if (isNew && fields.monMapEpoch < MAP_EPOCH) connection.sendMessage(new MMonMap(this.#monMap))
  }

  #subscribed(connection: Connection, { requests }: MMonSubscribe): void {
    const { fsid } = this.#options
    for (const [what, { start }] of requests) this.#tell(connection, what, start)
    if (connection.hasFeature(Feature.monStatefulSub)) return
    connection.sendMessage(new MMonSubscribeAck(SUBSCRIBE_INTERVAL_SECONDS, fsid))
  }

  /** What there is of it from version `start` on; nothing ever changes afterwards. */
  #tell(connection: Connection, what: string, start: number): void {
    const { fsid, osdMap } = this.#options
    if (what === 'config') connection.sendMessage(new MConfig())
    else if (what === 'monmap' && start <= MAP_EPOCH) connection.sendMessage(new MMonMap(this.#monMap))
    else if (what === 'mgrmap' && start <= MAP_EPOCH) {
      connection.sendMessage(new MMgrMap({ ...NO_MGR_MAP, epoch: MAP_EPOCH }))
    } else if (what === 'osdmap' && osdMap !== undefined && start <= osdMap.epoch) {
      const { epoch, bytes } = osdMap
      const maps = new Map([[epoch, bytes]])
      connection.sendMessage(new MOSDMap({ fsid, maps, oldestEpoch: epoch, newestEpoch: epoch }))
    }
  }

  #askedForVersion(connection: Connection, { handle, what }: MMonGetVersion): void {
    const { osdMap } = this.#options
    const versions: Readonly<Record<string, number>> = {
      monmap: MAP_EPOCH,
      mgrmap: MAP_EPOCH,
      osdmap: osdMap?.epoch ?? 0,
    }
    const version = versions[what] ?? 0
    connection.sendMessage(new MMonGetVersionReply({ handle, version, oldestVersion: version }))
  }

  #commanded(connection: Connection, { fields: { cmd, input }, tid }: MMonCommand): void {
    const { result = 0, status = '', output = '' } = this.#run(cmd.join(''), input)
    this.#options.log(`command ${cmd.join('')}: ${result}`)
    const ack = new MMonCommandAck({ version: 0, result, status, cmd, output: new TextEncoder().encode(output) })
    ack.tid = tid
    connection.sendMessage(ack)
  }

  #run(text: string, input: Uint8Array): Partial<CommandOutcome> {
    let args: Readonly<Record<string, unknown>>
    try {
      args = JSON.parse(text) as Readonly<Record<string, unknown>>
    } catch {
      return { result: EINVAL, status: 'the command is no JSON' }
    }
    const prefix = String(args['prefix'])
    if (prefix === 'get_command_descriptions') return { output: describeCommands(this.#options.commands) }
    const command = this.#commands.get(prefix)
    return command?.run({ args, input }) ?? { result: EINVAL, status: `command not known: ${prefix}` }
  }
}

/** The map of a cluster whose only monitor is at this address. */
function mapOfOne(fsid: Uuid, addr: EntityAddr): MonMap {
  const now = utimeFromMs(Date.now())
  const addrs = new EntityAddrVec([addr])
  const mon = { name: NAME, addrs, priority: 0, weight: 0, crushLocation: new Map<string, string>() }
  const times = { lastChanged: now, created: now }
  return { ...NO_MON_MAP, ...times, fsid, epoch: MAP_EPOCH, mons: [mon], minMonRelease: PACIFIC }
}
