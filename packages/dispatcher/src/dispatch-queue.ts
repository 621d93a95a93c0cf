import { Priority, type Connection, type Message } from '@msgr/message'
import { PrioritizedQueue } from '@msgr/prioritized-queue'
import { Arrivals } from './arrivals.ts'
import type { DispatcherChain } from './dispatcher-chain.ts'
import { QueuedMessage, type ConnectionEvent, type QueuedItem } from './queued-item.ts'

/** The key under which events, and messages to oneself, are queued. Connections have keys from 1 on. */
const COMMON_KEY = 0
/** How many items one run dispatches before it lets timers and sockets have their turn. */
const ITEMS_PER_RUN = 512

export interface DispatchQueueOptions {
  /** The token buckets of messages whose priority is below `Priority.low`. */
  readonly maxTokensPerPriority: number
  readonly minCost: number
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
  /** Called once for every message that was queued: it has been dispatched, or dropped. Throttles are given back here. */
  readonly onDone?: (message: Message) => void
  /** Called for a message that no dispatcher took. */
  readonly onUnhandled?: (message: Message) => void
  /** Runs something at the end of this turn: what was read in one turn is then dispatched by priority. */
  readonly schedule?: (run: () => void) => void
  /** Runs something after others have had their turn. */
  readonly yieldTurn?: (run: () => void) => void
}

/**
 * Everything received that waits for its dispatcher, and the loop that dispatches it, one item at a time: the next is
 * begun when the promise of the last has settled.
 *
 * From `Priority.low` up the highest priority comes first; below it priorities share by cost. Within a priority
 * connections take turns, and each connection's messages keep their order. Events come before all messages.
 *
 * Ceph: src/msg/DispatchQueue.cc
 */
export class DispatchQueue {
  readonly #chain: DispatcherChain
  readonly #items: PrioritizedQueue<QueuedItem>
  readonly #arrivals = new Arrivals()
  #local: Message[] = []
  readonly #now: () => number
  readonly #onDone: (message: Message) => void
  readonly #onUnhandled: (message: Message) => void
  readonly #schedule: (run: () => void) => void
  readonly #yieldTurn: (run: () => void) => void
  #lastId = COMMON_KEY
  /** A run is under way or has been asked for; it will find what is queued now. */
  #isRunning = false
  #isStopped = false
  readonly #whenIdle: (() => void)[] = []

  constructor(chain: DispatcherChain, options: DispatchQueueOptions) {
    this.#chain = chain
    this.#items = new PrioritizedQueue({
      maxTokensPerSubqueue: options.maxTokensPerPriority,
      minCost: options.minCost,
    })
    this.#now = options.now ?? ((): number => performance.now())
    this.#onDone = options.onDone ?? nothing
    this.#onUnhandled = options.onUnhandled ?? nothing
    this.#schedule = options.schedule ?? queueMicrotask
    this.#yieldTurn = options.yieldTurn ?? ((run): void => void setImmediate(run))
  }

  /** Items that wait. */
  get length(): number {
    return this.#items.length + this.#local.length
  }

  /** A key for the messages of one connection; each is greater than the last. */
  getId(): number {
    return ++this.#lastId
  }

  /** How long the oldest message has waited, in milliseconds; 0 if none does. */
  getMaxAge(nowMs: number): number {
    const oldestMs = this.#arrivals.oldestMs
    return oldestMs === undefined ? 0 : nowMs - oldestMs
  }

  /** Queues a message. `id` is the key of its connection. After `shutdown` it is dropped. */
  enqueue(message: Message, priority: number, id: number): void {
    if (this.#isStopped) {
      this.#onDone(message)
      return
    }
    const item = new QueuedMessage(message)
    this.#arrivals.add(item)
    if (priority >= Priority.low) this.#items.enqueueStrict(id, priority, item)
    else this.#items.enqueue(id, priority, message.cost, item)
    this.#wake()
  }

  /** Queues an event, before all messages. After `shutdown` it is dropped. */
  queueEvent(event: ConnectionEvent, connection: Connection): void {
    if (this.#isStopped) return
    this.#items.enqueueStrict(COMMON_KEY, Priority.highest, { event, connection })
    this.#wake()
  }

  /** Dispatches a message at once, if a dispatcher can take it so; otherwise queues it. */
  deliver(message: Message, id: number): void {
    this.#chain.fastPreprocess(message)
    const dispatcher = this.#chain.findFastDispatcher(message)
    if (dispatcher === undefined) {
      this.enqueue(message, message.priority, id)
      return
    }
    message.dispatchStampMs = this.#now()
    this.#chain.fastDispatch(message, dispatcher)
    this.#onDone(message)
  }

  /** Delivers a message that one has sent to oneself: later, so that the sender's turn ends first. */
  deliverLocal(message: Message): void {
    if (this.#isStopped) return
    message.recvStampMs = this.#now()
    this.#local.push(message)
    this.#wake()
  }

  /** Drops the messages of one connection that wait. */
  discard(id: number): void {
    const dropped: QueuedItem[] = []
    this.#items.removeByClass(id, dropped)
    for (const item of dropped) {
      if (item.event !== undefined) continue
      this.#arrivals.remove(item)
      this.#onDone(item.message)
    }
  }

  /** Takes nothing more, and drops the messages that wait. Events that wait are still told. */
  shutdown(): void {
    this.#isStopped = true
    for (const message of this.#local.splice(0)) this.#onDone(message)
  }

  /** Resolves when nothing waits and nothing is being dispatched. */
  async wait(): Promise<void> {
    if (!this.#isRunning) return
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve)
    })
  }

  #wake(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#schedule(this.#run)
  }

  readonly #run = (): void => {
    this.#dispatchLocal()
    for (let count = 0; this.#items.length > 0; count++) {
      if (count === ITEMS_PER_RUN) {
        this.#yieldTurn(this.#run)
        return
      }
      const item = this.#items.dequeue()
      if (item.event !== undefined) {
        this.#tell(item.event, item.connection)
        continue
      }
      this.#arrivals.remove(item)
      const taken = this.#dispatch(item.message)
      if (typeof taken === 'object') {
        // The chain reports what a dispatcher throws, so this promise never rejects.
        void taken.then((wasTaken) => {
          this.#finish(item.message, wasTaken)
          this.#run()
        })
        return
      }
      this.#finish(item.message, taken)
    }
    if (this.#local.length > 0) {
      this.#yieldTurn(this.#run)
      return
    }
    this.#isRunning = false
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #dispatch(message: Message): boolean | Promise<boolean> {
    if (this.#isStopped) return true
    message.dispatchStampMs = this.#now()
    return this.#chain.dispatch(message)
  }

  #finish(message: Message, wasTaken: boolean): void {
    if (!wasTaken) this.#onUnhandled(message)
    this.#onDone(message)
  }

  #dispatchLocal(): void {
    if (this.#local.length === 0) return
    const local = this.#local
    this.#local = []
    for (const message of local) this.deliver(message, COMMON_KEY)
  }

  #tell(event: ConnectionEvent, connection: Connection): void {
    switch (event) {
      case 'connect':
        this.#chain.deliverHandleConnect(connection)
        return
      case 'accept':
        this.#chain.deliverHandleAccept(connection)
        return
      case 'remoteReset':
        this.#chain.deliverHandleRemoteReset(connection)
        return
      case 'reset':
        this.#chain.deliverHandleReset(connection)
        return
      case 'refused':
        this.#chain.deliverHandleRefused(connection)
    }
  }
}

function nothing(): void {
  // Nobody wants to know.
}
