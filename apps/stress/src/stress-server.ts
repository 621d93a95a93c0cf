import { EntityName, MPing, type Connection, type Dispatcher, type Message, type Messenger } from '@msgr/messenger'
import type { FaultLog } from './fault-log.ts'
import { MNoise } from './m-noise.ts'
import { makeMessenger } from './make-messenger.ts'
import { decodeMessageId, encodeMessageId, NOISE_CLASS, PRIORITIES, type MessageId } from './message-id.ts'
import { Outbox } from './outbox.ts'
import type { Payloads } from './payloads.ts'
import { describeConnection, ReceiptBook } from './receipt-book.ts'
import type { RunRecord } from './run-record.ts'
import { StreamLedger } from './stream-ledger.ts'
import { mayLose, nameOf, type StressPlan } from './stress-plan.ts'
import { loopbackFor } from './wire-choice.ts'

/** A client as a server sees it. */
interface ServedStream {
  readonly name: string
  readonly ledger: StreamLedger
  connection: Connection
}

/** The servers of one process: they check every request and answer it with the same content. */
export class StressServer implements Dispatcher {
  readonly #plan: StressPlan
  readonly #record: RunRecord
  readonly #payloads: Payloads
  readonly #book: ReceiptBook
  readonly #outbox = new Outbox()
  readonly #messengers: readonly Messenger[]
  readonly #streams = new Map<number, ServedStream>()
  readonly #wasOpen = new WeakSet<Connection>()

  /** `ids`: the numbers of its servers. */
  constructor(plan: StressPlan, ids: readonly number[], payloads: Payloads, record: RunRecord, log: FaultLog) {
    this.#plan = plan
    this.#record = record
    this.#payloads = payloads
    this.#book = new ReceiptBook(record)
    this.#messengers = ids.map((id) => makeMessenger(EntityName.osd(id), 'server', plan, log))
  }

  /** Resolves to the addresses, in the order of the ids. */
  async listen(): Promise<readonly string[]> {
    const addrs: string[] = []
    for (const messenger of this.#messengers) {
      messenger.addDispatcherHead(this)
      const addr = await messenger.bind(loopbackFor(this.#plan.messenger.wire))
      addrs.push(addr.toString())
    }
    return addrs
  }

  /** How far each stream has come, class by class. */
  get reached(): readonly (readonly [stream: number, nexts: readonly number[]])[] {
    return [...this.#streams].map(([stream, { ledger }]) => [stream, ledger.nexts])
  }

  /** Requests that were passed over and never came, with a line for each stream that has some. */
  get missing(): { readonly count: number; readonly lines: readonly string[] } {
    const streams = [...this.#streams.values()].filter(({ ledger }) => ledger.missingCount > 0)
    return {
      count: streams.reduce((sum, { ledger }) => sum + ledger.missingCount, 0),
      lines: streams.map(({ name, ledger }) => `${name}: requests never came: ${ledger.missing.join('; ')}`),
    }
  }

  /** One line for each connection. */
  describe(): readonly string[] {
    return [...this.#streams.values()].map(({ name, connection, ledger }) => {
      return `${name}: ${describeConnection(connection)}, got up to ${ledger.nexts.join('/')}`
    })
  }

  /** Drops the connection of a stream, as its client has dropped it. */
  drop(stream: number): void {
    this.#streams.get(stream)?.connection.markDown()
  }

  /** Shuts down. Resolves to what was left in the dispatch queues, which is to be nothing. */
  async shutdown(): Promise<number> {
    await Promise.all(this.#messengers.map((messenger) => messenger.shutdown()))
    return this.#messengers.reduce((sum, { dispatchQueueLength }) => sum + dispatchQueueLength, 0)
  }

  msDispatch(message: Message): boolean {
    const { connection } = message
    const id = decodeMessageId(message.front)
    if (connection === undefined || id?.kind !== 'request') {
      this.#book.misdirected(message, 'expected a request')
      return true
    }
    const stream = this.#streamOf(id, message, connection)
    if (stream === undefined) return true
    const isNew = this.#book.enter(stream, id, message, this.#payloads.findFault(id, message.data))
    if (isNew) {
      this.#record.figures.delivered++
      this.#reply(id, message, connection)
    }
    return true
  }

  msHandleFastAccept(connection: Connection): void {
    if (this.#wasOpen.has(connection)) this.#record.figures.reconnects++
    this.#wasOpen.add(connection)
  }

  msHandleFastConnect(connection: Connection): void {
    if (!connection.isLoopback) this.msHandleFastAccept(connection)
  }

  /** The client has lost its side: what it had sent and we have not got will not come. */
  msHandleRemoteReset(connection: Connection): void {
    this.#record.figures.remoteResets++
    const stream = connection.priv as ServedStream | undefined
    if (this.#mayLose) stream?.ledger.forgiveGap()
    else this.#record.breach(`${stream?.name ?? connection.peerAddr.toString()}: the server was told of a remote reset`)
  }

  msHandleReset(): boolean {
    this.#record.figures.resets++
    return true
  }

  /** Connections are dropped on purpose, or break for good. */
  get #mayLose(): boolean {
    return mayLose(this.#plan)
  }

  #streamOf(id: MessageId, message: Message, connection: Connection): ServedStream | undefined {
    const held = connection.priv as ServedStream | undefined
    const known = this.#streams.get(id.stream)
    if (held !== undefined) {
      if (held === known) return held
      this.#book.misdirected(message, `expected a request of ${held.name}`)
      return undefined
    }
    const stream = known ?? { name: nameOf(this.#plan, id.stream), ledger: new StreamLedger(), connection }
    // The client has made a new connection: what was under way on the one before may be lost.
    if (this.#mayLose) stream.ledger.forgiveGap()
    this.#streams.set(id.stream, stream)
    stream.connection = connection
    connection.priv = stream
    return stream
  }

  #reply(id: MessageId, request: Message, connection: Connection): void {
    const reply = id.priorityClass === NOISE_CLASS ? new MNoise() : new MPing()
    reply.priority = PRIORITIES[id.priorityClass] ?? 0
    reply.front = encodeMessageId({ ...id, kind: 'reply' })
    reply.data = request.data
    if (!this.#outbox.send(connection, reply)) this.#record.figures.refused++
  }
}
