import { Uuid, type UTime } from '@msgr/bufferlist'
import { EntityAddr, EntityName, EntityType, type Connection, type Message } from '@msgr/message'
import { ClusterProtocol, Policies, type Dispatcher, type Messenger } from '@msgr/messenger'
import { isAvailable } from '@msgr/posix'
import { makeMessenger, MOSDPing, MOSDPingOp } from '@msgr-apps/heartbeat-demo'
import type { PingingOsd } from './ceph-target.ts'
import { BenchError } from './errors.ts'
import { LatencyRecorder } from './latency.ts'

/** Whom to ping, and how. */
export interface PingTarget {
  readonly pinging: PingingOsd
  readonly address: string
  /** The newest map, which both are to have: else there is talk about it. */
  readonly mapEpoch: number
  /** The size that pings and answers are padded to, in bytes. */
  readonly padding: number
}

/** What a run has found. A ping counts once it is answered. */
export interface PingFigures {
  readonly pingCount: number
  readonly elapsedMs: number
  /** For `LatencyDistribution`. */
  readonly latencies: string
}

/** Pings that are under way at any time. */
const DEPTH = 64
/** Of so many pings one is timed. No divisor of the depth, so that it is each time another place in the batch. */
const TIME_EVERY = 13
const NANOS_PER_MS = 1e6
/** What `MOSDPing` takes a ping that is not padded to be. */
const UNPADDED_BYTES = 29

interface Run {
  readonly endMs: number
  readonly startMs: number
  readonly firstSeq: number
  readonly latencies: LatencyRecorder
  readonly resolve: (figures: PingFigures) => void
  readonly reject: (error: Error) => void
  isEnding: boolean
}

/**
 * Keeps a number of pings under way to one OSD: each answer lets the next ping go. Every answer must repeat the stamp
 * of the ping that is due, and be padded as wanted.
 */
export class PingLoad implements Dispatcher {
  readonly #target: PingTarget
  readonly #fsid: Uuid
  readonly #messenger: Messenger
  readonly #connection: Connection
  /** Stamps of pings that wait for their answers, at their numbers modulo the depth. */
  readonly #stamps: bigint[] = []
  #sentCount = 0
  #receivedCount = 0
  #run: Run | undefined
  #failure: Error | undefined

  constructor(target: PingTarget) {
    this.#target = target
    this.#fsid = Uuid.parse(target.pinging.fsid)
    const type = isAvailable() ? 'async' : 'simple'
    const choice = { type, driver: 'epoll', wire: 'v1', auth: { method: 'none' } } as const
    this.#messenger = makeMessenger(EntityName.osd(target.pinging.osd), choice, { messages: [MOSDPing] })
    this.#messenger.setPolicy(EntityType.osd, Policies.lossyClient())
    this.#messenger.setClusterProtocol(ClusterProtocol.osd)
    this.#messenger.addDispatcherHead(this)
    this.#connection = this.#messenger.getConnection({
      type: EntityType.osd,
      addr: EntityAddr.parse(target.address),
    })
  }

  /** Pings for so long, then waits for the answers that are due. Rejects with `BenchError` for a wrong one. */
  run(durationMs: number): Promise<PingFigures> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure
      const startMs = performance.now()
      const times = { startMs, endMs: startMs + durationMs }
      const latencies = new LatencyRecorder()
      this.#run = { ...times, firstSeq: this.#sentCount, latencies, resolve, reject, isEnding: false }
      for (let count = 0; count < DEPTH; count++) this.#send()
    })
  }

  close(): Promise<void> {
    return this.#messenger.shutdown()
  }

  msDispatch(): boolean {
    return true
  }

  msCanFastDispatch(): boolean {
    return true
  }

  msFastDispatch(message: Message): void {
    const run = this.#run
    const fault = this.#faultOf(message)
    if (fault !== undefined || run === undefined) {
      this.#fail(new BenchError('ERR_BENCH_REPLY', `answer ${this.#receivedCount}: ${fault ?? 'expected none'}`))
      return
    }
    const seq = this.#receivedCount++
    if (seq % TIME_EVERY === 0) this.#time(run, seq)
    if (!run.isEnding) this.#send()
    else if (this.#receivedCount === this.#sentCount) this.#finish(run)
  }

  msHandleReset(): boolean {
    this.#fail(new BenchError('ERR_BENCH_CONNECTION', 'the connection was lost'))
    return true
  }

  msHandleRefused(): boolean {
    this.#fail(new BenchError('ERR_BENCH_CONNECTION', 'the connection was refused'))
    return true
  }

  #send(): void {
    const { pinging, mapEpoch, padding } = this.#target
    const nowMs = performance.now()
    const stamp = BigInt(Math.round(nowMs * NANOS_PER_MS))
    this.#stamps[this.#sentCount++ % DEPTH] = stamp
    this.#connection.sendMessage(
      new MOSDPing({
        fsid: this.#fsid,
        mapEpoch,
        op: MOSDPingOp.ping,
        pingStamp: wallStamp(nowMs),
        upFrom: pinging.upFrom,
        monoPingStamp: stamp,
        monoSendStamp: stamp,
        minMessageSize: padding,
      }),
    )
  }

  #faultOf(message: Message): string | undefined {
    if (!(message instanceof MOSDPing)) return `expected a ping, got a message of type ${message.type}`
    const { op, monoPingStamp, minMessageSize } = message.fields
    if (op === MOSDPingOp.youDied) return 'expected to be known as up, was told to be down'
    if (op !== MOSDPingOp.pingReply) return `expected operation ${MOSDPingOp.pingReply}, got ${op}`
    const expected = this.#stamps[this.#receivedCount % DEPTH]
    if (monoPingStamp !== expected) return `expected stamp ${expected ?? 'of no ping'}, got ${monoPingStamp}`
    const size = Math.max(this.#target.padding, UNPADDED_BYTES)
    return minMessageSize === size ? undefined : `expected it padded to ${size} bytes, got ${minMessageSize}`
  }

  #time(run: Run, seq: number): void {
    const nowMs = performance.now()
    run.latencies.record(nowMs * NANOS_PER_MS - Number(this.#stamps[seq % DEPTH] ?? 0n))
    if (nowMs >= run.endMs) run.isEnding = true
  }

  #finish(run: Run): void {
    const elapsedMs = performance.now() - run.startMs
    this.#run = undefined
    run.resolve({ pingCount: this.#sentCount - run.firstSeq, elapsedMs, latencies: run.latencies.pack() })
  }

  #fail(error: BenchError): void {
    this.#failure ??= error
    this.#run?.reject(error)
    this.#run = undefined
  }
}

function wallStamp(nowMs: number): UTime {
  const wallMs = performance.timeOrigin + nowMs
  const seconds = Math.floor(wallMs / 1000)
  return { seconds, nanoseconds: Math.floor((wallMs - seconds * 1000) * NANOS_PER_MS) }
}
