import { EVENT_READABLE, signalWakeup } from '@msgr/event-driver'
import { eventLoopFd, setThreadAffinity, takeTurns, type Turns } from '@msgr/posix'
import { Channel } from './channel.ts'
import type { FromWorker, ToWorker } from './control.ts'
import type { FastDispatcher, FastDispatcherFactory } from './fast-dispatcher.ts'
import { FdLedger } from './fd-ledger.ts'
import { ReadMemory } from './read-memory.ts'
import { ThreadWorker } from './thread-worker.ts'
import type { ThreadSettings } from './thread-settings.ts'
import { WorkerHost } from './worker-host.ts'

type WorkerChannel = Channel<FromWorker, ToWorker>

/**
 * Runs a worker on this thread until its messenger stops it or it fails. Each turn takes what the messenger's thread has
 * sent, waits in the center for sockets, timers and that thread, runs their events, and writes. Between turns Node has
 * its own: promises, and what a fast dispatcher may wait for besides.
 *
 * Ceph: src/msg/async/Stack.cc, NetworkStack::add_thread
 */
export async function runWorker(settings: ThreadSettings): Promise<void> {
  const { memory: rings, port, messengerWakeFd, core } = settings
  const channel: WorkerChannel = new Channel(rings.fromThread, rings.toThread, port, () => {
    signalWakeup(messengerWakeFd)
  })
  try {
    if (core !== undefined) setThreadAffinity([core])
    const fast = await loadFastDispatcher(settings)
    const ledger = new FdLedger(settings.fdLedger)
    const memory = new ReadMemory((length) => channel.takeMemory(length))
    const worker = new ThreadWorker(settings, ledger, memory)
    new WorkerLoop(settings, worker, channel, fast).run()
  } catch (error) {
    leave(channel, error)
  }
}

async function loadFastDispatcher({
  fastDispatcher,
  index,
  count,
}: ThreadSettings): Promise<FastDispatcher | undefined> {
  if (fastDispatcher === undefined) return undefined
  const { module, data } = fastDispatcher
  const loaded = (await import(module)) as { readonly default?: unknown }
  if (typeof loaded.default !== 'function') {
    throw new TypeError(
      `${module}: expected a default export that makes a fast dispatcher, got ${typeof loaded.default}`,
    )
  }
  const make = loaded.default as FastDispatcherFactory
  return await make({ workerIndex: index, workerCount: count, data })
}

/** Tells the messenger why this worker is no more. What is to be told first has been. */
function leave(channel: WorkerChannel, error: unknown): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  channel.sendControl(0, { kind: 'failed', reason })
  channel.announce()
}

class WorkerLoop {
  readonly #worker: ThreadWorker
  readonly #channel: WorkerChannel
  readonly #host: WorkerHost
  #turns: Turns | undefined

  constructor(
    settings: ThreadSettings,
    worker: ThreadWorker,
    channel: WorkerChannel,
    fast: FastDispatcher | undefined,
  ) {
    this.#worker = worker
    this.#channel = channel
    this.#host = new WorkerHost(settings, worker, channel, fast)
    // What libuv waits for ends our wait, and then has its turn.
    worker.center.createFileEvent(eventLoopFd(), EVENT_READABLE, () => undefined)
    channel.sendControl(0, { kind: 'started' })
  }

  run(): void {
    this.#turns = takeTurns(this.#turn)
  }

  readonly #turn = (loopTimeoutMs: number): void => {
    try {
      this.#takeTurn(loopTimeoutMs)
    } catch (error) {
      this.#fail(error)
      return
    }
    const { failure, isStopped } = this.#host
    if (failure !== undefined) this.#fail(failure.error)
    else if (isStopped) this.#end()
  }

  /** Waits no longer than Node's own loop would, as that has its turn only after this one. */
  #takeTurn(loopTimeoutMs: number): void {
    const hasMore = this.#channel.process(this.#host)
    this.#endTurn()
    const isDone = !hasMore && !this.#host.takeOwesTurn() && !this.#host.isStopped
    const mayWait = isDone && this.#channel.fallAsleep()
    this.#worker.center.processEvents(mayWait ? loopTimeoutMs : 0)
    this.#channel.wakeUp()
    this.#host.retryThrottles()
    this.#endTurn()
  }

  #endTurn(): void {
    this.#worker.endTurn()
    this.#channel.announce()
  }

  #fail(error: unknown): void {
    this.#host.failAll()
    this.#host.stop()
    leave(this.#channel, error)
    this.#end()
  }

  #end(): void {
    this.#turns?.close()
    this.#worker.close()
    this.#channel.close()
  }
}
