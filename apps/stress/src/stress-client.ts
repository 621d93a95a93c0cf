import {
  EntityAddr,
  EntityName,
  EntityType,
  MPing,
  type Connection,
  type Dispatcher,
  type Message,
  type Messenger,
} from '@msgr/messenger'
import { ClientStream } from './client-stream.ts'
import type { FaultLog } from './fault-log.ts'
import { MNoise } from './m-noise.ts'
import { makeMessenger } from './make-messenger.ts'
import { decodeMessageId, encodeMessageId, NOISE_CLASS, PRIORITIES } from './message-id.ts'
import { Outbox } from './outbox.ts'
import type { Payloads } from './payloads.ts'
import { policyPairs } from './policy-pair.ts'
import { ReceiptBook } from './receipt-book.ts'
import type { RunRecord } from './run-record.ts'
import { Saboteur } from './sabotage.ts'
import { endsOf, mayLose, nameOf, streamOf, type StressPlan } from './stress-plan.ts'
import { loopbackFor } from './wire-choice.ts'

/** Is told what happens to the streams. */
export interface StreamWatcher {
  /** There is room for more: replies have come, or what they were due for is given up. */
  progressed(stream: ClientStream): void
  /** The connection is over; the next `send` would open another. */
  closed(stream: ClientStream): void
}

/** The clients of one process: they send requests and check the replies. */
export class StressClient {
  readonly #plan: StressPlan
  readonly #record: RunRecord
  readonly #payloads: Payloads
  readonly #book: ReceiptBook
  readonly #outbox = new Outbox()
  readonly #messengers: ReadonlyMap<number, Messenger>
  readonly #streams = new Map<number, ClientStream>()
  readonly #saboteur: Saboteur | undefined
  readonly #wasOpen = new WeakSet<Connection>()
  #serverAddrs: readonly EntityAddr[] = []
  #isOver = false
  #watcher: StreamWatcher = { progressed: () => undefined, closed: () => undefined }

