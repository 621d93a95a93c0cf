import { type Uuid } from '@msgr/bufferlist'
import { ClusterProtocol, EntityType, Policies } from '@msgr/messenger'
import type { Connection, Dispatcher, EntityName, Message, Messenger } from '@msgr/messenger'
import type { HeartbeatAddress } from './heartbeat-link.ts'
import { MOSDPing, MOSDPingOp } from './m-osd-ping.ts'
import { makeMessenger, type MessengerChoice } from './messenger-choice.ts'
import { nowMs, stampKey, toNanoseconds, wallStamp } from './mono-clock.ts'

/** The level of the messenger's log that tells of connections that break, or do not come about. */
const WHAT_GOES_WRONG = 1

/** What a pinger is made with. */
export interface PingerOptions {
  readonly target: HeartbeatAddress
  /** Who to ping as. */
  readonly from: EntityName
  /** The cluster of the peer; the nil uuid if it is not known. */
  readonly fsid: Uuid
  readonly minMessageSize: number
  readonly messenger: MessengerChoice
  /** A ping without answer after so long is lost. */
  readonly timeoutMs: number
}

/** An answer. */
export interface PingAnswer {
  readonly kind: 'answered'
  readonly rttMs: number
  readonly osd: number
  readonly mapEpoch: number
  readonly fsid: Uuid
  readonly bytes: number
}

/** `wasConnected`: the ping was sent. */
export type PingOutcome =
  PingAnswer | { readonly kind: 'lost'; readonly reason: string; readonly wasConnected: boolean }

interface WaitingPing {
  readonly sentMs: number
  readonly settle: (outcome: PingOutcome) => void
  readonly timer: NodeJS.Timeout
}

/**
 * Pings one heartbeat address, as an OSD would, and waits for the answers. YOU_DIED, which a real OSD sends to one that
 * is not in its map, is passed over.
 */
export class Pinger implements Dispatcher {
  readonly #options: PingerOptions
  readonly #messenger: Messenger
  readonly #waiting = new Map<string, WaitingPing>()
  #connection: Connection | undefined
  #lastStampMs = 0
  /** Why there is no connection. */
  #trouble = 'not connected'
  #whenOpen: (() => void)[] = []

  constructor(options: PingerOptions) {
    this.#options = options
    const name = options.target.addr.toString()
    this.#messenger = makeMessenger(options.from, options.messenger, {
      messages: [MOSDPing],
      maxBackoffMs: 1000,
      logger: (level, text) => {
        if (level <= WHAT_GOES_WRONG) this.#trouble = text.replace(`${name}: `, '').replace(/; re.*$/, '')
      },
    })
    this.#messenger.setPolicy(EntityType.osd, Policies.lossyClient())
    this.#messenger.setClusterProtocol(ClusterProtocol.osd)
    this.#messenger.addDispatcherHead(this)
  }

  /**
   * Sends one ping, once the connection is open. The time it takes to open counts for the timeout, and not for the round
   * trip.
   */
  async ping(): Promise<PingOutcome> {
    const { timeoutMs } = this.#options
    const startedMs = nowMs()
    const connection = (this.#connection ??= this.#connect())
    if (!connection.isConnected) await this.#untilOpen(timeoutMs)
    if (!connection.isConnected) return { kind: 'lost', reason: this.#trouble, wasConnected: false }
    return this.#send(connection, Math.max(0, timeoutMs - (nowMs() - startedMs)))
  }

  /** Gives up what is in flight. Resolves when the sockets are closed. */
  async stop(): Promise<void> {
    for (const { settle } of this.#waiting.values()) settle({ kind: 'lost', reason: 'called off', wasConnected: true })
    this.#opened()
    await this.#messenger.shutdown()
  }

  msDispatch(): boolean {
    return true
  }

  msCanFastDispatch(message: Message): boolean {
    return message.type === MOSDPing.type
  }

  msFastDispatch(message: Message): void {
    if (!(message instanceof MOSDPing) || message.fields.op !== MOSDPingOp.pingReply) return
    const { pingStamp, mapEpoch, fsid } = message.fields
    const ping = this.#waiting.get(stampKey(pingStamp))
    if (ping === undefined) return
    const rttMs = message.recvStampMs - ping.sentMs
    const osd = message.source?.num ?? -1
    ping.settle({ kind: 'answered', rttMs, osd, mapEpoch, fsid, bytes: message.frontLength })
  }

  msHandleConnect(): void {
    this.#opened()
  }

  msHandleReset(connection: Connection): boolean {
    if (connection !== this.#connection) return true
    this.#connection = undefined
    for (const { settle } of this.#waiting.values()) settle({ kind: 'lost', reason: this.#trouble, wasConnected: true })
    return true
  }

  #connect(): Connection {
    const { addr, anyNonce } = this.#options.target
    return this.#messenger.getConnection({ type: EntityType.osd, addr }, { anyNonce })
  }

  #send(connection: Connection, timeoutMs: number): Promise<PingOutcome> {
    const { fsid, minMessageSize } = this.#options
    const sentMs = Math.max(nowMs(), this.#lastStampMs + 0.001)
    this.#lastStampMs = sentMs
    const pingStamp = wallStamp(sentMs)
    const mono = toNanoseconds(sentMs)
    const stamps = { pingStamp, monoPingStamp: mono, monoSendStamp: mono }
    const ping = new MOSDPing({ op: MOSDPingOp.ping, fsid, minMessageSize, ...stamps })
    return new Promise((resolve) => {
      const key = stampKey(pingStamp)
      const settle = (outcome: PingOutcome): void => {
        clearTimeout(timer)
        this.#waiting.delete(key)
        resolve(outcome)
      }
      const timer = setTimeout(() => {
        settle({ kind: 'lost', reason: 'no answer', wasConnected: true })
      }, timeoutMs)
      this.#waiting.set(key, { sentMs, settle, timer })
      connection.sendMessage(ping)
    })
  }

  #untilOpen(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#whenOpen.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #opened(): void {
    const waiting = this.#whenOpen
    this.#whenOpen = []
    for (const resolve of waiting) resolve()
  }
}
