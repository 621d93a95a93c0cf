import { EntityAddr, EntityAddrVec, EntityName, type Message, type MessageHeader } from '@msgr/message'
import {
  acceptsAnonymously,
  admissionSteps,
  ConnectionTable,
  FaultInjector,
  GlobalSeq,
  PolicyTable,
  Session,
  sessionOptionsFor,
  settleRequest,
  type AdmissionStep,
  type AskedSession,
  type Authenticator,
  type ConnectionHost,
  type ConnectionRole,
  type Logger,
  type SessionConnection,
  type SessionOptions,
  type Throttle,
  type Timers,
} from '@msgr/messenger-core'
import { Dialler } from '../dialler.ts'
import { EventSocket, type EventSocketOptions } from '../event-socket.ts'
import { nativeTools } from '../native-tools.ts'
import { centerTimers } from './center-timers.ts'
import type { Channel, ChannelOwner, MessageParts } from './channel.ts'
import type { Configuration, FromWorker, ToWorker } from './control.ts'
import { CrossingGate } from './crossing-gate.ts'
import type { FastDispatcher } from './fast-dispatcher.ts'
import { FastPath } from './fast-path.ts'
import { ProgressTeller } from './progress-teller.ts'
import { RawMessage } from './raw-message.ts'
import { OpenQuestions, RemoteAuthenticator, restoreSecurity } from './remote-authenticator.ts'
import { JoinedThrottles } from './shared-throttles.ts'
import type { ThreadSettings } from './thread-settings.ts'
import type { ThreadWorker } from './thread-worker.ts'
import { WorkerConnection } from './worker-connection.ts'
import { registryFor } from './worker-registry.ts'

/** So that each worker's dice fall differently. */
const SEED_STEP = 7919

/**
 * A messenger as the connections on one worker see it: what it can decide without the messenger's thread it does, and
 * the rest it asks for, or tells, through the channel.
 */
export class WorkerHost implements ConnectionHost, ChannelOwner<ToWorker> {
  readonly sessionOptions: SessionOptions
  readonly timers: Timers
  readonly logger: Logger
  readonly injector: FaultInjector
  readonly maxQueuedBytes: number
  defaultSendPriority: number
  readonly #worker: ThreadWorker
  readonly #channel: Channel<FromWorker, ToWorker>
  readonly #fast: FastPath
  readonly #table = new ConnectionTable<SessionConnection>()
  readonly #connections = new Map<number, WorkerConnection>()
  /** What was asked of connections that are on their way here, while that takes time. */
  readonly #adopting = new Map<number, ToWorker[]>()
  readonly #policies = new PolicyTable()
  readonly #progress: ProgressTeller
  readonly #gate: CrossingGate
  readonly #dispatchThrottle: Throttle
  readonly #throttles: JoinedThrottles
  readonly #questions: OpenQuestions
  readonly #dialler: Dialler
  readonly #socketOptions: EventSocketOptions
  #own = { legacy: EntityAddr.none, all: new EntityAddrVec() }
  #clusterProtocol = 0
  #owesTurn = false
  isStopped = false