  /** `ids`: the numbers of its clients. */
  constructor(plan: StressPlan, ids: readonly number[], payloads: Payloads, record: RunRecord, log: FaultLog) {
    this.#plan = plan
    this.#record = record
    this.#payloads = payloads
    this.#book = new ReceiptBook(record)
    this.#messengers = new Map(ids.map((id) => [id, makeMessenger(EntityName.client(id), 'client', plan, log)]))
    if (plan.sabotage !== null) {
      this.#saboteur = new Saboteur(plan.sabotage, (message) => {
        this.#receive(message)
      })
    }
  }

  get streams(): Iterable<ClientStream> {
    return this.#streams.values()
  }

  /** Requests of all streams that wait for their reply. */
  get inFlight(): number {
    let sum = 0
    for (const { inFlight } of this.#streams.values()) sum += inFlight
    return sum
  }

  /** Replies that were passed over and never came, with a line for each stream that misses some. */
  get missing(): { readonly count: number; readonly lines: readonly string[] } {
    const streams = [...this.#streams.values()].filter(({ ledger }) => ledger.missingCount > 0)
    return {
      count: streams.reduce((sum, { ledger }) => sum + ledger.missingCount, 0),
      lines: streams.map(({ name, ledger }) => `${name}: replies never came: ${ledger.missing.join('; ')}`),
    }
  }

  /** One line for each connection. */
  describe(): readonly string[] {
    return [...this.#streams.values()].map((stream) => stream.describe())
  }

  /** Makes everything ready. Clients whose servers may dial them listen as well. */
  async begin(serverAddrs: readonly string[], watcher: StreamWatcher): Promise<void> {
    this.#serverAddrs = serverAddrs.map((text) => EntityAddr.parse(text))
    this.#watcher = watcher
    for (const [client, messenger] of this.#messengers) {
      messenger.addDispatcherHead(this.#dispatcherOf(client))
      if (!policyPairs[this.#plan.policy].isSymmetric) continue
      await messenger.bind(loopbackFor(this.#plan.messenger.wire))
    }
  }

  /** The stream from one client to one server, with a connection that is open or will be. */
  open(client: number, server: number): ClientStream {
    const id = streamOf(this.#plan, client, server)
    const stream = this.#streams.get(id) ?? new ClientStream(id, nameOf(this.#plan, id))
    this.#streams.set(id, stream)
    if (stream.connection === undefined) {
      const addr = this.#serverAddrs[server] ?? EntityAddr.none
      this.#attach(stream, this.#messengerOf(id).getConnection({ type: EntityType.osd, addr }))
    }
    return stream
  }

  /** Sends the stream's next request, on a connection that is there. False if that would not take it. */
  send(stream: ClientStream): boolean {
    const { connection } = stream
    if (connection === undefined) throw new Error(`${stream.name}: there is no connection to send on`)
    const priorityClass = this.#payloads.chooseClass(stream.id, stream.sentCount)
    const id = { kind: 'request', priorityClass, stream: stream.id, seq: stream.nextSeq(priorityClass) } as const
    const message = priorityClass === NOISE_CLASS ? new MNoise() : new MPing()
    message.priority = PRIORITIES[priorityClass] ?? 0
    message.front = encodeMessageId(id)
    message.data = this.#payloads.make(id)
    const wasTaken = this.#outbox.send(connection, message)
    if (wasTaken) {
      stream.sent(priorityClass)
      this.#record.figures.sent++
    } else {
      this.#record.figures.refused++
    }
    return wasTaken
  }

  /** Drops a stream's connection: whatever is under way is given up. */
  markDown(stream: ClientStream): void {
    stream.connection?.markDown()
    stream.connection = undefined
    this.#record.figures.forgiven += stream.giveUp()
  }

  /** Shuts down: resets count for nothing any more. Resolves to what was left in the dispatch queues: nothing, it is hoped. */
  async shutdown(): Promise<number> {
    const messengers = [...this.#messengers.values()]
    this.#isOver = true
    await Promise.all(messengers.map((messenger) => messenger.shutdown()))
    return messengers.reduce((sum, { dispatchQueueLength }) => sum + dispatchQueueLength, 0)
  }

  #dispatcherOf(client: number): Dispatcher {
    return {
      msDispatch: (message) => {
        if (this.#saboteur === undefined) this.#receive(message)
        else this.#saboteur.take(message)
        return true
      },
      msHandleFastConnect: (connection) => {
        this.#opened(connection)
      },
      msHandleFastAccept: (connection) => {
        this.#opened(connection)
        if (connection.priv === undefined) this.#accepted(client, connection)
      },
      msHandleRemoteReset: (connection) => {
        this.#remoteReset(connection)
      },
      msHandleReset: (connection) => {
        this.#reset(connection)
        return true
      },
    }
  }

  #opened(connection: Connection): void {
    if (connection.isLoopback) return
    if (this.#wasOpen.has(connection)) this.#record.figures.reconnects++
    this.#wasOpen.add(connection)
  }

  /** A server has dialled, for a connection that we have dropped meanwhile: from now on it is the stream's. */
  #accepted(client: number, connection: Connection): void {
    const server = this.#serverAddrs.findIndex((addr) => addr.equals(connection.peerAddr))
    const stream = this.#streams.get(streamOf(this.#plan, client, server))
    if (stream !== undefined && stream.connection === undefined) this.#attach(stream, connection)
    else
      this.#record.breach(`${stream?.name ?? `client.${client}`}: a server made a connection beside the one there is`)
  }

  #remoteReset(connection: Connection): void {
    this.#record.figures.remoteResets++
    const stream = connection.priv as ClientStream | undefined
    if (!mayLose(this.#plan)) this.#record.breach(`${nameFor(connection)}: the client was told of a remote reset`)
    else if (stream?.connection === connection) this.#giveUp(stream)
  }

  #reset(connection: Connection): void {
    const stream = connection.priv as ClientStream | undefined
    if (stream?.connection !== connection || this.#isOver) return
    this.#record.figures.resets++
    if (!mayLose(this.#plan)) this.#record.breach(`${nameFor(connection)}: the client was told of a reset`)
    stream.connection = undefined
    this.#giveUp(stream)
    this.#watcher.closed(stream)
  }

  #giveUp(stream: ClientStream): void {
    const count = stream.giveUp()
    if (policyPairs[this.#plan.policy].isLossy) this.#record.figures.told += count
    else this.#record.figures.forgiven += count
    this.#watcher.progressed(stream)
  }

  #receive(message: Message): void {
    const stream = message.connection?.priv as ClientStream | undefined
    const id = decodeMessageId(message.front)
    if (stream === undefined || id?.kind !== 'reply' || id.stream !== stream.id) {
      this.#book.misdirected(message, `expected a reply to ${stream?.name ?? 'a stream'}`)
      return
    }
    const isNew = this.#book.enter(stream, id, message, this.#payloads.findFault(id, message.data))
    if (isNew) this.#record.figures.answered++
    if (isNew) this.#watcher.progressed(stream)
  }

  #attach(stream: ClientStream, connection: Connection): void {
    stream.connection = connection
    connection.priv = stream
  }

  #messengerOf(stream: number): Messenger {
    const messenger = this.#messengers.get(endsOf(this.#plan, stream).client)
    if (messenger === undefined) throw new Error(`stream ${stream}: its client lives in another process`)
    return messenger
  }
}

function nameFor({ priv, peerAddr }: Connection): string {
  return (priv as ClientStream | undefined)?.name ?? peerAddr.toString()
}
