import {
  EntityAddr,
  EntityAddrVec,
  EntityName,
  hasFeature,
  type Message,
  type MessageHeader,
  type MessageRegistry,
  type SendResult,
} from '@msgr/message'
import {
  DrainGate,
  releaseSteps,
  weighMessage,
  type AdmissionStep,
  type HeldConnection,
  type HandshakeContext,
  type WireVersion,
} from '@msgr/messenger-core'
import type { MessageParts } from './channel.ts'
import type { OpenFacts, ToWorker } from './control.ts'
import type { OpThread } from './op-thread.ts'
import type { Progress } from './progress.ts'

/** What a connection needs of the messenger that it belongs to. */
export interface ThreadConnectionHost {
  readonly maxQueuedBytes: number
  readonly defaultSendPriority: number
  log(level: number, text: string): void
  /** The application has ended it. `isTold`: the dispatchers are to be told. */
  ended(connection: HeldConnection, isTold: boolean): void
}

/** The thread where a connection's session lives, as far as that is the connection's affair. */
interface Home {
  readonly channel: Pick<OpThread['channel'], 'sendControl' | 'sendMessage'>
}

/** What is known of a connection when it is made. */
export interface ThreadConnectionStart {
  readonly peerType: number
  readonly peerAddr: EntityAddr
  /** The application asked for it, and so knows it. */
  readonly isDialled: boolean
  /** What sets it going on its worker. */
  readonly begin: ToWorker
}

const NO_PROGRESS: Progress = {
  isConnected: false,
  queuedCount: 0,
  unackedCount: 0,
  queuedBytes: 0,
  takenCount: 0,
  takenBytes: 0,
  lastKeepaliveMs: undefined,
  lastKeepaliveAckMs: undefined,
}

/**
 * A connection as the messenger's thread has it: its session lives on a worker, and tells of itself. How much is queued
 * there is known with a short delay.
 *
 * Differs from a session of this thread: messages are encoded when they are sent, for the features that the peer had
 * when it was connected last.
 */
export class ThreadConnection<H extends Home = OpThread> implements HeldConnection {
  readonly id: number
  readonly isLoopback = false
  priv: unknown = undefined
  peerIdentity: unknown = undefined
  peerName: EntityName | undefined = undefined
  peerType: number
  peerAddr: EntityAddr
  peerAddrs: EntityAddrVec
  features = 0n
  /** Where its session lives. */
  home: H
  /** Under which address that is known, if it is. */
  placedAs: string | undefined = undefined
  /** The throttles that its messages hold until they are dispatched. */
  steps: readonly AdmissionStep[] = []
  readonly #host: ThreadConnectionHost
  readonly #gate: DrainGate
  readonly #begin: ToWorker
  #isKnown: boolean
  #isClosed = false
  #isConnected = false
  /** What its peer supports is known, be it nothing. */
  #wasOpened = false
  #handshake = 0
  #context: HandshakeContext | undefined
  /** Sent before it was opened. */
  #early: Message[] = []
  #earlyBytes = 0
  /** Given to the worker, ever. */
  #sentCount = 0
  #sentBytes = 0
  /** Come from the worker, ever. */
  #receivedCount = 0
  #receivedBytes = 0
  #progress: Progress = NO_PROGRESS

  constructor(id: number, home: H, host: ThreadConnectionHost, start: ThreadConnectionStart) {
    this.id = id
    this.home = home
    this.#host = host
    this.peerType = start.peerType
    this.peerAddr = start.peerAddr
    this.peerAddrs = new EntityAddrVec([start.peerAddr])
    this.#isKnown = start.isDialled
    this.#begin = start.begin
    this.#gate = new DrainGate(host.maxQueuedBytes, () => (this.#isClosed ? 0 : this.queuedBytes))
  }

  begin(): void {
    this.#command(this.#begin)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The application has seen it. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  get lastKeepaliveMs(): number | undefined {
    return this.#progress.lastKeepaliveMs
  }

  get lastKeepaliveAckMs(): number | undefined {
    return this.#progress.lastKeepaliveAckMs
  }

  get queuedCount(): number {
    const { takenCount, queuedCount } = this.#progress
    return this.#isClosed ? 0 : this.#early.length + this.#sentCount - takenCount + queuedCount
  }

  get unackedCount(): number {
    return this.#isClosed ? 0 : this.#progress.unackedCount
  }

  get queuedBytes(): number {
    const { takenBytes, queuedBytes } = this.#progress
    return this.#isClosed ? 0 : this.#earlyBytes + this.#sentBytes - takenBytes + queuedBytes
  }

