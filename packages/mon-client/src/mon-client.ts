import { hostname } from 'node:os'
import { AuthRefusedError, type AuthClient, type RotatingSecrets, type RotatingSecretsFetch } from '@msgr/auth'
import { EntityType, type Connection, type EntityAddr, type Message } from '@msgr/message'
import { Policies, type Dispatcher, type Logger, type Messenger } from '@msgr/messenger'
import { nodeTimers, silentLogger, type Timers } from '@msgr/messenger-core'
import { MonClientError, MonCommandError } from './errors.ts'
import { MAuthReply } from './m-auth-reply.ts'
import { MMonCommandAck, type MMonCommandAckFields } from './m-mon-command-ack.ts'
import { MMonCommand, type MMonCommandFields } from './m-mon-command.ts'
import { MMonGetVersionReply, type MMonGetVersionReplyFields } from './m-mon-get-version-reply.ts'
import { MMonGetVersion } from './m-mon-get-version.ts'
import { MMonSubscribe } from './m-mon-subscribe.ts'
import { resolveMonClientOptions, type MonClientOptions } from './mon-client-options.ts'
import { MonCommandResult } from './mon-command-result.ts'
import { formatMonCommand, prefixOfMonCommand, type MonCommandArguments } from './mon-command-text.ts'
import { type Random } from './mon-hunt.ts'
import { MonHunter } from './mon-hunter.ts'
import { MonKeepalive } from './mon-keepalive.ts'
import { type MonMap } from './mon-map.ts'
import { MonMaps, type Subscribable, type SubscribableName } from './mon-maps.ts'
import { type MonSession } from './mon-session.ts'
import { targetsOfMonMap, type MonTarget } from './mon-target.ts'
import { RequestTable, type WaitOptions } from './request-table.ts'
import { TicketKeeper } from './ticket-keeper.ts'

/** What a client of monitors is made of. */
export interface MonClientParts extends Partial<MonClientOptions> {
  /** With `monMessages` among its messages and, for version 2 of the wire, an authenticator that has the same `auth`. */
  readonly messenger: Messenger
  readonly auth: AuthClient
  /** Whom to begin with. Their own map counts as soon as it has come. */
  readonly monitors: readonly MonTarget[]
  /** Whether `close` shuts the messenger down too. Default false. */
  readonly ownsMessenger?: boolean
  readonly logger?: Logger
  readonly timers?: Timers
  readonly random?: Random
}

export interface MonCommandOptions extends WaitOptions {
  /** What the command reads besides its arguments, such as a keyring or a map. Not copied: leave it as it is. */
  readonly input?: Uint8Array
}

/** Maps whose newest version can be asked for. */
export type VersionedMapName = 'monmap' | 'osdmap' | 'mdsmap' | 'fsmap'

export type MapVersions = Pick<MMonGetVersionReplyFields, 'version' | 'oldestVersion'>

type CommandQuestion = Pick<MMonCommandFields, 'cmd' | 'input'> & { readonly tid: bigint }

interface VersionQuestion {
  readonly handle: bigint
  readonly what: VersionedMapName
}

interface SecretsQuestion {
  readonly id: bigint
  readonly fetch: RotatingSecretsFetch
}

/**
 * A client of a cluster's monitors: finds one that answers, logs in, and keeps to it until it is silent or gone; then
 * to another. Commands, questions and subscriptions outlive sessions. Ceph: src/mon/MonClient.cc
 */
export class MonClient implements Dispatcher {
  readonly auth: AuthClient
  readonly #messenger: Messenger
  readonly #ownsMessenger: boolean
  readonly #hunter: MonHunter
  readonly #keepalive: MonKeepalive
  readonly #tickets: TicketKeeper
  readonly #maps = new MonMaps()
  readonly #logger: Logger
  readonly #beginnings: RequestTable<bigint, undefined>
  readonly #commands: RequestTable<CommandQuestion, MMonCommandAckFields>
  readonly #versions: RequestTable<VersionQuestion, MapVersions>
  readonly #secrets: RequestTable<SecretsQuestion, RotatingSecrets>
  readonly #renewals: RequestTable<bigint, undefined>
  #lastId = 0n
  #isStarted = false
  #closed: Promise<void> | undefined