  constructor(
    settings: ThreadSettings,
    worker: ThreadWorker,
    channel: Channel<FromWorker, ToWorker>,
    fast: FastDispatcher | undefined,
  ) {
    const { options, index, clockOffsetMs } = settings
    const name = new EntityName(settings.name.type, settings.name.num)
    this.#worker = worker
    this.#channel = channel
    this.timers = centerTimers(worker.center, clockOffsetMs)
    this.#fast = new FastPath(fast, this.timers, channel.announce)
    this.logger = (level, text) => {
      channel.sendControl(0, { kind: 'log', level, text })
    }
    this.injector = new FaultInjector({ ...options, injectSeed: (options.injectSeed + SEED_STEP * (index + 1)) >>> 0 })
    this.maxQueuedBytes = options.maxQueuedBytes || Infinity
    this.defaultSendPriority = settings.configuration.defaultSendPriority
    this.#progress = new ProgressTeller(this.timers, (handle, progress) => channel.sendProgress(handle, progress))
    this.#gate = new CrossingGate(() => channel.isCongested)
    this.#throttles = new JoinedThrottles(worker.wakeFd)
    this.#dispatchThrottle = this.#throttles.join(settings.dispatchThrottle)
    this.#questions = new OpenQuestions((handle, control) => {
      channel.sendControl(handle, control)
    })
    this.#socketOptions = { injector: this.injector, sendInline: options.asyncSendInline }
    this.#dialler = new Dialler(options, this.#socketOptions, () => this.#own.all.front)
    this.sessionOptions = {
      ...sessionOptionsFor({
        name,
        options,
        registry: registryFor(settings, fast),
        tools: nativeTools() ?? failWithoutNative(),
        policies: this.#policies,
        globalSeq: new GlobalSeq(settings.globalSeq),
        ownAddrs: () => this.#own,
        clusterProtocol: () => this.#clusterProtocol,
        allocate: worker.memory.take,
      }),
      maxQueuedBytes: Infinity,
    }
    this.#configure(settings.configuration)
  }

  authenticatorFor(connection: SessionConnection): Authenticator {
    return new RemoteAuthenticator(connection.id, this.#questions)
  }

  admissionSteps(connection: SessionConnection): readonly AdmissionStep[] {
    const { throttlers = {} } = asWorkerConnection(connection)
    return [{ throttle: this.#gate, counts: 'messages' }, ...admissionSteps(throttlers, this.#dispatchThrottle)]
  }

  learnedAddr(seen: EntityAddr): void {
    this.#channel.sendControl(0, { kind: 'learnedAddr', seen: seen.fields })
  }

  decide(connection: SessionConnection, asked: AskedSession): void {
    // Nobody will find it by that address, so it may live on any worker.
    if (acceptsAnonymously(asked.policy)) {
      settleRequest(this.#table, connection, asked, this.logger)
      return
    }
    asWorkerConnection(connection).asked = asked
    this.#tell(connection, { kind: 'requested', peerAddr: connection.peerAddr.fields })
  }

  authenticated(): void {
    // The messenger's thread has answered, and knows.
  }

  connected(connection: SessionConnection): void {
    this.#opened(asWorkerConnection(connection), 'connected')
  }

  accepted(connection: SessionConnection): void {
    this.#table.add(connection, acceptsAnonymously(connection.session.facts.policy))
    this.#opened(asWorkerConnection(connection), 'accepted')
  }

  deliver(message: Message, connection: SessionConnection): void {
    const isTaken = this.#fast.take(message)
    this.#worker.memory.dispatched(message, { crosses: !isTaken })
    if (isTaken) connection.releaseThrottles(message)
    else this.#channel.sendMessage(connection.id, message)
  }

  remoteReset(connection: SessionConnection): void {
    this.#tell(connection, { kind: 'remoteReset' })
  }

  refused(connection: SessionConnection): void {
    this.#tell(connection, { kind: 'refused' })
  }

  closed(
    connection: SessionConnection,
    { wasKnown, heir }: { readonly wasKnown: boolean; readonly heir?: SessionConnection | undefined },
  ): void {
    this.#table.remove(connection)
    this.#connections.delete(connection.id)
    this.#tell(connection, { kind: 'closed', wasKnown, heir: heir?.id })
  }

  progressed(connection: SessionConnection): void {
    this.#progress.progressed(asWorkerConnection(connection))
  }

  /** What was done since the last call may have settled promises, so that Node is to have its turn before any wait. */
  takeOwesTurn(): boolean {
    const owes = this.#owesTurn
    this.#owesTurn = false
    return owes
  }

  onControl(handle: number, control: ToWorker): void {
    this.#owesTurn = true
    switch (control.kind) {
      case 'configure':
        this.#configure(control.configuration)
        return
      case 'dial': {
        const connection = this.#make(handle, { ...control, peerAddr: new EntityAddr(control.peerAddr) })
        this.#table.add(connection, control.isAnonymous)
        connection.begin()
        return
      }
      case 'accept':
        this.#accept(handle, control)
        return
      case 'adopt':
        void this.#adopt(handle, control)
        return
      case 'answer':
        this.#questions.answered(control.question, control.answer)
        return
      case 'stop':
        this.stop()
        return
      default: {
        const connection = this.#connections.get(handle)
        if (connection !== undefined) this.#command(connection, control)
        else this.#adopting.get(handle)?.push(control)
      }
    }
  }

  onMessage(handle: number, header: MessageHeader, { front, middle, data }: MessageParts): void {
    const connection = this.#connections.get(handle)
    if (connection === undefined) return // it was closed while this was on its way
    const { type, version, compatVersion } = header
    const message = new RawMessage({ type, headVersion: version, compatVersion })
    message.decode(header, front, middle, data)
    connection.relay(message)
  }

  onProgress(): void {
    throw new Error('the messenger tells of progress, which is for workers to tell')
  }

  onFlushed(): void {
    this.#owesTurn = true
    this.#gate.open()
  }

  /** Another thread has given room back. */
  retryThrottles(): void {
    this.#throttles.retry()
  }

  /** What made the worker fail, if something did. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#fast.failure
  }

  /** Ends every connection; those that the application knows as an error would. */
  failAll(): void {
    for (const connection of [...this.#connections.values()]) connection.reset()
  }

  /** Closes every connection, and takes part in nothing any more. */
  stop(): void {
    this.isStopped = true
    for (const connection of [...this.#connections.values()]) connection.markDown()
    this.#throttles.leave()
  }

  #configure(configuration: Configuration): void {
    const { ownLegacy, ownAll, byDefault, byType, throttlers, clusterProtocol, defaultSendPriority } = configuration
    this.#own = { legacy: new EntityAddr(ownLegacy), all: EntityAddrVec.fromFields(ownAll) }
    this.#policies.assign({
      byDefault,
      byType,
      throttlers: throttlers.map(([peerType, shared]) => [peerType, this.#throttles.joinBoth(shared)] as const),
    })
    this.#clusterProtocol = clusterProtocol
    this.defaultSendPriority = defaultSendPriority
  }

  #make(handle: number, role: ConnectionRole): WorkerConnection {
    const connection = new WorkerConnection(handle, this, role, (peerAddr) =>
      this.#dialler.dial(peerAddr, this.#worker),
    )
    this.#connections.set(handle, connection)
    return connection
  }

  #accept(handle: number, { fd, wire }: Extract<ToWorker, { kind: 'accept' }>): void {
    const transport = this.#socketOf(handle, fd, [])
    if (transport === undefined) return
    const connection = this.#make(handle, { kind: 'accept', transport, wire })
    this.#table.addAccepting(connection)
    connection.begin()
  }

  async #adopt(handle: number, { fd, unsent, state }: Extract<ToWorker, { kind: 'adopt' }>): Promise<void> {
    const meanwhile: ToWorker[] = []
    this.#adopting.set(handle, meanwhile)
    const security = await restoreSecurity(state.security)
    this.#adopting.delete(handle)
    if (this.isStopped) return // whoever ends this thread closes the descriptor
    const transport = this.#socketOf(handle, fd, unsent)
    if (transport === undefined) return
    const restore = () => security ?? failWithoutSecurity()
    const session = Session.importAccepting(this.sessionOptions, state, restore, this.timers.now())
    const connection = this.#make(handle, { kind: 'goOn', transport, session })
    this.#table.addAccepting(connection)
    connection.begin()
    for (const control of meanwhile) this.onControl(handle, control)
  }

  #socketOf(handle: number, fd: number, unsent: readonly Uint8Array[]): EventSocket | undefined {
    try {
      return EventSocket.accepted(fd, this.#worker, this.#socketOptions, unsent)
    } catch {
      // The peer was gone before it was let in.
      this.#channel.sendControl(handle, { kind: 'closed', wasKnown: false, heir: undefined })
      return undefined
    }
  }

  #command(
    connection: WorkerConnection,
    control: Exclude<ToWorker, { kind: 'configure' | 'dial' | 'accept' | 'adopt' | 'answer' | 'stop' }>,
  ): void {
    switch (control.kind) {
      case 'settle':
        this.#settle(connection, control.isHere)
        return
      case 'want':
        connection.want()
        return
      case 'keepalive':
        connection.sendKeepalive()
        return
      case 'markDown':
        connection.markDown()
        return
      case 'makeDisposable':
        connection.markDisposable()
        return
      case 'break':
        connection.breakTransport(new Error(control.reason))
    }
  }

  /** It is known by now where the session that the peer asks for is held, if it is. */
  #settle(connection: WorkerConnection, isHere: boolean): void {
    const { asked } = connection
    connection.asked = undefined
    if (asked === undefined) return
    if (isHere) {
      settleRequest(this.#table, connection, asked, this.logger)
      return
    }
    const handedOver = connection.handOver()
    if (handedOver === undefined) {
      this.logger(0, `${connection.peerAddr.toString()}: closed, its session is on a worker that it cannot move to`)
      connection.markDown()
      return
    }
    const { transport, state } = handedOver
    if (!(transport instanceof EventSocket)) throw new Error('a worker has a transport that is no socket of its own')
    this.#table.remove(connection)
    this.#connections.delete(connection.id)
    this.#tell(connection, { kind: 'moving', ...transport.handOver(), state })
  }

  #opened(connection: WorkerConnection, how: 'connected' | 'accepted'): void {
    const { peerType, peerAddr, peerAddrs, features } = connection
    connection.throttlers ??= this.#policies.throttlers(peerType)
    const facts = { peerType, peerAddr: peerAddr.fields, peerAddrs: peerAddrs.fields, features }
    const standsForItself = acceptsAnonymously(connection.session.facts.policy)
    this.#tell(connection, { kind: 'opened', how, facts, standsForItself })
    this.#fast.opened(connection, how)
  }

  #tell(connection: SessionConnection, control: FromWorker): void {
    this.#channel.sendControl(connection.id, control)
  }
}

function asWorkerConnection(connection: SessionConnection): WorkerConnection {
  if (connection instanceof WorkerConnection) return connection
  throw new Error('a worker has a connection that is none of its own')
}

function failWithoutNative(): never {
  throw new Error('a worker runs where there is no native part')
}

function failWithoutSecurity(): never {
  throw new Error('a handshake asks for what it came without')
}