  hasFeature(mask: bigint): boolean {
    return hasFeature(this.features, mask)
  }

  sendMessage(message: Message): SendResult {
    if (this.#isClosed) return 'dropped'
    if (this.queuedBytes >= this.#host.maxQueuedBytes) return 'full'
    if (message.priority === 0) message.priority = this.#host.defaultSendPriority
    if (this.#wasOpened) {
      this.#relay(message)
    } else {
      // The session is to be opened though it has nothing queued.
      if (this.#early.push(message) === 1) this.#command({ kind: 'want' })
      this.#earlyBytes += weighMessage(message)
    }
    return 'queued'
  }

  async drained({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#gate.drained(signal)
  }

  sendKeepalive(): void {
    this.#command({ kind: 'keepalive' })
  }

  markDisposable(): void {
    this.#command({ kind: 'makeDisposable' })
  }

  markDown(): void {
    this.#end(false)
  }

  reset(): void {
    this.#end(this.#isKnown)
  }

  releaseThrottles(message: Message): void {
    releaseSteps(this.steps, message.dispatchThrottleBytes)
  }

  /** Adds for each throttle what the messages that came have brought, to be given back here. */
  countReceived(passedOn: Map<AdmissionStep['throttle'], number>): void {
    for (const { throttle, counts } of this.steps) {
      const received = counts === 'messages' ? this.#receivedCount : this.#receivedBytes
      passedOn.set(throttle, (passedOn.get(throttle) ?? 0) + received)
    }
  }

  /**
   * The message that has come for it, with all that the worker has admitted it for; `undefined` if the connection is
   * closed, or if the message makes no sense, which its transport pays for.
   */
  receive(
    header: MessageHeader,
    { front, middle, data }: MessageParts,
    registry: MessageRegistry,
  ): Message | undefined {
    const length = header.frontLength + header.middleLength + header.dataLength
    this.#receivedCount++
    this.#receivedBytes += length
    try {
      if (!this.#isClosed) {
        const message = registry.decode(header, front, middle, data)
        message.connection = this
        message.source = this.#nameOf(header.sourceType, header.sourceNum)
        message.dispatchThrottleBytes = length
        return message
      }
    } catch (error) {
      this.#command({ kind: 'break', reason: error instanceof Error ? error.message : String(error) })
    }
    releaseSteps(this.steps, length)
    return undefined
  }

  /** The session is open, for the first time or again. */
  opened({ peerType, peerAddr, peerAddrs, features }: OpenFacts): void {
    this.peerType = peerType
    this.peerAddr = new EntityAddr(peerAddr)
    this.peerAddrs = EntityAddrVec.fromFields(peerAddrs)
    this.features = features
    this.#isKnown = true
    this.#isConnected = true
    this.#wasOpened = true
    const early = this.#early
    this.#early = []
    this.#earlyBytes = 0
    for (const message of early) this.#relay(message)
    this.#gate.update()
  }

  progressed(progress: Progress): void {
    this.#progress = progress
    this.#isConnected = progress.isConnected
    this.#gate.update()
  }

  /** It is over: here, whatever the worker still has to do about it. */
  closed(): void {
    this.#isClosed = true
    this.#isConnected = false
    this.#early = []
    this.#gate.update()
  }

  /** What stands for one of the connection's handshakes, for as long as the next has not begun. */
  contextOf(handshake: number, wire: WireVersion): HandshakeContext {
    if (this.#context === undefined || handshake !== this.#handshake) this.#context = { transport: {}, wire }
    this.#handshake = handshake
    return this.#context
  }

  /** One object for as long as the name stays the same. */
  #nameOf(type: number, num: number): EntityName {
    if (this.peerName?.type !== type || this.peerName.num !== num) this.peerName = new EntityName(type, num)
    return this.peerName
  }

  #relay(message: Message): void {
    try {
      message.encode(this.features)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#host.log(0, `${this.peerAddr.toString()}: a message cannot be encoded: ${reason}`)
      return
    }
    this.#sentCount++
    this.#sentBytes += weighMessage(message)
    this.home.channel.sendMessage(this.id, message)
  }

  #end(isTold: boolean): void {
    if (this.#isClosed) return
    this.closed()
    this.home.channel.sendControl(this.id, { kind: 'markDown' })
    this.#host.ended(this, isTold)
  }

  #command(control: ToWorker): void {
    if (!this.#isClosed) this.home.channel.sendControl(this.id, control)
  }
}