  /** Adds itself to the messenger's dispatchers and sets the policy for monitors. Throws `MonClientError`. */
  constructor(parts: MonClientParts) {
    const { messenger, auth, monitors, timers = nodeTimers, random = Math.random, logger = silentLogger } = parts
    const options = resolveMonClientOptions(parts)
    this.auth = auth
    this.#messenger = messenger
    this.#ownsMessenger = parts.ownsMessenger ?? false
    this.#logger = logger
    this.#keepalive = new MonKeepalive(timers, options)
    this.#tickets = new TicketKeeper(auth, timers)
    this.#beginnings = new RequestTable(timers, () => `a session with one of ${this.#hunter.describeTargets()}`)
    this.#commands = new RequestTable(timers)
    this.#versions = new RequestTable(timers)
    this.#secrets = new RequestTable(timers)
    this.#renewals = new RequestTable(timers)
    this.#hunter = new MonHunter(
      { messenger, auth, timers, options, random, logger },
      {
        found: (session) => {
          this.#found(session)
        },
        lost: () => {
          this.#keepalive.stop()
          this.#tickets.stop()
        },
        refused: (error) => {
          this.#beginnings.rejectAll(error)
        },
      },
    )
    this.#hunter.setTargets(monitors)
    messenger.setPolicy(EntityType.mon, Policies.lossyClient())
    messenger.addDispatcherHead(this)
  }

  /** The map of monitors; `undefined` before there is any. */
  get monMap(): MonMap | undefined {
    return this.#maps.monMap
  }

  /** Where the monitor is that there is a session with; `undefined` while one is being looked for. */
  get monitorAddr(): EntityAddr | undefined {
    return this.#hunter.session?.connection.peerAddr
  }

  /**
   * Begins to look for a monitor. Resolves as soon as there is a session with one, and its map; from then on lost
   * sessions are replaced without a word. Rejects with `AuthRefusedError` if no monitor will have us; with that, or
   * after `timeoutMs`, the client goes on trying until it is closed.
   */
  connect(options: WaitOptions = {}): Promise<void> {
    const id = this.#nextId()
    const begin = (): void => {
      if (!this.#isStarted) this.#hunter.start()
      this.#isStarted = true
      if (this.#readySession !== undefined) this.#beginnings.answer(id, undefined)
    }
    return this.#wait(() => this.#beginnings.wait(id, id, begin, options))
  }

  /**
   * Gives the monitors a command, once in each session until one answers: a monitor that dies may have carried it out
   * already. In JSON it goes as it stands. Throws `MonCommandError` for an answer that is an error.
   */
  async command(command: MonCommandArguments | string, options: MonCommandOptions = {}): Promise<MonCommandResult> {
    const { input = new Uint8Array(0) } = options
    const text = typeof command === 'string' ? command : formatMonCommand(command)
    const question: CommandQuestion = { tid: this.#nextId(), cmd: [text], input }
    const ask = (): void => {
      this.#askCommand(question)
    }
    const { version, result, status, output } = await this.#wait(() =>
      this.#commands.wait(question.tid, question, ask, options),
    )
    const answer = { version, result, status, output: output.slice() }
    if (result < 0) throw new MonCommandError(prefixOfMonCommand(text), answer)
    return new MonCommandResult(answer)
  }

  /** Asks for the newest version of a map, and the oldest that there still is. */
  getVersion(what: VersionedMapName, options: WaitOptions = {}): Promise<MapVersions> {
    const question: VersionQuestion = { handle: this.#nextId(), what }
    const ask = (): void => {
      this.#askVersion(question)
    }
    return this.#wait(() => this.#versions.wait(question.handle, question, ask, options))
  }

  /** Asks for the secrets of one's own kind of service: for who is an OSD, an MDS or a manager, and uses cephx. */
  rotatingSecrets(options: WaitOptions = {}): Promise<RotatingSecrets> {
    const question: SecretsQuestion = { id: this.#nextId(), fetch: this.auth.rotatingSecrets() }
    const ask = (): void => {
      this.#askSecrets(question)
    }
    return this.#wait(() => this.#secrets.wait(question.id, question, ask, options))
  }

  /**
   * Gets tickets for the services of which there are none, or none that last: what `CephxAuthenticator` takes as
   * `renew`. Rejects with `AuthRefusedError` if the monitors give none.
   */
  renewTickets(options: WaitOptions = {}): Promise<void> {
    const id = this.#nextId()
    const ask = (): void => {
      this.#askTickets(id)
    }
    return this.#wait(() => this.#renewals.wait(id, id, ask, options))
  }

  /**
   * For `CephxAuthenticator`, as `onLoginRefused`: over version 2 of the wire a login is part of the handshake, and only
   * the authenticator knows that a monitor will not have us.
   */
  loginRefused(refusal: AuthRefusedError): void {
    this.#hunter.loginRefused(refusal)
  }

  /**
   * Follows a map, or the options that the cluster keeps for us: gives the newest as soon as it is known, and each time
   * that it changes. Who is slow misses what came between. Ends, without an error, when its reader returns, the signal
   * aborts or the client is closed.
   */
  subscribe<Name extends SubscribableName>(
    name: Name,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncIterableIterator<Subscribable[Name], undefined, undefined> {
    const { values, isNew } = this.#maps.follow(name, options.signal)
    if (this.#closed !== undefined) this.#maps.end()
    else if (isNew && name !== 'monmap') this.#subscribeTo(name)
    return values
  }

  /** Ends the session, all waits, and all subscriptions. Calling it again gives the same promise. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  msDispatch(message: Message): boolean {
    const session = this.#hunter.sessionOf(message.connection)
    if (session === undefined) return this.#hunter.wasOurs(message.connection)
    if (session === this.#hunter.session) this.#keepalive.heard()
    this.#guard(session, () => {
      if (message instanceof MAuthReply) session.receiveAuthReply(message.fields)
      else if (session.isOpen) this.#receive(session, message)
    })
    return true
  }

  msHandleConnect(connection: Connection): void {
    const session = this.#hunter.sessionOf(connection)
    if (session === undefined) return
    this.#guard(session, () => {
      session.connected()
    })
  }

  msHandleReset(connection: Connection): boolean {
    this.#hunter.sessionOf(connection)?.lose(new Error('the connection broke'))
    return this.#hunter.wasOurs(connection)
  }

  msHandleRefused(connection: Connection): boolean {
    this.#hunter.sessionOf(connection)?.lose(new Error('nobody listens there'))
    return this.#hunter.wasOurs(connection)
  }

  /** The session with a monitor whose cluster is known. */
  get #readySession(): MonSession | undefined {
    return this.monMap === undefined ? undefined : this.#hunter.session
  }

  /** What a peer sends may make no sense, and then ends its session; it never gets further than this. */
  #guard(session: MonSession, run: () => void): void {
    try {
      run()
    } catch (error) {
      session.lose(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #found(session: MonSession): void {
    this.#keepalive.start(session, () => {
      this.#hunter.sessionLasts()
    })
    this.#tickets.start(session)
    session.send(new MMonSubscribe(this.#maps.wanted, hostname()))
    for (const question of this.#secrets.questions) this.#askSecrets(question)
    for (const id of this.#renewals.questions) this.#askTickets(id)
    if (this.#readySession !== undefined) this.#becomeReady()
  }

  /** Asks a new session's monitor all that has no answer yet. */
  #becomeReady(): void {
    for (const question of this.#commands.questions) this.#askCommand(question)
    for (const question of this.#versions.questions) this.#askVersion(question)
    for (const id of this.#beginnings.questions) this.#beginnings.answer(id, undefined)
  }

  #receive(session: MonSession, message: Message): void {
    if (message instanceof MMonCommandAck) {
      this.#commands.answer(message.tid, message.fields)
    } else if (message instanceof MMonGetVersionReply) {
      const { handle, version, oldestVersion } = message.fields
      this.#versions.answer(handle, { version, oldestVersion })
    } else {
      this.#receiveMap(session, message)
    }
  }

  #receiveMap(session: MonSession, message: Message): void {
    const before = this.monMap
    const missing = this.#maps.receive(message)
    if (missing !== undefined) this.#subscribeTo(missing)
    const { monMap } = this
    if (monMap === undefined || monMap === before) return
    this.#hunter.monMapEpoch = monMap.epoch
    this.#hunter.setTargets(targetsOfMonMap(monMap))
    if (before === undefined) this.#becomeReady()
    if (!monMap.mons.some(({ addrs }) => addrs.contains(session.connection.peerAddr))) {
      session.lose(new Error('the monitor is not in the map of monitors'))
    }
  }

  #subscribeTo(name: SubscribableName): void {
    this.#hunter.session?.send(new MMonSubscribe(new Map([[name, this.#maps.requestFor(name)]]), hostname()))
  }

  #askCommand({ tid, cmd, input }: CommandQuestion): void {
    const session = this.#readySession
    const fsid = this.monMap?.fsid
    if (session === undefined || fsid === undefined) return
    const message = new MMonCommand({ fsid, cmd, input })
    message.tid = tid
    if (session.send(message) === 'full') {
      this.#commands.reject(tid, new MonClientError('ERR_MSGR_MON_BUSY', 'expected room for a command, got none'))
    }
  }

  #askVersion({ handle, what }: VersionQuestion): void {
    this.#readySession?.send(new MMonGetVersion(handle, what))
  }

  #askSecrets({ id, fetch }: SecretsQuestion): void {
    this.#hunter.session?.exchange(fetch.payload, ({ result, payload }) => {
      if (result === 0) this.#secrets.answer(id, fetch.receive(payload))
      else this.#secrets.reject(id, new AuthRefusedError(result, `rotating secrets: the monitor refuses: ${result}`))
    })
  }

  #askTickets(id: bigint): void {
    const session = this.#hunter.session
    if (session === undefined) return
    this.#tickets.renew(session, (error) => {
      if (error === undefined) this.#renewals.answer(id, undefined)
      else this.#renewals.reject(id, error)
    })
  }

  #nextId(): bigint {
    return ++this.#lastId
  }

  #wait<Answer>(begin: () => Promise<Answer>): Promise<Answer> {
    return this.#closed === undefined ? begin() : Promise.reject(closedError())
  }

  async #close(): Promise<void> {
    this.#hunter.stop()
    this.#keepalive.stop()
    this.#tickets.stop()
    this.#maps.end()
    for (const table of [this.#beginnings, this.#commands, this.#versions, this.#secrets, this.#renewals]) {
      table.rejectAll(closedError())
    }
    if (this.#ownsMessenger) await this.#messenger.shutdown()
    this.#logger(1, 'client of monitors: closed')
  }
}

function closedError(): MonClientError {
  return new MonClientError('ERR_MSGR_MON_CLOSED', 'the client of monitors has been closed')
}
