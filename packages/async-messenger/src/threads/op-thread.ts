import { MessageChannel, Worker as NodeWorker } from 'node:worker_threads'
import { signalWakeup } from '@msgr/event-driver'
import { MessengerError, type AdmissionStep } from '@msgr/messenger-core'
import { close, eventfd } from '@msgr/posix'
import { Channel, type ChannelOwner } from './channel.ts'
import type { FromWorker, ToWorker } from './control.ts'
import { FdLedger } from './fd-ledger.ts'
import type { ThreadConnection } from './thread-connection.ts'
import type { ThreadSettings } from './thread-settings.ts'

/** Whether this module is read as source, as it is in tests: a thread runs what was built. */
const IS_SOURCE = import.meta.url.endsWith('.ts')
const THREAD_MODULE = new URL(IS_SOURCE ? '../../dist/worker-thread.js' : './worker-thread.js', import.meta.url)

/**
 * A process that reads source, or whose program is one of its arguments, says so in others that do not hold for a thread.
 * All arguments else are for threads too, though some of them could not be given again.
 */
const HAS_FOREIGN_ARGUMENTS = IS_SOURCE || process.execArgv.some((argument) => argument.startsWith('--input-type'))

/** What all threads of a messenger are started with. */
export type CommonSettings = Omit<ThreadSettings, 'index' | 'core' | 'memory' | 'port' | 'wakeFd' | 'fdLedger'>

/** Who is told of what a thread does. */
export interface OpThreadOwner {
  /** Who gets what comes from it. */
  readonly receiver: (thread: OpThread) => ChannelOwner<FromWorker>
  /** It has come to its end, asked or not. */
  readonly onEnded: (thread: OpThread) => void
}

/** A worker's thread, as the messenger's thread has it. */
export class OpThread {
  readonly index: number
  readonly channel: Channel<ToWorker, FromWorker>
  /** Ends the wait of the thread; and what it takes part in throttles as. Closed by whoever knows that all are gone. */
  readonly wakeFd: number
  /** Those whose sessions live there. */
  readonly connections: Set<ThreadConnection> = new Set<ThreadConnection>()
  /** Its module is loaded, and its fast dispatcher made. */
  state: 'starting' | 'running' = 'starting'
  /** Why it has failed, if it has said so. */
  failure: string | undefined = undefined
  /** What messages have brought that are no longer counted with a connection, of each throttle. */
  readonly passedOn: Map<AdmissionStep['throttle'], number> = new Map<AdmissionStep['throttle'], number>()
  readonly #worker: NodeWorker
  readonly #receiver: ChannelOwner<FromWorker>
  readonly #ledger: FdLedger

  constructor(index: number, core: number | undefined, common: CommonSettings, owner: OpThreadOwner) {
    this.index = index
    const memory = Channel.allocate()
    const { port1, port2 } = new MessageChannel()
    const fdLedger = FdLedger.allocate()
    this.#ledger = new FdLedger(fdLedger)
    this.wakeFd = eventfd()
    const wakeThread = (): void => {
      signalWakeup(this.wakeFd)
    }
    this.channel = new Channel(memory.toThread, memory.fromThread, port1, wakeThread, queueMicrotask)
    this.#receiver = owner.receiver(this)
    const settings: ThreadSettings = { ...common, index, core, memory, port: port2, wakeFd: this.wakeFd, fdLedger }
    this.#worker = new NodeWorker(THREAD_MODULE, {
      workerData: settings,
      transferList: [port2],
      name: `msgr-worker-${index}`,
      ...(HAS_FOREIGN_ARGUMENTS && { execArgv: [] }),
    })
    this.#worker.unref()
    this.#worker.on('error', (error) => {
      this.failure ??= error instanceof Error ? (error.stack ?? error.message) : String(error)
    })
    this.#worker.on('exit', () => {
      owner.onEnded(this)
    })
    this.channel.fallAsleep()
  }

  /** What became of the attempt to start it. */
  get startError(): MessengerError {
    const reason = this.failure ?? 'its thread came to an end'
    return new MessengerError('ERR_MSGR_WORKER', `worker ${this.index} could not be started: ${reason}`)
  }

  /** Reads what has come. True if there may be more. */
  process(): boolean {
    return this.channel.process(this.#receiver)
  }

  /** It is about to be told of a descriptor that is its own from then on, and after its end ours to close. */
  give(fd: number): void {
    this.#ledger.enter(fd)
  }

  /** It has told of a descriptor that is not its own any more. */
  takeBack(fd: number): void {
    this.#ledger.strike(fd)
  }

  /** Asks it to end, and lets the process wait for that. */
  stop(): void {
    this.#worker.ref()
    this.channel.sendControl(0, { kind: 'stop' })
  }

  /** Lets go of what it has left behind. */
  dispose(): void {
    for (const fd of this.#ledger.takeAll()) close(fd)
    this.channel.close()
  }
}
