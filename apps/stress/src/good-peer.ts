import { setTimeout as sleep } from 'node:timers/promises'
import {
  EntityAddr,
  EntityName,
  EntityType,
  MPing,
  Policies,
  type Connection,
  type Dispatcher,
  type Message,
  type Messenger,
} from '@msgr/messenger'
import { BufferList } from '@msgr/bufferlist'
import { createChosen, type MessengerChoice } from './messenger-choice.ts'

/** Between an answer and the next ping. */
const PAUSE_MS = 2
const PING_BYTES = 64

/** A peer that behaves: pings the server, one ping at a time, and notices whatever goes wrong. */
export class GoodPeer implements Dispatcher {
  readonly #messenger: Messenger
  readonly #serverAddr: EntityAddr
  readonly #onRoundTrip: (ms: number) => void
  readonly #breaches: string[] = []
  #connection: Connection | undefined
  #sent = 0n
  #answered = 0n
  #sentAtMs = 0
  #isEnding = false
  #whenAnswered: () => void = () => undefined

  constructor(num: number, serverAddr: string, choice: MessengerChoice, onRoundTrip: (ms: number) => void) {
    this.#messenger = createChosen(EntityName.osd(num), choice, {})
    this.#messenger.setDefaultPolicy(Policies.losslessPeer())
    this.#messenger.addDispatcherHead(this)
    this.#serverAddr = EntityAddr.parse(serverAddr)
    this.#onRoundTrip = onRoundTrip
  }

  get sent(): number {
    return Number(this.#sent)
  }

  get answered(): number {
    return Number(this.#answered)
  }

  get breaches(): readonly string[] {
    return this.#breaches
  }

  async #ping(): Promise<void> {
    this.#connection ??= this.#messenger.getConnection({ type: EntityType.osd, addr: this.#serverAddr })
    const ping = new MPing()
    ping.tid = this.#sent++
    ping.data = new BufferList(Buffer.alloc(PING_BYTES, Number(ping.tid & 0xffn)))
    const answered = new Promise<void>((resolve) => {
      this.#whenAnswered = resolve
    })
    this.#sentAtMs = performance.now()
    const result = this.#connection.sendMessage(ping)
    if (result !== 'queued') this.#breach(`ping ${ping.tid}: expected it to be queued, it was ${result}`)
    else await answered
  }

  /** Listens, so that the server could dial back, and gets the first answer. */
  async connect(): Promise<void> {
    await this.#messenger.bind(EntityAddr.fromIp('v1', '127.0.0.1', 0))
    await this.#ping()
  }

  /** Pings on and on, until `end` is called and the last answer is there. */
  async run(): Promise<void> {
    while (!this.#isEnding && this.#breaches.length === 0) {
      await this.#ping()
      await sleep(PAUSE_MS)
    }
  }

  end(): void {
    this.#isEnding = true
  }

  async close(): Promise<void> {
    this.#isEnding = true
    await this.#messenger.shutdown()
  }

  msDispatch(message: Message): boolean {
    const { tid, data } = message
    if (tid !== this.#answered) this.#breach(`expected the answer to ping ${this.#answered}, got that to ${tid}`)
    const isRight = data.length === PING_BYTES && data.slice().every((byte) => byte === Number(tid & 0xffn))
    if (!isRight) this.#breach(`the answer to ping ${tid} has other content than the ping`)
    this.#answered++
    this.#onRoundTrip(performance.now() - this.#sentAtMs)
    this.#whenAnswered()
    return true
  }

  msHandleReset(): boolean {
    if (!this.#isEnding) this.#breach('told of a reset')
    return true
  }

  msHandleRemoteReset(): void {
    this.#breach('told of a remote reset')
  }

  #breach(text: string): void {
    this.#breaches.push(`${this.#messenger.myName.toString()}: ${text}`)
    this.#whenAnswered()
  }
}
