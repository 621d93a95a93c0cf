import type { EventDriverName } from '@msgr/event-driver'
import { EntityAddr, type MessageHeader } from '@msgr/message'
import {
  admissionSteps,
  ConnectionTable,
  MessengerError,
  type DialRole,
  type HeldConnection,
  type WireVersion,
} from '@msgr/messenger-core'
import { close } from '@msgr/posix'
import type { ChannelOwner, MessageParts } from './channel.ts'
import { clockOffsetMs } from './center-timers.ts'
import { configurationOf, type ThreadPoolMessenger } from './configuration-of.ts'
import type { FromWorker } from './control.ts'
import { answerQuestion } from './answer-question.ts'
import { OpThread, type CommonSettings } from './op-thread.ts'
import { Placements } from './placements.ts'
import type { Progress } from './progress.ts'
import { factsOf } from './raw-message.ts'
import { SharedThrottles } from './shared-throttles.ts'
import { ThreadConnection, type ThreadConnectionHost } from './thread-connection.ts'
import { WakeHub } from './wake-hub.ts'

/** How a messenger wants its threads. */
export interface ThreadPoolSettings {
  readonly opThreads: number
  readonly affinityCores: readonly number[]
  readonly driver: EventDriverName | undefined
  readonly fastDispatcher: { readonly module: string; readonly data: unknown } | undefined
}

/**
 * The worker threads of one messenger, and what its own thread has of their connections.
 *
 * Ceph: src/msg/async/Stack.cc, NetworkStack
 */
export class ThreadPool implements ThreadConnectionHost {
  readonly table: ConnectionTable<HeldConnection> = new ConnectionTable<HeldConnection>()
  readonly #messenger: ThreadPoolMessenger
  readonly #settings: ThreadPoolSettings
  readonly #common: Omit<CommonSettings, 'configuration'>
  readonly #hub = WakeHub.ofThisThread
  readonly #connections = new Map<number, ThreadConnection>()
  readonly #placements = new Placements()
  readonly #throttles: SharedThrottles
  #threads: OpThread[]
  /** Of threads that have ended: another may have been about to use one. */
  readonly #oldWakeFds: number[] = []
  /** Why a thread could not be started: then none of that kind can. */
  #startError: MessengerError | undefined
  #isProcessing = false
  #isAsked = false
  #isBusy = false
  #isUnrefed = false
  #stopping: { readonly resolve: () => void } | undefined
  readonly #starting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []

  constructor(messenger: ThreadPoolMessenger, settings: ThreadPoolSettings) {
    const { name, parts, host } = messenger
    this.#messenger = messenger
    this.#throttles = new SharedThrottles(this.#hub.fd)
    this.#settings = settings
    this.#common = {
      count: settings.opThreads,
      name: { type: name.type, num: name.num },
      options: parts.options,
      driver: settings.driver,
      messages: parts.registry.classes.map(factsOf),
      fastDispatcher: settings.fastDispatcher,
      clockOffsetMs: clockOffsetMs(),
      messengerWakeFd: this.#hub.fd,
      globalSeq: new Uint32Array(new SharedArrayBuffer(4)),
      dispatchThrottle: this.#throttles.share(host.dispatchThrottle),
    }
    this.#hub.add(this.#woken)
    this.#threads = Array.from({ length: settings.opThreads }, (_, index) => this.#start(index))
  }

  get maxQueuedBytes(): number {
    return this.#messenger.host.maxQueuedBytes
  }

  get defaultSendPriority(): number {
    return this.#messenger.host.defaultSendPriority
  }

  /** How many connections live on each thread. */
  get loads(): readonly number[] {
    return this.#threads.map(({ connections }) => connections.size)
  }

  log(level: number, text: string): void {
    this.#messenger.parts.logger(level, text)
  }

  /** Resolves when every thread runs. Rejects with `MessengerError` if one could not be started. */
  async started(): Promise<void> {
    if (this.#startError !== undefined) throw this.#startError
    if (this.#threads.every(({ state }) => state === 'running')) return
    try {
      await new Promise<void>((resolve, reject) => {
        this.#starting.push({ resolve, reject })
        this.#refresh()
      })
    } finally {
      this.#refresh()
    }
  }

  /** A connection that dials. It begins when it is told to. */
  dial(id: number, role: DialRole): ThreadConnection {
    const { peerType, peerAddr, anyNonce, isAnonymous } = role
    const key = isAnonymous ? undefined : peerAddr.key
    const home = (key === undefined ? undefined : this.#placements.homeOf(key)) ?? this.#leastBusy()
    const begin = { kind: 'dial', peerType, peerAddr: peerAddr.fields, anyNonce, isAnonymous } as const
    const connection = new ThreadConnection(id, home, this, { peerType, peerAddr, isDialled: true, begin })
    this.#keep(connection)
    if (key !== undefined) this.#placements.place(connection, key)
    return connection
  }

  /** A socket that a peer has opened, which is the pool's from here on. */
  accept(id: number, fd: number, wire: WireVersion, remoteAddr: EntityAddr): ThreadConnection {
    const begin = { kind: 'accept', fd, wire } as const
    const start = { peerType: -1, peerAddr: remoteAddr.with({ type: wire }), isDialled: false, begin }
    const connection = new ThreadConnection(id, this.#leastBusy(), this, start)
    this.#keep(connection)
    this.table.addAccepting(connection)
    connection.home.give(fd)
    connection.begin()
    return connection
  }

  /** Tells the threads what is different about the messenger. */
  configurationChanged(): void {
    const configuration = configurationOf(this.#messenger, this.#throttles)
    for (const { channel } of this.#threads) channel.sendControl(0, { kind: 'configure', configuration })
  }

  ended(connection: ThreadConnection, isTold: boolean): void {
    this.table.remove(connection)
    this.#messenger.host.delivery.closed(connection, isTold)
  }

  unref(): void {
    this.#isUnrefed = true
    this.#refresh()
  }

  ref(): void {
    this.#isUnrefed = false
    this.#refresh()
  }

  /** Ends all threads, and resolves when they have. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stopping = { resolve }
      for (const thread of this.#threads) thread.stop()
      if (this.#threads.length === 0) resolve()
    })
    for (const fd of this.#oldWakeFds.splice(0)) close(fd)
    this.#hub.remove(this.#woken)
    this.#refresh()
  }

  #start(index: number): OpThread {
    const { affinityCores } = this.#settings
    const core = affinityCores[index % Math.max(1, affinityCores.length)]
    const common = { ...this.#common, configuration: configurationOf(this.#messenger, this.#throttles) }
    return new OpThread(index, core, common, {
      receiver: (thread) => this.#receiverOf(thread),
      onEnded: (thread) => {
        this.#threadEnded(thread)
      },
    })
  }

  #leastBusy(): OpThread {
    const [first, ...others] = this.#threads
    if (first === undefined)
      throw new MessengerError('ERR_MSGR_WORKER', 'every worker of the messenger has failed to start')
    return others.reduce((least, thread) => (thread.connections.size < least.connections.size ? thread : least), first)
  }

  #keep(connection: ThreadConnection): void {
    this.#connections.set(connection.id, connection)
    connection.home.connections.add(connection)
    this.#refresh()
  }

  #forget(connection: ThreadConnection): void {
    this.#connections.delete(connection.id)
    connection.home.connections.delete(connection)
    connection.countReceived(connection.home.passedOn)
    this.#placements.remove(connection)
    this.#refresh()
  }

  /** The process stays alive while there are connections, or threads to wait for, unless nobody wants that. */
  #refresh(): void {
    const isBusy = (this.#connections.size > 0 || this.#starting.length > 0) && !this.#isUnrefed
    if (isBusy === this.#isBusy) return
    this.#isBusy = isBusy
    this.#hub.keepAlive(isBusy)
  }

  readonly #woken = (): void => {
    this.#throttles.retry()
    this.#processAll()
  }

  #processAll(): void {
    if (this.#isProcessing) return
    this.#isProcessing = true
    let hasMore = false
    try {
      for (const thread of this.#threads) {
        thread.channel.wakeUp()
        if (thread.process()) hasMore = true
      }
      for (const thread of this.#threads) if (!thread.channel.fallAsleep()) hasMore = true
    } finally {
      this.#isProcessing = false
    }
    if (!hasMore || this.#isAsked) return
    this.#isAsked = true
    setImmediate(() => {
      this.#isAsked = false
      this.#processAll()
    })
  }

  #receiverOf(thread: OpThread): ChannelOwner<FromWorker> {
    return {
      onControl: (handle, control) => {
        this.#onControl(thread, this.#connections.get(handle), control)
      },
      onMessage: (handle, header, parts, receivedAtMs) => {
        const connection = this.#connections.get(handle)
        if (connection !== undefined) this.#onMessage(connection, header, parts, receivedAtMs)
      },
      onProgress: (handle: number, progress: Progress) => {
        this.#connections.get(handle)?.progressed(progress)
      },
      onFlushed: () => undefined,
    }
  }

  #onMessage(connection: ThreadConnection, header: MessageHeader, parts: MessageParts, receivedAtMs: number): void {
    const { host, parts: own } = this.#messenger
    const message = connection.receive(header, parts, own.registry)
    if (message === undefined) return
    message.recvStampMs = receivedAtMs
    host.delivery.deliver(message, connection)
  }

  #onControl(thread: OpThread, connection: ThreadConnection | undefined, control: FromWorker): void {
    switch (control.kind) {
      case 'started':
        this.#threadStarted(thread)
        return
      case 'log':
        this.log(control.level, control.text)
        return
      case 'learnedAddr':
        this.#messenger.host.learnedAddr(new EntityAddr(control.seen))
        return
      case 'failed':
        thread.failure = control.reason
        return
      default:
        if (control.kind === 'moving') thread.takeBack(control.fd)
        if (connection !== undefined) this.#onEvent(thread, connection, control)
        else if (control.kind === 'moving') close(control.fd)
    }
  }

  #onEvent(
    thread: OpThread,
    connection: ThreadConnection,
    event: Exclude<FromWorker, { kind: 'started' | 'log' | 'learnedAddr' | 'failed' }>,
  ): void {
    const { delivery } = this.#messenger.host
    switch (event.kind) {
      case 'opened':
        this.#opened(connection, event)
        return
      case 'requested':
        this.#requested(connection, new EntityAddr(event.peerAddr))
        return
      case 'moving':
        this.#moved(connection, event)
        return
      case 'ask':
        void answerQuestion(this.#messenger.parts.authenticator, connection, event, delivery).then((answer) => {
          thread.channel.sendControl(connection.id, { kind: 'answer', question: event.question, answer })
        })
        return
      case 'remoteReset':
        if (!connection.isClosed) delivery.remoteReset(connection)
        return
      case 'refused':
        if (!connection.isClosed) delivery.refused(connection)
        return
      case 'closed':
        this.#closed(connection, event.wasKnown, event.heir)
    }
  }

  #opened(
    connection: ThreadConnection,
    { how, facts, standsForItself }: Extract<FromWorker, { kind: 'opened' }>,
  ): void {
    if (connection.isClosed) return
    const { host } = this.#messenger
    if (connection.steps.length === 0) {
      connection.steps = admissionSteps(host.policies.throttlers(facts.peerType), host.dispatchThrottle)
    }
    connection.opened(facts)
    if (how === 'connected') {
      host.delivery.connected(connection)
      return
    }
    this.table.add(connection, standsForItself)
    host.delivery.accepted(connection)
  }

  /** The session goes on, or begins, where the peer's address says. */
  #requested(connection: ThreadConnection, peerAddr: EntityAddr): void {
    if (connection.isClosed) return
    const home = this.#placements.homeOf(peerAddr.key) ?? connection.home
    const isHere = home === connection.home
    if (isHere) this.#placements.place(connection, peerAddr.key)
    connection.peerAddr = peerAddr
    connection.home.channel.sendControl(connection.id, { kind: 'settle', isHere })
  }

  #moved(connection: ThreadConnection, { fd, unsent, state }: Extract<FromWorker, { kind: 'moving' }>): void {
    if (connection.isClosed) {
      close(fd)
      this.#forget(connection)
      return
    }
    const { key } = connection.peerAddr
    connection.home.connections.delete(connection)
    connection.home = this.#placements.homeOf(key) ?? this.#leastBusy()
    connection.home.connections.add(connection)
    connection.home.give(fd)
    connection.home.channel.sendControl(connection.id, { kind: 'adopt', fd, unsent, state })
  }

  #closed(connection: ThreadConnection, wasKnown: boolean, heirId: number | undefined): void {
    const heir = heirId === undefined ? undefined : this.#connections.get(heirId)
    if (heir !== undefined) heir.peerIdentity = connection.peerIdentity
    this.#forget(connection)
    if (connection.isClosed) return
    connection.closed()
    this.ended(connection, wasKnown)
  }

  #threadStarted(thread: OpThread): void {
    thread.state = 'running'
    if (!this.#threads.every(({ state }) => state === 'running')) return
    for (const { resolve } of this.#starting.splice(0)) resolve()
  }

  #threadEnded(thread: OpThread): void {
    while (thread.process()); // what it had to say before
    const isExpected = this.#stopping !== undefined
    const reason = thread.failure ?? 'its thread came to an end'
    if (!isExpected) this.log(0, `worker ${thread.index} failed: ${reason}`)
    this.#threads = this.#threads.filter((other) => other !== thread)
    for (const connection of thread.connections) this.#closed(connection, connection.isKnown, undefined)
    this.#throttles.evict(thread.wakeFd, thread.passedOn)
    this.#oldWakeFds.push(thread.wakeFd)
    thread.dispose()
    if (isExpected) {
      if (this.#threads.length === 0) this.#stopping?.resolve()
    } else if (thread.state === 'running') {
      this.#threads = [...this.#threads, this.#start(thread.index)].sort((a, b) => a.index - b.index)
    } else {
      this.#startError = thread.startError
      for (const { reject } of this.#starting.splice(0)) reject(thread.startError)
    }
  }
}
